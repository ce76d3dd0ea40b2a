//! What is done from time to time, for nobody in particular.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use codex_catalog::{identity, media};
use sqlward::{Database, Result, ServiceKey};

/// How many rows go in one transaction, so that none is long.
const BATCH: i64 = 1000;
/// How long a transcoding job may say nothing.
const PATIENCE: TimeDelta = TimeDelta::hours(2);

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

/// All of them, batch by batch.
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
