//! Starts private PostgreSQL servers from the programs that are installed on this machine.
//!
//! A server has its cluster and its socket in a private temporary folder, and trades durability for speed. It ends and its
//! folder is removed when its [`Server`] is dropped or the process ends in any other way, `SIGKILL` included. Under root it
//! runs as an unprivileged user, since PostgreSQL refuses to run as root.
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
//! A cluster that took time to fill can be cached: [`Server::save`] makes a [`Snapshot`] of it. A later run finds it by its
//! [`Origin`], which is everything that the cluster was made of, and starts with it.
//!
//! This is the only crate of sqlward that starts processes. It speaks just enough of the protocol to see that a server
//! answers; its users connect with their own clients.

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
