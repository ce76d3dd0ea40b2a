//! The services on a real PostgreSQL: two tenants, deleted rows, and many callers at once.

mod access;
mod analytics;
mod content;
mod fees;
mod identity;
mod mail;
mod playback;
mod purchases;
mod revenue;

#[allow(dead_code, reason = "the tests of the catalog use all of it, and these a part")]
#[path = "../../../../tests/generated/codex/fixture.rs"]
mod fixture;

/// Until so many wait for a lock.
async fn locks_awaited(codex: &fixture::Codex, how_many: usize) {
    let client = codex.client().await;
    let waits =
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while client.query(waits, &[]).await.unwrap().len() < how_many {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}
