//! Opening connections.

use std::future;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use sqlward_connect::{Connector, Place, SessionKind, Target};
use tokio::task::AbortHandle;
use tokio_postgres::config::{SslMode, SslNegotiation};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, Connection, SimpleQueryMessage};

use super::preamble::{NextPreambles, Prefixed};
use super::wire::{Errand, Secured, Wire};
use crate::{Error, ErrorKind, Result};

/// Opens connections. Encryption is decided here and nowhere else.
pub(crate) struct Opener {
    connector: Connector,
    config: Config,
    /// The time limit for each server of the target.
    timeout: Duration,
    /// Whether types that are not built in are hidden from `tokio-postgres`, see [`opaque`](super::opaque).
    masked: bool,
    /// Statements that each session begins with.
    settings: String,
}

/// An open connection.
pub(super) struct Opened {
    pub(super) client: ClientWrapper,
    /// The server that it leads to.
    pub(super) place: Place,
    pub(super) task: AbortHandle,
    pub(super) next_preambles: Arc<NextPreambles>,
}

impl Opener {
    pub(crate) fn new(target: Target, timeout: Duration, masked: bool, settings: String) -> Opener {
        let mut config = target.config.clone();
        // The stream is encrypted already if it has to be: `tokio-postgres` must not negotiate.
        config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        Opener { connector: Connector::new(target), config, timeout, masked, settings }
    }

    /// A connection to the first server that answers and is of the wanted kind.
    pub(super) async fn open(&self) -> Result<Opened> {
        let wanted = self.connector.target().session;
        let kinds: &[SessionKind] = match wanted {
            SessionKind::PreferStandby => &[SessionKind::Standby, SessionKind::Any],
            _ => &[wanted],
        };
        let mut last = Error::new(ErrorKind::Configuration, "the connection string names no host");
        for kind in kinds {
            for place in self.connector.places() {
                match tokio::time::timeout(self.timeout, self.open_at(&place, *kind)).await {
                    Ok(Ok(opened)) => return Ok(opened),
                    // The right server was found, and refuses the credentials.
                    Ok(Err(error)) if error.code().is_some_and(|code| code.starts_with("28")) => {
                        return Err(error);
                    }
                    Ok(Err(error)) => last = error,
                    Err(_) => last = Error::no_answer(&place, self.timeout),
                }
            }
        }
        Err(last)
    }

    async fn open_at(&self, place: &Place, kind: SessionKind) -> Result<Opened> {
        let stream = self.connector.open(place).await.map_err(|error| Error::unreachable(place, error))?;
        // A host name can have several addresses, and a cancel request has to reach the same server.
        let same = place.resolved(&stream);
        let refused = |error| Error::refused(place, error);
        let next_preambles = Arc::default();
        let wire = Wire::new(Prefixed::new(stream, Arc::clone(&next_preambles)), self.masked);
        let (client, connection) = self.config.connect_raw(wire, Secured).await.map_err(refused)?;
        let task = tokio::spawn(speak(connection));
        let abort = task.abort_handle();
        let client = ClientWrapper::new(client, task);
        if !is_of_kind(&client, kind).await.map_err(refused)? {
            return Err(Error::other_kind(place));
        }
        if !self.settings.is_empty() {
            client.batch_execute(&self.settings).await.map_err(refused)?;
        }
        Ok(Opened { client, place: same, task: abort, next_preambles })
    }

    /// Asks the server to cancel what the connection runs, over a connection of its own with the same encryption.
    pub(super) async fn cancel(&self, token: CancelToken, place: &Place) -> Result<()> {
        let stream = self.connector.open(place).await.map_err(|error| Error::unreachable(place, error))?;
        let cancelled = token.cancel_query_raw(Errand(stream), Secured).await;
        cancelled.map_err(|error| Error::refused(place, error))
    }
}

/// Drives the connection until either side closes it. Awaiting `Connection` would do the same through one more future.
fn speak(mut connection: Connection<Wire, Wire>) -> impl Future<Output = ()> {
    future::poll_fn(move |cx| {
        loop {
            let message = ready!(connection.poll_message(cx));
            if is_end(message) {
                return Poll::Ready(());
            }
        }
    })
}

/// Reports messages that belong to no query. Whether the connection has ended. Not inlined, since it is rarely called.
#[inline(never)]
fn is_end(message: Option<Result<AsyncMessage, tokio_postgres::Error>>) -> bool {
    match message {
        Some(Ok(AsyncMessage::Notice(notice))) => {
            let (severity, message) = (notice.severity(), notice.message());
            tracing::info!(target: "sqlward::notice", "{severity}: {message}");
            false
        }
        Some(Ok(_)) => false,
        Some(Err(_)) => {
            tracing::debug!(target: "sqlward", "a connection broke");
            true
        }
        None => true,
    }
}

async fn is_of_kind(client: &Client, kind: SessionKind) -> Result<bool, tokio_postgres::Error> {
    let (question, wanted) = match kind {
        SessionKind::Any | SessionKind::PreferStandby => return Ok(true),
        SessionKind::ReadWrite => ("show transaction_read_only", "off"),
        SessionKind::ReadOnly => ("show transaction_read_only", "on"),
        SessionKind::Primary => ("select pg_catalog.pg_is_in_recovery()", "f"),
        SessionKind::Standby => ("select pg_catalog.pg_is_in_recovery()", "t"),
    };
    let answer = client.simple_query(question).await?;
    Ok(answer
        .iter()
        .any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some(wanted))))
}
