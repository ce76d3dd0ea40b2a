//! One session on a database, with blocking methods.

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
                "the server at {} is older than PostgreSQL 14 or no PostgreSQL",
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

    /// Executes any number of statements that return nothing of interest, as one transaction unless they say
    /// otherwise: a schema. `COPY ... FROM STDIN` fails, since there is nothing to copy from.
    pub fn batch(&mut self, sql: &str) -> Result<std::result::Result<(), ServerError>> {
        self.execute(sql, drop)
    }

    /// The value that a query of our own returns as JSON: one row of one text column.
    pub fn json<T: DeserializeOwned>(&mut self, sql: &str) -> Result<T> {
        let [answer] = self.documents([sql])?;
        answer.read()
    }

    /// What several such queries return, asked in one go: a distant server answers them as fast as one.
    pub fn documents<const N: usize>(&mut self, queries: [&str; N]) -> Result<[Document; N]> {
        let mut rows = Vec::new();
        self.execute(&queries.join("\n;\n"), |row| rows.push(Document(row)))?
            .map_err(|error| unanswered().because(error))?;
        rows.try_into().map_err(|_| unanswered().because("it did not return one row for each question"))
    }

    /// Executes statements; the first column of the last row that any returned.
    pub(super) fn query(&mut self, sql: &str) -> Result<std::result::Result<Option<Vec<u8>>, ServerError>> {
        let mut last = None;
        Ok(self.execute(sql, |row| last = Some(row))?.map(|()| last))
    }

    /// Executes statements; `each` is given the first column of every row that any returned.
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
            // The server reads a query whole before it begins to answer.
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
                    // Descriptions of rows, notices, data copied out: nothing that was asked for.
                    _ => {}
                }
            }
        });
        answer.map_err(|error| ended(last_words, error))
    }

    /// Runs to its end what needs the wire.
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
        // A server that is gone has been taken leave of.
        let _ = self.run(async |wire| wire.send(&farewell).await);
        if let Some(runtime) = self.runtime.take() {
            // An ordinary drop would panic inside of another runtime.
            runtime.shutdown_background();
        }
    }
}

/// Waits for the future, even where the caller stands in a runtime of its own, which forbids to begin another.
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
    /// What it says.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.0).map_err(|error| unanswered().because(error))
    }
}

fn unanswered() -> Error {
    Error::new("PostgreSQL does not answer a question about its catalog")
}

/// A connection that broke while it was used.
pub(super) fn lost(error: io::Error) -> Error {
    Error::new("the connection to PostgreSQL was lost").because(error).help(AGAIN)
}

/// A session that ended while it was used: the server may have said why before it closed the connection.
pub(super) fn ended(last_words: Option<ServerError>, error: io::Error) -> Error {
    match last_words {
        Some(words) => Error::new("PostgreSQL ended the session").because(words).help(AGAIN),
        None => lost(error),
    }
}

const AGAIN: &str = "nothing was written; run sqlward again, and if the session ends at the same point again, see \
    whether the schema or a query makes the server end it";

/// What the protocol has no way to say.
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
            Error::new(format!("PostgreSQL at {place} refuses the connection")).because(error).help(help)
        }
    }
}
