//! The id of one table is not accepted where that of another is expected.

use codex_catalog::{CreatorScope, OrganizationId, content};
use sqlward::Database;

async fn handler(db: &Database, scope: &CreatorScope, id: OrganizationId) {
    let _ = content::get_content(db, scope, id).await;
}

fn main() {}
