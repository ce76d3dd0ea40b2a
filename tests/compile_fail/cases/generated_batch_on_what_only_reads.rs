//! A batch of a writing query needs a writer; a replica is not accepted.

use chrono::{DateTime, Utc};
use codex_catalog::access::{self, SavePositionsItem};
use codex_catalog::UserScope;
use sqlward::{Database, Executor};

async fn over_a_replica(db: &Database, scope: &UserScope, now: DateTime<Utc>, positions: &[SavePositionsItem]) {
    let _ = access::save_positions(&db.replica(), scope, now, positions).await;
}

async fn over_anything(db: &impl Executor, scope: &UserScope, now: DateTime<Utc>, positions: &[SavePositionsItem]) {
    let _ = access::save_positions(db, scope, now, positions).await;
}

fn main() {}
