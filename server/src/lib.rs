//! A PostgreSQL server of a run's own, started from the binaries that this machine has.
//!
//! It stands in a private temporary folder, is reached through a socket in it, trades durability for speed, and is gone
//! when its [`Server`] is dropped and when the process ends in any other way, `SIGKILL` included. Under root it runs as
//! an unprivileged user, since PostgreSQL refuses to run as root.
//!
//! ```
//! use sqlward_server::{Server, Stop};
//!
//! let mut server = Server::builder().setting("max_connections", "20").start()?;
//! println!("psql {}", server.url());
//! server.stop(Stop::Kill)?;
//! server.start()?;
//! # Ok::<(), sqlward_server::Error>(())
//! ```
//!
//! A cluster that took time to fill can be kept: [`Server::save`] makes a [`Snapshot`] of it, which a later run finds by what
//! the cluster was made of, its [`Origin`], and starts with.
//!
//! Nothing else of sqlward starts processes. This crate speaks no more of the protocol than it takes to see that a
//! server answers; its users connect as they like.

mod binaries;
mod builder;
mod cluster;
mod error;
mod greet;
mod place;
mod server;
mod snapshot;

pub use binaries::{Binaries, OLDEST, version_number};
pub use builder::Builder;
pub use cluster::digest;
pub use error::{Error, Result};
pub use place::random_name;
pub use server::{Server, Stop};
pub use snapshot::{Origin, Snapshot};
