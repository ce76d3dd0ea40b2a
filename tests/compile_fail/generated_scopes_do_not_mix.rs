//! A creator's token opens nothing of an organization.

use codex_catalog::{ContentId, CreatorScope, content};
use sqlward::Database;

async fn handler(db: &Database, scope: &CreatorScope, id: ContentId) {
    let _ = content::admin_delete_content(db, scope, id).await;
}

fn main() {}
