//! What the connections of a database have in common: how they are made, and how to get at one that is in use.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use sqlward_connect::Place;
use tokio::task::AbortHandle;
use tokio_postgres::CancelToken;

use super::open::Opener;
use crate::{Result, StatementMode};

/// What the connections of a database have in common.
pub(crate) struct Shared {
    opener: Opener,
    /// How statements are sent, and so whether a session ends with its transaction.
    pub(super) mode: StatementMode,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) counts: Counts,
    /// How to stop what is under way on each connection, in case nobody waits for it any longer.
    open: Mutex<HashMap<u64, Open>>,
}

/// How to get at a connection that is in use.
#[derive(Clone)]
struct Open {
    token: CancelToken,
    place: Place,
    task: AbortHandle,
}

/// What has happened so far.
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

    /// A connection of its own, and the number by which it is known here.
    pub(super) async fn open(&self) -> Result<(ClientWrapper, u64)> {
        let (client, place, task) = self.opener.open().await.inspect_err(|_| {
            self.counts.failed.fetch_add(1, Ordering::Relaxed);
        })?;
        let number = self.counts.created.fetch_add(1, Ordering::Relaxed);
        let token = client.cancel_token();
        self.all().insert(number, Open { token, place, task });
        Ok((client, number))
    }

    /// Asks the server to stop what is under way on the connection of that number. If it does not hear, it finishes.
    pub(super) async fn cancel(&self, number: u64) {
        let found = self.all().get(&number).cloned();
        if let Some(Open { token, place, .. }) = found {
            let _ = self.opener.cancel(token, &place).await;
        }
    }

    /// Closes the connection of that number.
    pub(super) fn close(&self, number: u64) {
        if let Some(Open { task, .. }) = self.all().get(&number) {
            task.abort();
        }
    }

    /// Has the server stop what is under way, and closes whatever is open. How many connections there were.
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
