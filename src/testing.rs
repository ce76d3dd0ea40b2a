//! A database of its own for each test, with the schema applied, in a few milliseconds.
//!
//! ```
//! # const SCHEMA: &str = "create table notes (id int primary key, body text not null, owner text not null)";
//! # const TWO_TENANTS: &str = "insert into notes values (1, 'hers', 'ann'), (2, 'his', 'bob')";
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! // In a test SCHEMA is include_str!("../schema.sql"):
//! let test = sqlward::testing::database(SCHEMA).with(TWO_TENANTS).await?;
//! test.db.ping().await?;
//!
//! // A plain client, to look at the database beside the pool.
//! let notes: i64 = test.client().await?.query_one("select count(*) from notes", &[]).await.unwrap().get(0);
//! assert_eq!(notes, 2);
//! # Ok::<(), sqlward::Error>(()) }).unwrap();
//! ```
//!
//! For the first test with a schema, a template database is made: the schema, then the fixtures. Each test works on a copy,
//! which is dropped with its [`TestDatabase`], even if the test panics. What a killed process leaves behind, a later one
//! removes.
//!
//! Tests of functions that take a [`Transaction`](crate::Transaction) can share a database, with
//! [`Database::rolled_back`].
//!
//! The server is that of the variable `SQLWARD_TEST_URL`, whose user has to be able to create databases. Without it, a
//! server is started from the PostgreSQL that is installed, with its files in memory where possible, and stopped with the
//! process. If each test is a process, as with cargo-nextest, `SQLWARD_TEST_URL` is faster, since the processes share its
//! templates. `DATABASE_URL` is not read: it may name an application's real database.
//!
//! With `SQLWARD_TEST_KEEP=1` the database of a panicking test is kept and its URL printed. If the server was started by
//! this process, the test then waits, since the server would stop with it.

mod keeper;
mod template;

use std::future::IntoFuture;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::{env, fs, thread};

use tokio_postgres::{Client, Config, NoTls};

use crate::{Database, Error, ErrorKind, Result, ServiceKey};
use keeper::Keeper;
use template::Template;

/// A database of its own for a test, with that schema: await it. SQL is given as text, or as the [`Path`] of a file.
pub fn database(schema: impl Into<Sql>) -> Setup {
    Setup { scripts: vec![schema.into()] }
}

/// SQL that prepares a database for tests: any number of statements.
#[derive(Debug, Clone)]
pub struct Sql(Source);

#[derive(Debug, Clone)]
enum Source {
    Text(String),
    File(PathBuf),
}

impl From<&str> for Sql {
    fn from(text: &str) -> Sql {
        Sql(Source::Text(text.to_owned()))
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Sql {
        Sql(Source::Text(text))
    }
}

impl From<&Path> for Sql {
    fn from(file: &Path) -> Sql {
        Sql(Source::File(file.to_owned()))
    }
}

impl From<PathBuf> for Sql {
    fn from(file: PathBuf) -> Sql {
        Sql(Source::File(file))
    }
}

impl Sql {
    /// Its name in messages, and its text.
    fn read(self) -> Result<(String, String)> {
        match self.0 {
            Source::Text(text) => Ok(("the SQL".to_owned(), text)),
            Source::File(path) => match fs::read_to_string(&path) {
                Ok(text) => Ok((path.display().to_string(), text)),
                Err(error) => {
                    let folder = env::current_dir().unwrap_or_default();
                    let message = format!("cannot read {} in {}: {error}", path.display(), folder.display());
                    Err(Error::new(ErrorKind::Configuration, message))
                }
            },
        }
    }
}

/// A database that will be created when this is awaited.
#[derive(Debug, Clone)]
#[must_use = "there is a database when this is awaited"]
pub struct Setup {
    scripts: Vec<Sql>,
}

impl Setup {
    /// Runs more SQL after the schema: rows for all tests, such as those of two tenants, some of them deleted. It runs once,
    /// for the template, and its rows are in every copy.
    pub fn with(mut self, fixtures: impl Into<Sql>) -> Setup {
        self.scripts.push(fixtures.into());
        self
    }
}

impl IntoFuture for Setup {
    type Output = Result<TestDatabase>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let scripts = self.scripts.into_iter().map(Sql::read).collect::<Result<_>>()?;
            let made = Keeper::get().make(Template::of(scripts)).await?;
            let config: Config = made.url.parse().map_err(|_| unreadable())?;
            let (db, key) = Database::builder(config.clone()).open();
            Ok(TestDatabase { db, key, name: made.name, url: made.url, config })
        })
    }
}

/// A test's own database, which is dropped with this value.
pub struct TestDatabase {
    /// The database, as an application opens it.
    pub db: Database,
    /// Its key, for functions in system scope.
    pub key: ServiceKey,
    name: String,
    url: String,
    config: Config,
}

impl TestDatabase {
    /// The URL for other programs. It contains the password of `SQLWARD_TEST_URL`, if there is one.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The parsed URL, for opening a [`Database`] with other settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A plain client, for looking at the database directly and for what no generated function does.
    pub async fn client(&self) -> Result<Client> {
        connect(&self.config).await
    }
}

impl std::fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestDatabase").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let keep = thread::panicking() && env::var_os("SQLWARD_TEST_KEEP").is_some_and(|value| value == "1");
        if keep {
            Keeper::get().keep(&self.name);
        } else {
            Keeper::get().remove(&self.name);
        }
    }
}

async fn connect(config: &Config) -> Result<Client> {
    let (client, connection) =
        config.connect(NoTls).await.map_err(|error| failed("cannot connect", error))?;
    tokio::spawn(connection);
    Ok(client)
}

/// The server's refusal, in its own words, which may quote values: they are a test's.
fn failed(what: &str, error: tokio_postgres::Error) -> Error {
    let words = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    Error::new(ErrorKind::Configuration, format!("{what}: {words}"))
}

fn unreadable() -> Error {
    let message =
        "SQLWARD_TEST_URL is not a connection string; write postgresql://user:password@host/database";
    Error::new(ErrorKind::Configuration, message)
}
