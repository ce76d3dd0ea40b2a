//! A new database for each test of the runtime, opened with the settings that the test needs.

use std::sync::Mutex;

use sqlward::testing::{self, TestDatabase};
use sqlward::{Builder, Database, ServiceKey};
use tokio_postgres::{Client, Config, NoTls};

/// A new database that no other test uses.
pub struct Fixture {
    /// How to connect to it without sqlward.
    pub config: Config,
    /// The database under test.
    pub db: Database,
    /// Its service key.
    pub key: ServiceKey,
}

/// The databases of all fixtures. Tests move the fields out of fixtures, so databases are kept until the end of the process,
/// and removed with its server.
static MADE: Mutex<Vec<TestDatabase>> = Mutex::new(Vec::new());

impl Fixture {
    /// Creates the database and executes the SQL in it.
    pub async fn new(setup: &str) -> Fixture {
        Fixture::with(setup, |builder| builder).await
    }

    /// Like [`Fixture::new`], with other settings of the [`Database`].
    pub async fn with(setup: &str, settings: impl FnOnce(Builder) -> Builder) -> Fixture {
        crate::log::wake();
        // All tests share one empty template database, since hardly two have the same setup.
        let test = testing::database("").await.unwrap();
        let config = test.config().clone();
        let (db, key) = settings(Database::builder(config.clone())).open();
        test.client().await.unwrap().batch_execute(setup).await.unwrap();
        MADE.lock().unwrap().push(test);
        Fixture { config, db, key }
    }

    /// A connection to the database without sqlward.
    pub async fn client(&self) -> Client {
        let (client, connection) = self.config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}
