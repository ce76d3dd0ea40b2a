//! A session on a database, with blocking methods.

use std::io;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use serde::de::DeserializeOwned;
use sqlward_connect::Target;
use tokio::runtime::{Builder, Handle, Runtime};

use super::server_error::ServerError;
use super::startup::{self, Refusal, Session};
use super::wire::Wire;
use crate::error::{Error, Result};

/// A session on a database. It ends when this is dropped.
pub struct Connection {
    wire: Wire,
    runtime: Option<Runtime>,
    version: u32,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("version", &self.version).finish_non_exhaustive()
    }
}

impl Connection {
    pub(super) fn open(target: &Target) -> Result<Connection> {
        let runtime = Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| Error::new("cannot wait for network connections").because(error))?;
        let session = block_on(&runtime, || startup::begin(target));
        let Session { wire, version } = match session {
            Ok(session) => session,
            Err(refusal) => {
                runtime.shutdown_background();
                return Err(explain(refusal, target));
            }
        };
        let connection = Connection { wire, runtime: Some(runtime), version };
        if version < sqlward_server::OLDEST {
            return Err(Error::new(format!(
                "the server at {} is not PostgreSQL, or older than version 14",
                target.display()
            ))
            .help("sqlward needs PostgreSQL 14 or later"));
        }
        Ok(connection)
    }

    /// `server_version_num` of the server: 150018 is 15.18.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Executes any number of statements, such as a schema, and ignores their results. They are one transaction unless they
    /// control transactions themselves. `COPY ... FROM STDIN` fails, since there is no data.
    ///
    /// # Errors
    /// The outer error is a broken connection, the inner one that of a statement.
    pub fn batch(&mut self, sql: &str) -> Result<std::result::Result<(), ServerError>> {
        self.execute(sql, drop)
    }

    /// The value of a query of sqlward's own, which returns JSON in one row of one text column.
    ///
    /// # Errors
    /// The connection broke, or the query failed.
    pub fn json<T: DeserializeOwned>(&mut self, sql: &str) -> Result<T> {
        let [answer] = self.documents([sql])?;
        answer.read()
    }

    /// The results of several such queries, which are sent in one round trip.
    ///
    /// # Errors
    /// Those of [`Connection::json`].
    pub fn documents<const N: usize>(&mut self, queries: [&str; N]) -> Result<[Document; N]> {
        let mut rows = Vec::new();
        self.execute(&queries.join("\n;\n"), |row| rows.push(Document(row)))?
            .map_err(|error| unanswered().because(error))?;
        rows.try_into().map_err(|_| unanswered().because("it did not return one row for each question"))
    }

    /// Executes statements. Returns the first column of the last row.
    pub(super) fn query(&mut self, sql: &str) -> Result<std::result::Result<Option<Vec<u8>>, ServerError>> {
        let mut last = None;
        Ok(self.execute(sql, |row| last = Some(row))?.map(|()| last))
    }

    /// Executes statements. `each` is called with the first column of every row.
    fn execute(
        &mut self,
        sql: &str,
        mut each: impl FnMut(Vec<u8>) + Send,
    ) -> Result<std::result::Result<(), ServerError>> {
        let mut request = BytesMut::new();
        if let Err(error) = frontend::query(sql, &mut request) {
            return Ok(Err(unsendable(&error)));
        }
        let mut last_words = None;
        let answer = self.run(async |wire| {
            // The server reads the whole query before it answers, so writing and reading do not block each other.
            wire.send(&request).await?;
            let mut answer = Ok(());
            let mut executed = 0;
            loop {
                let message = match wire.receive().await {
                    Ok(message) => message,
                    Err(error) => {
                        last_words = answer.err();
                        return Err(error);
                    }
                };
                match message {
                    Message::DataRow(row) => {
                        let mut ranges = row.ranges();
                        let first = fallible_iterator::FallibleIterator::next(&mut ranges)?.flatten();
                        each(first.map(|range| row.buffer()[range].to_vec()).unwrap_or_default());
                    }
                    Message::CommandComplete(_) | Message::EmptyQueryResponse => executed += 1,
                    Message::CopyInResponse(_) => {
                        let mut refusal = BytesMut::new();
                        frontend::copy_fail("there is no data here to copy from", &mut refusal)?;
                        wire.send(&refusal).await?;
                    }
                    Message::ErrorResponse(body) => {
                        answer = Err(ServerError { executed, ..ServerError::read(body.fields())? });
                    }
                    Message::ReadyForQuery(_) => return Ok(answer),
                    // Row descriptions, notices and the data of COPY ... TO STDOUT are ignored.
                    _ => {}
                }
            }
        });
        answer.map_err(|error| ended(last_words, error))
    }

    /// Runs work on the connection and waits for it.
    pub(super) fn run<T: Send>(
        &mut self,
        work: impl AsyncFnOnce(&mut Wire) -> io::Result<T> + Send,
    ) -> io::Result<T> {
        let runtime = self.runtime.as_ref().expect("only drop takes the runtime");
        let wire = &mut self.wire;
        block_on(runtime, || work(wire))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let mut farewell = BytesMut::new();
        frontend::terminate(&mut farewell);
        // If the server is gone already, there is nothing to end.
        let _ = self.run(async |wire| wire.send(&farewell).await);
        if let Some(runtime) = self.runtime.take() {
            // Dropping a runtime inside of another one would panic.
            runtime.shutdown_background();
        }
    }
}

/// Waits for a future. Inside of another runtime, where `block_on` would panic, it waits on a thread of its own.
fn block_on<F: Future<Output: Send>>(runtime: &Runtime, future: impl FnOnce() -> F + Send) -> F::Output {
    if Handle::try_current().is_err() {
        return runtime.block_on(future());
    }
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| runtime.block_on(future()));
        waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// One JSON document that the server has returned.
pub struct Document(pub(super) Vec<u8>);

impl Document {
    /// The value in it.
    ///
    /// # Errors
    /// It is no JSON of this type.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.0).map_err(|error| unanswered().because(error))
    }
}

fn unanswered() -> Error {
    Error::new("PostgreSQL does not answer a question about its catalog")
}

/// The error for a connection that broke while it was used.
pub(super) fn lost(error: io::Error) -> Error {
    Error::new("the connection to PostgreSQL was lost").because(error).help(AGAIN)
}

/// The error for a session that ended while it was used. The server may have sent a reason before it closed the connection.
pub(super) fn ended(last_words: Option<ServerError>, error: io::Error) -> Error {
    match last_words {
        Some(words) => Error::new("PostgreSQL ended the session").because(words).help(AGAIN),
        None => lost(error),
    }
}

const AGAIN: &str = "nothing was written; run sqlward again, and if the session ends at the same point again, see \
    whether the schema or a query makes the server end it";

/// The error for a text that the protocol cannot send.
pub(super) fn unsendable(error: &io::Error) -> ServerError {
    ServerError::local("54000", format!("this cannot be sent to the server: {error}"))
}

fn explain(refusal: Refusal, target: &Target) -> Error {
    let place = target.display();
    match refusal {
        Refusal::Io(error) => {
            Error::new(format!("cannot connect to PostgreSQL at {place}")).because(error).help(
                "check that a server runs there, or leave out `--database-url` and SQLWARD_DATABASE_URL: then sqlward starts a server of its own",
            )
        }
        Refusal::Server(error) => {
            let help = match error.code.as_str() {
                "28P01" | "28000" => "check the user and the password in the database URL",
                "3D000" => "check the name of the database in the database URL",
                "53300" => "the server has no connection to spare; close some or raise max_connections",
                _ => "check the database URL",
            };
            Error::new(format!("PostgreSQL at {place} refused the connection")).because(error).help(help)
        }
    }
}
