//! A database for each test, with the settings that the test wants.

use std::sync::Mutex;

use sqlward::testing::{self, TestDatabase};
use sqlward::{Builder, Database, ServiceKey};
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

/// Tests take fixtures apart, so that their databases stay as long as the process; then they go with its server.
static MADE: Mutex<Vec<TestDatabase>> = Mutex::new(Vec::new());

impl Fixture {
    /// Makes the database and runs the SQL in it.
    pub async fn new(setup: &str) -> Fixture {
        Fixture::with(setup, |builder| builder).await
    }

    /// As `new`, with other settings.
    pub async fn with(setup: &str, settings: impl FnOnce(Builder) -> Builder) -> Fixture {
        crate::log::wake();
        // Hardly two tests have the same setup, so that one template, an empty one, does for all.
        let test = testing::database("").await.unwrap();
        let config = test.config().clone();
        let (db, key) = settings(Database::builder(config.clone())).open();
        test.client().await.unwrap().batch_execute(setup).await.unwrap();
        MADE.lock().unwrap().push(test);
        Fixture { config, db, key }
    }

    /// A plain connection to it, to look from outside.
    pub async fn client(&self) -> Client {
        let (client, connection) = self.config.connect(NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}
