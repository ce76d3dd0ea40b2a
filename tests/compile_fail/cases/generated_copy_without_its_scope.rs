//! A copy needs a token of its own scope.

use codex_catalog::imports::{self, ImportDraftsItem};
use codex_catalog::UserScope;
use sqlward::{Database, Error};

async fn handler(db: &Database, user: &UserScope, drafts: Vec<ImportDraftsItem>) {
    let _ = imports::import_drafts::<Error>(db, user, sqlward::items(drafts)).await;
}

fn main() {}
