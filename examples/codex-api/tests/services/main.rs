//! The services on a real PostgreSQL: with two tenants, deleted rows, and concurrent callers.

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
