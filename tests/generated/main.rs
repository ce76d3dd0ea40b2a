//! Generated crates, called on a real PostgreSQL.

mod codex;
mod types;
