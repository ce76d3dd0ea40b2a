//! Connection strings and sockets of PostgreSQL, for the compiler and the runtime of sqlward.
//!
//! [`Target::parse`] reads a connection string as libpq does, including the forms that Neon, Supabase, Amazon and others
//! give out. A [`Connector`] then opens a [`Stream`] to one of its [places](Connector::places): the socket, encrypted as the
//! target asks, with the data for channel binding. The session on it is up to the caller.
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
