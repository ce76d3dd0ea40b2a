//! A batch takes the items of its own query, and an item has no field for the tenant.

use chrono::{DateTime, Utc};
use codex_catalog::access::{self, SavePositionsItem};
use codex_catalog::imports::ImportDraftsItem;
use codex_catalog::{MediaItemId, UserScope};
use sqlward::Database;

async fn of_another_query(db: &Database, scope: &UserScope, now: DateTime<Utc>, drafts: &[ImportDraftsItem]) {
    let _ = access::save_positions(db, scope, now, drafts).await;
}

fn of_another_table(item: SavePositionsItem, id: MediaItemId) -> SavePositionsItem {
    SavePositionsItem { content_id: id, ..item }
}

fn main() {}
