//! A creator's token is not accepted where an organization's is expected.

use codex_catalog::{ContentId, CreatorScope, content};
use sqlward::Database;

async fn handler(db: &Database, scope: &CreatorScope, id: ContentId) {
    let _ = content::admin_delete_content(db, scope, id).await;
}

fn main() {}
