//! Generated crates, called on a real PostgreSQL.

mod codex;
mod server;
mod types;
