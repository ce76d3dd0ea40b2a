//! Where a PostgreSQL server is, and a socket to it: what the compiler and the runtime of sqlward have in common.
//!
//! [`Target::parse`] reads a connection string as libpq means it, and as Neon, Supabase, Amazon and others hand it
//! out. A [`Connector`] then opens a [`Stream`] to one of its [places](Connector::places): the socket, encrypted as
//! far as the target asks, and with it what a password can be bound to. The session on it is the caller's affair.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let target = sqlward_connect::Target::parse("postgres://ann@db.example/shop?sslmode=verify-full")?;
//! let connector = sqlward_connect::Connector::new(target);
//! let place = &connector.places()[0];
//! let stream = connector.open(place).await?;
//! # Ok(()) }
//! ```

#[cfg(feature = "tls")]
mod channel_binding;
mod connector;
mod stream;
mod target;
#[cfg(feature = "tls")]
mod tls;

pub use connector::{Connector, Place};
pub use stream::Stream;
pub use target::{Encryption, InvalidTarget, PoolSettings, SessionKind, Target, Verification, When};
