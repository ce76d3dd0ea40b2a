//! Streamed responses of any length: one JSON value on each line, sent as the rows arrive.

use std::future::Future;
use std::marker::PhantomData;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use sqlward::Error;
use tokio::sync::mpsc::{self, Receiver};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problem::{Problem, Result};

/// How many responses are streamed at once. Each holds a database connection until its last line.
const AT_ONCE: usize = 4;
/// How long to wait for a client that reads nothing, before giving up on it.
const PATIENCE: Duration = Duration::from_secs(30);

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// The media type of JSON lines.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// A streamed response. If something fails on the way, the body is cut off without a proper end, which clients notice.
pub struct Lines<T> {
    first: Option<Bytes>,
    rest: Receiver<std::result::Result<Bytes, Error>>,
    value: PhantomData<fn() -> T>,
}

/// Sends the lines of a response.
pub struct Sender<T> {
    lines: mpsc::Sender<std::result::Result<Bytes, Error>>,
    value: PhantomData<fn(T)>,
    _turn: SemaphorePermit<'static>,
}

impl<T: Serialize> Sender<T> {
    /// Sends one line. False if the client is gone.
    pub async fn line(&self, value: T) -> bool {
        let mut line = serde_json::to_vec(&value).expect("a row is plain data");
        line.push(b'\n');
        let sent = tokio::time::timeout(PATIENCE, self.lines.send(Ok(line.into()))).await;
        matches!(sent, Ok(Ok(())))
    }
}

impl<T: Serialize + Send + 'static> Lines<T> {
    /// A response with the lines that `work` sends. A failure before the first line is an ordinary error response.
    pub async fn of<F>(work: impl FnOnce(Sender<T>) -> F) -> Result<Lines<T>>
    where
        F: Future<Output = std::result::Result<(), Error>> + Send + 'static,
    {
        let turn = TURNS.try_acquire().map_err(|_| Problem::unavailable())?;
        let (lines, mut rest) = mpsc::channel(64);
        let failed = lines.clone();
        let work = work(Sender { lines, value: PhantomData, _turn: turn });
        tokio::spawn(async move {
            if let Err(error) = work.await {
                tracing::warn!(%error, "an answer broke off");
                let _ = failed.send(Err(error)).await;
            }
        });
        match rest.recv().await.transpose() {
            Ok(first) => Ok(Lines { first, rest, value: PhantomData }),
            Err(error) => Err(error.into()),
        }
    }
}

impl<T> IntoResponse for Lines<T> {
    fn into_response(self) -> Response {
        let lines = stream::unfold((self.first, self.rest), async |(first, mut rest)| {
            let line = match first {
                Some(line) => Ok(line),
                None => rest.recv().await?,
            };
            Some((line, (None, rest)))
        });
        ([(header::CONTENT_TYPE, MEDIA_TYPE)], Body::from_stream(lines)).into_response()
    }
}
