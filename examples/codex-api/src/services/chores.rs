//! What is done from time to time, for nobody in particular.

use std::time::Duration;

use chrono::{DateTime, Utc};
use codex_catalog::{identity, media};
use sqlward::{Database, Error, Result, ServiceKey, ServiceTransaction};

/// How many rows go in one transaction, so that none is long.
const BATCH: i64 = 1000;
/// How long a transcoding job may say nothing.
const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);

/// What was done.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Sessions that had ended.
    pub sessions: u64,
    /// One-time tokens that had run out.
    pub tokens: u64,
    /// Media items whose job nobody reports on any more; they have failed.
    pub stuck: usize,
}

/// Removes what has ended, and fails what is stuck. Several workers can do it at once: they pass over each other's rows.
pub async fn sweep(db: &Database, key: &ServiceKey, now: DateTime<Utc>) -> Result<Swept> {
    let then = now.naive_utc();
    let sessions =
        in_batches(db, key, async |tx| identity::purge_expired_sessions(tx, then, BATCH).await).await?;
    let tokens =
        in_batches(db, key, async |tx| identity::purge_expired_verifications(tx, then, BATCH).await).await?;
    let stuck =
        media::recover_stuck_transcoding(&key.over(db, "jobs that are stuck"), now - PATIENCE).await?;
    Ok(Swept { sessions, tokens, stuck: stuck.len() })
}

async fn in_batches(
    db: &Database,
    key: &ServiceKey,
    batch: impl AsyncFn(&ServiceTransaction<'_>) -> Result<u64>,
) -> Result<u64> {
    let mut total = 0;
    loop {
        let removed = sqlward::retry(super::ATTEMPTS, || {
            db.transaction(async |tx| {
                Ok::<_, Error>(batch(&key.within(tx, "removal of what has ended")).await?)
            })
        })
        .await?;
        total += removed;
        if removed < BATCH.unsigned_abs() {
            return Ok(total);
        }
    }
}
