//! What the connections of a database share: how they are opened, and how one in use is cancelled or closed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use sqlward_connect::Place;
use tokio::task::AbortHandle;
use tokio_postgres::CancelToken;

use super::open::{Opened, Opener};
use super::preamble::NextPreambles;
use crate::{Result, StatementMode};

/// What the connections of a database share.
pub(crate) struct Shared {
    opener: Opener,
    /// How statements are sent, which depends on whether sessions outlive transactions.
    pub(super) mode: StatementMode,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) counts: Counts,
    /// Handles to cancel or close each open connection.
    open: Mutex<HashMap<u64, Open>>,
}

/// Handles to a connection that may be in use.
#[derive(Clone)]
struct Open {
    token: CancelToken,
    place: Place,
    task: AbortHandle,
}

/// Event counts since the database was opened.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) created: AtomicU64,
    pub(crate) abandoned: AtomicU64,
    pub(crate) failed: AtomicU64,
}

impl Shared {
    pub(crate) fn new(opener: Opener, mode: StatementMode, statement_timeout: Option<Duration>) -> Shared {
        let (counts, open) = (Counts::default(), Mutex::default());
        Shared { opener, mode, statement_timeout, counts, open }
    }

    /// Whether statements are sent without a name.
    pub(crate) fn is_unnamed(&self) -> bool {
        self.mode == StatementMode::Unnamed
    }

    /// Opens a connection. Its number identifies it here.
    pub(super) async fn open(&self) -> Result<(ClientWrapper, Arc<NextPreambles>, u64)> {
        let Opened { client, place, task, next_preambles } = self.opener.open().await.inspect_err(|_| {
            self.counts.failed.fetch_add(1, Ordering::Relaxed);
        })?;
        let number = self.counts.created.fetch_add(1, Ordering::Relaxed);
        let token = client.cancel_token();
        self.all().insert(number, Open { token, place, task });
        Ok((client, next_preambles, number))
    }

    /// Asks the server to cancel what runs on that connection. If the request fails, the statement runs to its end.
    pub(super) async fn cancel(&self, number: u64) {
        let found = self.all().get(&number).cloned();
        if let Some(Open { token, place, .. }) = found {
            let _ = self.opener.cancel(token, &place).await;
        }
    }

    /// Closes that connection.
    pub(super) fn close(&self, number: u64) {
        if let Some(Open { task, .. }) = self.all().get(&number) {
            task.abort();
        }
    }

    /// Cancels what runs on all connections and closes them. Their number.
    pub(crate) async fn sever(&self) -> usize {
        let open: Vec<Open> = self.all().values().cloned().collect();
        let count = open.len();
        let severed = open.into_iter().map(async |Open { token, place, task }| {
            let cancel = self.opener.cancel(token, &place);
            let _ = tokio::time::timeout(Duration::from_secs(1), cancel).await;
            task.abort();
        });
        futures_util::future::join_all(severed).await;
        count
    }

    pub(super) fn forget(&self, number: u64) {
        self.all().remove(&number);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
