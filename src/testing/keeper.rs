//! Creates and drops the databases of this process's tests, on a thread of its own: a test's runtime ends with the test,
//! and `Drop` cannot await.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::rc::Rc;
use std::sync::{Arc, OnceLock, mpsc as blocking};
use std::time::Duration;
use std::{env, thread};

use sqlward_server::{Server, random_name};
use tokio::sync::{Mutex, OnceCell, mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};
use tokio_postgres::{Client, Config};

use super::template::{Template, today};
use super::{connect, failed, unreadable};
use crate::{Error, ErrorKind, Result};

/// The thread, as tests use it.
pub(super) struct Keeper {
    requests: mpsc::UnboundedSender<Request>,
}

enum Request {
    Make(Arc<Template>, oneshot::Sender<Result<Made>>),
    Remove(String, blocking::Sender<()>),
    Keep(String, blocking::Sender<Kept>),
}

/// A new database.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) url: String,
}

struct Kept {
    url: String,
    /// Whether the server stops with this process.
    with_us: bool,
}

impl Keeper {
    /// The keeper of this process.
    pub(super) fn get() -> &'static Keeper {
        static KEEPER: OnceLock<Keeper> = OnceLock::new();
        KEEPER.get_or_init(|| {
            let (requests, received) = mpsc::unbounded_channel();
            let thread = thread::Builder::new().name("sqlward-testing".to_owned());
            thread.spawn(|| serve(received)).expect("a thread for the databases of tests");
            Keeper { requests }
        })
    }

    /// A copy of the template.
    pub(super) async fn make(&self, template: Template) -> Result<Made> {
        let (answer, made) = oneshot::channel();
        let _ = self.requests.send(Request::Make(Arc::new(template), answer));
        made.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Drops a database and waits until it is gone.
    pub(super) fn remove(&self, name: &str) {
        let (done, removed) = blocking::channel();
        let _ = self.requests.send(Request::Remove(name.to_owned(), done));
        let _ = removed.recv();
    }

    /// Keeps a database for inspection, and prints its URL.
    pub(super) fn keep(&self, name: &str) {
        let (answer, kept) = blocking::channel();
        let _ = self.requests.send(Request::Keep(name.to_owned(), answer));
        let Ok(kept) = kept.recv() else { return };
        // `eprintln!` in a test would be captured until the test has ended.
        let until = if kept.with_us { "until this process is ended (Ctrl-C)" } else { "until you drop it" };
        let _ =
            writeln!(std::io::stderr(), "\nthe test's database is kept {until}:\n    psql '{}'", kept.url);
        if kept.with_us {
            loop {
                thread::park();
            }
        }
    }
}

fn gone() -> Error {
    Error::new(ErrorKind::Configuration, "the thread that makes databases for tests has ended")
}

fn serve(mut requests: mpsc::UnboundedReceiver<Request>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime for the databases of tests");
    LocalSet::new().block_on(&runtime, async {
        let place = match Place::find().await {
            Ok(place) => Rc::new(place),
            Err(error) => {
                // Every waiting test gets the error.
                while let Some(request) = requests.recv().await {
                    if let Request::Make(_, answer) = request {
                        let _ = answer.send(Err(Error::new(error.kind(), error.to_string())));
                    }
                }
                return;
            }
        };
        while let Some(request) = requests.recv().await {
            let place = place.clone();
            spawn_local(async move {
                match request {
                    Request::Make(template, answer) => {
                        let made = place.clone().make(template).await;
                        if let Err(Ok(unwanted)) = answer.send(made) {
                            place.remove(&unwanted.name).await;
                        }
                    }
                    Request::Remove(name, done) => {
                        place.remove(&name).await;
                        let _ = done.send(());
                    }
                    Request::Keep(name, answer) => {
                        let _ = answer.send(place.keep(name).await);
                    }
                }
            });
        }
    });
}

/// The server, and what this process created there.
struct Place {
    /// Stopped with this process, by its supervisor.
    started: Option<Server>,
    url: String,
    config: Config,
    /// The database from which new ones are made.
    origin: &'static str,
    strategy: &'static str,
    /// Its session shows other processes that databases with its name in theirs are in use.
    session: Client,
    /// A second session for dropping databases, so that tests which need one do not wait for that.
    cleaner: Client,
    process: String,
    count: Cell<u64>,
    templates: RefCell<BTreeMap<String, Rc<Progress>>>,
}

#[derive(Default)]
struct Progress {
    made: OnceCell<()>,
    taken: Cell<usize>,
    making_spares: Cell<bool>,
    /// Keeps tests of one process from competing for the same spare.
    taking: Mutex<()>,
}

/// The maximum number of copies made in advance.
const SPARES: usize = 8;

impl Place {
    async fn find() -> Result<Place> {
        let url = env::var("SQLWARD_TEST_URL").ok().filter(|url| !url.is_empty());
        let started = match url {
            Some(_) => None,
            None => Some(start().await?),
        };
        let url =
            url.unwrap_or_else(|| with_database(&started.as_ref().expect("one of both").url(), "postgres"));
        let mut config: Config = url.parse().map_err(|_| unreadable())?;
        let process = random_name("");
        config.application_name(format!("sqlward-testing {process}"));
        let session = connect(&config).await?;
        let cleaner = connect(&config).await?;
        let version = session.query_one("select current_setting('server_version_num')::int", &[]).await;
        let version: i32 =
            version.map_err(|error| failed("cannot ask the server for its version", error))?.get(0);
        let place = Place {
            origin: if started.is_some() { "template1" } else { "template0" },
            // Copying files is faster than logging their pages, if nothing is flushed to disk.
            strategy: if version >= 150_000 { "strategy file_copy" } else { "" },
            started,
            url,
            config,
            session,
            cleaner,
            process,
            count: Cell::new(0),
            templates: RefCell::default(),
        };
        place.sweep().await?;
        Ok(place)
    }

    /// Drops what killed processes left behind, and what was made before yesterday.
    async fn sweep(&self) -> Result<()> {
        let left =
            "select datname from pg_database left_over where pg_get_userbyid(datdba) = current_user and (
                datname ~ '^sqlward_test_[0-9a-f]{16}_[0-9]+$' and not exists (select from pg_stat_activity
                    where application_name = 'sqlward-testing ' || split_part(left_over.datname, '_', 3))
                or datname ~ '^sqlward_(template|spare)_[0-9a-f]{5}_' and split_part(datname, '_', 3) < $1)";
        let yesterday = format!("{:05x}", today() - 1);
        let rows = self.session.query(left, &[&yesterday]).await;
        for row in rows.map_err(|error| failed("cannot list the databases", error))? {
            self.remove(row.get(0)).await;
        }
        Ok(())
    }

    async fn make(self: Rc<Self>, template: Arc<Template>) -> Result<Made> {
        let progress = self.templates.borrow_mut().entry(template.name()).or_default().clone();
        progress.made.get_or_try_init(|| template.make(&self.config, self.origin)).await?;
        self.count.set(self.count.get() + 1);
        let name = format!("sqlward_test_{}_{}", self.process, self.count.get());
        let taking = progress.taking.lock().await;
        let taken = self.take_spare(&template, &name).await?;
        drop(taking);
        if !taken {
            self.copy(&template, &name).await?;
        }
        progress.taken.set(progress.taken.get() + 1);
        if !progress.making_spares.replace(true) {
            let place = self.clone();
            spawn_local(async move {
                // Tests work without spares.
                let _ = place.make_spares(&template, &progress).await;
                progress.making_spares.set(false);
            });
        }
        Ok(Made { url: with_database(&self.url, &name), name })
    }

    /// Renames a spare copy to that name, if there is one.
    async fn take_spare(&self, template: &Template, name: &str) -> Result<bool> {
        for spare in self.spares(template).await? {
            // Another process may have taken it.
            if self.session.batch_execute(&format!("alter database {spare} rename to {name}")).await.is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn spares(&self, template: &Template) -> Result<Vec<String>> {
        let sql = "select datname from pg_database where starts_with(datname, $1) order by random()";
        let rows = self.session.query(sql, &[&template.spare()]).await;
        let rows = rows.map_err(|error| failed("cannot list the databases", error))?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Makes as many as were taken so far: tests come in groups.
    async fn make_spares(&self, template: &Template, progress: &Progress) -> Result<()> {
        while self.spares(template).await?.len() < progress.taken.get().min(SPARES) {
            self.copy(template, &random_name(&template.spare())).await?;
        }
        Ok(())
    }

    async fn copy(&self, template: &Template, name: &str) -> Result<()> {
        let sql = format!("create database {name} template {} {}", template.name(), self.strategy);
        let session = connect(&self.config).await?;
        session.batch_execute(&sql).await.map_err(|error| failed("cannot copy the template", error))
    }

    async fn remove(&self, name: &str) {
        // What cannot be dropped now, a later process drops.
        self.end_sessions(name).await;
        let _ = self.cleaner.batch_execute(&format!("drop database if exists {name} with (force)")).await;
    }

    /// Ends the sessions of a database and waits for that; the server itself would poll every 100 ms.
    async fn end_sessions(&self, name: &str) {
        let sql = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
        for _ in 0..100 {
            match self.cleaner.query(sql, &[&name]).await {
                Ok(sessions) if !sessions.is_empty() => tokio::time::sleep(Duration::from_millis(2)).await,
                _ => return,
            }
        }
    }

    async fn keep(&self, name: String) -> Kept {
        let with_us = self.started.is_some();
        if with_us {
            return Kept { url: with_database(&self.url, &name), with_us };
        }
        // A name that no later process drops.
        let kept = random_name("sqlward_kept_");
        let others =
            format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
        let _ = self.session.batch_execute(&others).await;
        let renamed = self.session.batch_execute(&format!("alter database {name} rename to {kept}")).await;
        Kept { url: with_database(&self.url, if renamed.is_ok() { &kept } else { &name }), with_us }
    }
}

/// A server with a database to connect to, apart from the one that is copied.
async fn start() -> Result<Server> {
    let server =
        Server::builder().in_memory().setting("max_connections", "200").start().map_err(|error| {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            let help = error.help_text();
            let message = format!(
                "{error}{cause}; {help}, or set SQLWARD_TEST_URL to a server where databases can be created"
            );
            Error::new(ErrorKind::Configuration, message)
        })?;
    let config: Config = server.url().parse().map_err(|_| unreadable())?;
    let made = connect(&config).await?.batch_execute("create database postgres").await;
    made.map_err(|error| failed("cannot create a database", error))?;
    Ok(server)
}

/// The same connection string for another database.
fn with_database(url: &str, name: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return format!("{url} dbname={name}") };
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = address.split('/').next().unwrap_or_default();
    let question = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{authority}/{name}{question}{query}")
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn another_database_of_the_same_server() {
        assert_eq!(
            with_database("postgres://a:b@h:1/x?sslmode=require", "y"),
            "postgres://a:b@h:1/y?sslmode=require"
        );
        assert_eq!(with_database("postgresql://a@h", "y"), "postgresql://a@h/y");
        assert_eq!(with_database("host=h dbname=x", "y"), "host=h dbname=x dbname=y");
    }
}
