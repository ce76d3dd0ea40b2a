//! A PostgreSQL server of the test run's own, with a database for each test.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlward::{Builder, Database, ServiceKey};
use sqlward_server::Server;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Config, NoTls};

/// A new database, in which nobody else works.
pub struct Fixture {
    /// Where it is.
    pub config: Config,
    /// The database under test.
    pub db: Database,
    /// Its key.
    pub key: ServiceKey,
}

impl Fixture {
    /// Makes the database and runs the SQL in it.
    pub async fn new(setup: &str) -> Fixture {
        Fixture::with(setup, |builder| builder).await
    }

    /// As `new`, with other settings.
    pub async fn with(setup: &str, settings: impl FnOnce(Builder) -> Builder) -> Fixture {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", CREATED.fetch_add(1, Ordering::Relaxed));
        let mut config = server().clone();
        // Of a database to which somebody else is connected PostgreSQL makes no copy.
        static EMPTY: OnceCell<()> = OnceCell::const_new();
        EMPTY
            .get_or_init(async || {
                let alone = connect(&config).await;
                alone.batch_execute("create database empty template template1").await.unwrap();
            })
            .await;
        let admin = connect(&config).await;
        admin.batch_execute(&format!("create database {name} template empty")).await.unwrap();
        config.dbname(&name);
        let (db, key) = settings(Database::builder(config.clone())).open();
        let fixture = Fixture { config, db, key };
        fixture.client().await.batch_execute(setup).await.unwrap();
        fixture
    }

    /// A plain connection to it, to look from outside.
    pub async fn client(&self) -> Client {
        connect(&self.config).await
    }
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn server() -> &'static Config {
    /// Never dropped: its supervisor removes it when this process ends.
    static SERVER: OnceLock<(Server, Config)> = OnceLock::new();
    let (_, config) = SERVER.get_or_init(|| {
        let server = Server::builder().setting("max_connections", "200").start().unwrap();
        let config = server.url().parse().unwrap();
        (server, config)
    });
    config
}
