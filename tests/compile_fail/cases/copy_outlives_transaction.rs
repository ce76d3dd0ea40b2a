//! A copy in a transaction cannot outlive it.

use codex_catalog::CreatorScope;
use codex_catalog::imports::{self, ImportDraftsItem};
use sqlward::{Database, Error};

async fn handler(db: &Database, scope: &CreatorScope, drafts: Vec<ImportDraftsItem>) -> Result<u64, Error> {
    let copy = db
        .transaction(async |tx| {
            Ok::<_, Error>(imports::import_drafts::<Error>(tx, scope, sqlward::items(drafts.clone())))
        })
        .await?;
    copy.await
}

fn main() {}
