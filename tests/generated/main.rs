//! Generated crates, called on a real PostgreSQL.

mod codex;
mod nested;
mod races;
mod types;
