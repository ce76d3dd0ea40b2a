//! A copy takes the items of its own query, and an item has no field for the tenant.

use codex_catalog::access::SavePositionsItem;
use codex_catalog::imports::{self, ImportDraftsItem};
use codex_catalog::{ContentType, CreatorScope, UserId};
use sqlward::{Database, Error};

async fn of_another_query(db: &Database, scope: &CreatorScope, positions: Vec<SavePositionsItem>) {
    let _ = imports::import_drafts::<Error>(db, scope, sqlward::items(positions)).await;
}

fn of_another_creator(creator_id: UserId) -> ImportDraftsItem {
    ImportDraftsItem {
        creator_id,
        title: String::new(),
        slug: String::new(),
        description: None,
        content_type: ContentType::Written,
        content_body: None,
        category: None,
    }
}

fn main() {}
