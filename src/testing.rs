//! Databases for tests: each test has one of its own, with the schema applied, in a few milliseconds.
//!
//! ```
//! # const SCHEMA: &str = "create table notes (id int primary key, body text not null, owner text not null)";
//! # const TWO_TENANTS: &str = "insert into notes values (1, 'hers', 'ann'), (2, 'his', 'bob')";
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! // In a test, SCHEMA being include_str!("../schema.sql"):
//! let test = sqlward::testing::database(SCHEMA).with(TWO_TENANTS).await?;
//! test.db.ping().await?;
//!
//! // Beside the pool, a plain client looks at what is there.
//! let notes: i64 = test.client().await?.query_one("select count(*) from notes", &[]).await.unwrap().get(0);
//! assert_eq!(notes, 2);
//! # Ok::<(), sqlward::Error>(()) }).unwrap();
//! ```
//!
//! The first test with a schema has it applied to a template, and the fixtures after it; every test then works on a
//! copy, which is dropped with its [`TestDatabase`], also when the test panics. What a process leaves behind that is
//! killed, the next one removes.
//!
//! Tests that share a database, and whose functions take a [`Transaction`](crate::Transaction), leave nothing behind in
//! [`Database::rolled_back`].
//!
//! The server is the one that the variable `SQLWARD_TEST_URL` names, with a user who can create databases; otherwise
//! one that is started from the PostgreSQL of this machine, with its files in memory where that is possible, and ends
//! with the process. Where each test is a process, as with cargo-nextest, a server that is named is faster: they share
//! its templates. `DATABASE_URL` is not looked at: it may be where an application's data are.
//!
//! With `SQLWARD_TEST_KEEP=1` the database of a test that panics is kept, and its URL printed. On a server that was
//! started here the test then waits, since the server would go with it.

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

/// A database of a test's own with that schema: await it. SQL is given as text, or as the [`Path`] of a file.
pub fn database(schema: impl Into<Sql>) -> Setup {
    Setup { scripts: vec![schema.into()] }
}

/// SQL that makes a database what a test needs: any number of statements.
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
    /// What messages call it, and the text.
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

/// A database that is to be made.
#[derive(Debug, Clone)]
#[must_use = "there is a database when this is awaited"]
pub struct Setup {
    scripts: Vec<Sql>,
}

impl Setup {
    /// Runs more SQL after the schema: the rows that tests begin with, such as those of two tenants and deleted ones
    /// beside them. It is run once, for the template, and its rows are in every copy.
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

/// A database of a test's own, which is dropped with this.
pub struct TestDatabase {
    /// The database, as an application opens it.
    pub db: Database,
    /// Its key, for what the service itself does.
    pub key: ServiceKey,
    name: String,
    url: String,
    config: Config,
}

impl TestDatabase {
    /// How other programs connect to it. The password of `SQLWARD_TEST_URL`, if there is one, is in it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same, read: for a [`Database`] with other settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// A plain client, to look from outside and to do what no generated function does.
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

/// What a server has against it, in its own words: they are about a test's data.
fn failed(what: &str, error: tokio_postgres::Error) -> Error {
    let words = error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    Error::new(ErrorKind::Configuration, format!("{what}: {words}"))
}

fn unreadable() -> Error {
    let message =
        "SQLWARD_TEST_URL is not a connection string; write postgresql://user:password@host/database";
    Error::new(ErrorKind::Configuration, message)
}
