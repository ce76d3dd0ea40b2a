//! A replica is accepted by functions that only read, and not by those that write.

use codex_catalog::{ContentId, CreatorScope, content};
use sqlward::Database;

async fn handler(db: &Database, scope: &CreatorScope, id: ContentId) {
    let _ = content::get_content(&db.replica(), scope, id).await;
    let _ = content::soft_delete_content(&db.replica(), scope, id).await;
}

fn main() {}
