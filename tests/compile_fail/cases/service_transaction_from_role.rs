//! A function that needs the service's role in a transaction does not accept the role alone.

use codex_catalog::identity;
use sqlward::{ServiceRole, ServiceTransaction};

async fn job(role: &ServiceRole<'_>) {
    let _ = identity::purge_expired_sessions(role, Default::default(), 10).await;
    let _: &ServiceTransaction<'_> = role;
    let _ = ServiceTransaction::from(role);
}

fn main() {}
