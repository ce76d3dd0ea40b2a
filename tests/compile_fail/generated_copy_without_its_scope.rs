//! Whose the rows are that are copied, its own kind of token says.

use codex_catalog::imports::{self, ImportDraftsItem};
use codex_catalog::UserScope;
use sqlward::{Database, Error};

async fn handler(db: &Database, user: &UserScope, drafts: Vec<ImportDraftsItem>) {
    let _ = imports::import_drafts::<Error>(db, user, sqlward::items(drafts)).await;
}

fn main() {}
