//! Generated crates, called on a real PostgreSQL.

mod server;
mod types;
