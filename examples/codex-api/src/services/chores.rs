//! Periodic maintenance.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use codex_catalog::{identity, media};
use sqlward::{Database, Result, ServiceKey};

/// How many rows one transaction removes, to keep it short.
const BATCH: i64 = 1000;
/// After how long without a report a transcoding job has failed.
const PATIENCE: TimeDelta = TimeDelta::hours(2);

/// How many rows were cleaned up.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Expired sessions that were removed.
    pub sessions: u64,
    /// Expired one-time tokens that were removed.
    pub tokens: u64,
    /// Media items that were marked as failed because their job stopped reporting.
    pub stuck: usize,
}

/// Removes expired rows and fails stuck jobs. Several workers can run it at once: they skip rows that another one has
/// locked.
pub async fn sweep(db: &Database, key: &ServiceKey, now: DateTime<Utc>) -> Result<Swept> {
    let sessions = remove(db, key, Ended::Sessions, now.naive_utc()).await?;
    let tokens = remove(db, key, Ended::Tokens, now.naive_utc()).await?;
    let stuck =
        media::recover_stuck_transcoding(&key.over(db, "jobs that are stuck"), now - PATIENCE).await?;
    Ok(Swept { sessions, tokens, stuck: stuck.len() })
}

#[derive(Clone, Copy)]
enum Ended {
    Sessions,
    Tokens,
}

/// Removes all of them in batches.
async fn remove(db: &Database, key: &ServiceKey, what: Ended, now: NaiveDateTime) -> Result<u64> {
    let mut total = 0;
    loop {
        let removed = db
            .transaction(async |tx| {
                let service = key.within(tx, "removal of what has ended");
                match what {
                    Ended::Sessions => identity::purge_expired_sessions(&service, now, BATCH).await,
                    Ended::Tokens => identity::purge_expired_verifications(&service, now, BATCH).await,
                }
            })
            .await?;
        total += removed;
        if removed < BATCH.unsigned_abs() {
            return Ok(total);
        }
    }
}
