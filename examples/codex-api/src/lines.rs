//! Answers that are longer than memory: a JSON value on each line, sent while the rows arrive.

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

/// How many are sent at once: each has a connection to the database until its last line.
const AT_ONCE: usize = 4;
/// How long the client may read nothing. Then it has gone, whatever its connection says.
const PATIENCE: Duration = Duration::from_secs(30);

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// The media type.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// Such an answer. When something fails on the way, the body breaks off without its end, which clients notice.
pub struct Lines<T> {
    first: Option<Bytes>,
    rest: Receiver<std::result::Result<Bytes, Error>>,
    value: PhantomData<fn() -> T>,
}

/// Where its lines go.
pub struct Sender<T> {
    lines: mpsc::Sender<std::result::Result<Bytes, Error>>,
    value: PhantomData<fn(T)>,
    _turn: SemaphorePermit<'static>,
}

impl<T: Serialize> Sender<T> {
    /// Sends one more. False when nobody reads them any more.
    pub async fn line(&self, value: T) -> bool {
        let mut line = serde_json::to_vec(&value).expect("a row is plain data");
        line.push(b'\n');
        let sent = tokio::time::timeout(PATIENCE, self.lines.send(Ok(line.into()))).await;
        matches!(sent, Ok(Ok(())))
    }
}

impl<T: Serialize + Send + 'static> Lines<T> {
    /// The lines that the work sends. What fails before the first one is a problem like any other.
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
