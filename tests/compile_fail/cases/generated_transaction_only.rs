//! A function whose row locks must last needs a transaction; a `Database` is not accepted.

use codex_catalog::{ContentId, CreatorScope, content, identity};
use sqlward::{Database, ServiceRole};

async fn handler(db: &Database, role: &ServiceRole<'_>, scope: &CreatorScope, id: ContentId) {
    let _ = content::lock_content(db, scope, id).await;
    let _ = identity::purge_expired_sessions(role, Default::default(), 10).await;
}

fn main() {}
