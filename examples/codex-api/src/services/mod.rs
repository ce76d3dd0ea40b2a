//! What takes more than one query, or a decision between two: a module for each domain.
//!
//! All of them are made alike:
//!
//! - A function takes the database first, `db: &Database`; then, where it acts for nobody who is signed in, the
//!   `key: &ServiceKey`; then the caller's tokens; then what to do.
//! - What can come of it is an enum, in `Ok`: of two who race, the loser gets a variant that says why. `Err` is for what
//!   nobody asked for: a constraint that another request was faster to fill, a database that is away.
//! - It opens the transaction itself, and where rows are locked or the isolation is higher, runs it again through
//!   [`sqlward::retry`] with [`ATTEMPTS`]. Nothing else is in a transaction: no hashing of passwords, no call to another
//!   service.
//! - It knows nothing of HTTP: the routes make answers of what it returns, and jobs can call it too.

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

/// How often a transaction is run that came at the wrong moment: a client that waits is better told to come again than
/// made to wait longer.
pub const ATTEMPTS: Attempts = Attempts::new(5).within(Duration::from_secs(2));
