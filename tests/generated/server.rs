//! A private server for the whole run, and on it a database for each test.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

use sqlward::{Database, ServiceKey};
use sqlward_server::Server;
use tokio_postgres::{Client, Config, NoTls};

/// Never dropped: the server's supervisor removes it when this process ends.
static SERVER: LazyLock<Server> =
    LazyLock::new(|| Server::builder().start().expect("a PostgreSQL server on this machine"));

/// A database with the schema of a catalog.
pub struct TestDatabase {
    /// The database, as an application opens it.
    pub db: Database,
    /// Its key.
    pub key: ServiceKey,
    config: Config,
}

impl TestDatabase {
    /// A new database in which the schema file, relative to this repository, has run.
    pub async fn new(schema: &str) -> TestDatabase {
        let config = copy_of(&template(schema).await).await;
        let (db, key) = Database::builder(config.clone()).open();
        TestDatabase { db, key, config }
    }

    /// A plain connection, to look at what is there.
    pub async fn client(&self) -> Client {
        connect(&self.config).await
    }
}

/// The database that those with this schema are copied from.
async fn template(schema: &str) -> String {
    static MADE: Mutex<Vec<String>> = Mutex::new(Vec::new());
    static MAKING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let name: String = schema.chars().filter(char::is_ascii_alphanumeric).collect();
    let _guard = MAKING.lock().await;
    if !MADE.lock().unwrap().contains(&name) {
        let config = SERVER.url().parse::<Config>().unwrap();
        connect(&config)
            .await
            .batch_execute(&format!("create database {name} template template1"))
            .await
            .unwrap();
        let mut inside = config;
        inside.dbname(&name);
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(schema)).unwrap();
        connect(&inside).await.batch_execute(&text).await.unwrap();
        MADE.lock().unwrap().push(name.clone());
    }
    name
}

async fn copy_of(template: &str) -> Config {
    static COPIES: AtomicU32 = AtomicU32::new(0);
    // PostgreSQL copies a database only while nobody is connected to it.
    static COPYING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let name = format!("test_{}", COPIES.fetch_add(1, Ordering::Relaxed));
    let mut config = SERVER.url().parse::<Config>().unwrap();
    let _guard = COPYING.lock().await;
    let sql = format!("create database {name} template {template} strategy file_copy");
    for _ in 0..50 {
        match connect(&config).await.batch_execute(&sql).await {
            Ok(()) => {
                config.dbname(&name);
                return config;
            }
            // The session that ran the schema is still going away.
            Err(error) if error.code() == Some(&tokio_postgres::error::SqlState::OBJECT_IN_USE) => {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    panic!("{template} stays in use");
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.expect("the server is there");
    tokio::spawn(connection);
    client
}
