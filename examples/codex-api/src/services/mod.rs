//! Operations that need more than one query, or a decision between two queries: a module for each domain.
//!
//! They follow the same rules:
//!
//! - A function takes the database first, `db: &Database`; then `key: &ServiceKey`, if it acts for no signed-in user;
//!   then the caller's tokens; then its own arguments.
//! - Its possible outcomes are an enum in `Ok`. If two requests race, the loser gets a variant that says why. `Err` is
//!   for unexpected failures: a constraint that a concurrent request has violated first, a database that is
//!   unreachable.
//! - It opens the transaction itself. If it locks rows or uses a higher isolation level, it retries with
//!   [`sqlward::retry`] and [`ATTEMPTS`]. Nothing else happens inside a transaction: no password hashing, no call to
//!   another service.
//! - It does not depend on HTTP. The routes turn its result into a response, and background jobs can call it too.

use std::time::Duration;

use sqlward::Attempts;

pub mod access;
pub mod analytics;
pub mod chores;
pub mod content;
pub mod fees;
pub mod identity;
pub mod mail;
pub mod media;
pub mod memberships;
pub mod organizations;
mod passwords;
pub mod playback;
pub mod purchases;
pub mod revenue;
pub mod sign_ins;

/// How often a transaction is retried after a conflict with another one. After two seconds the client is told to retry
/// later instead of being kept waiting.
pub const ATTEMPTS: Attempts = Attempts::new(5).within(Duration::from_secs(2));
