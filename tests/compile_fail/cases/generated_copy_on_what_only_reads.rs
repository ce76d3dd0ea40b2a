//! A copy needs a writer; a replica is not accepted.

use codex_catalog::imports::{self, ImportDraftsItem};
use codex_catalog::CreatorScope;
use sqlward::{Database, Error, Executor};

async fn over_a_replica(db: &Database, scope: &CreatorScope, drafts: Vec<ImportDraftsItem>) {
    let _ = imports::import_drafts::<Error>(&db.replica(), scope, sqlward::items(drafts)).await;
}

async fn over_anything(db: &impl Executor, scope: &CreatorScope, drafts: Vec<ImportDraftsItem>) {
    let _ = imports::import_drafts::<Error>(db, scope, sqlward::items(drafts)).await;
}

fn main() {}
