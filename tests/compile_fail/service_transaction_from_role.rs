//! What the service may only do in a transaction, it does not do on its own.

use codex_catalog::identity;
use sqlward::{ServiceRole, ServiceTransaction};

async fn job(role: &ServiceRole<'_>) {
    let _ = identity::purge_expired_sessions(role, Default::default(), 10).await;
    let _: &ServiceTransaction<'_> = role;
    let _ = ServiceTransaction::from(role);
}

fn main() {}
