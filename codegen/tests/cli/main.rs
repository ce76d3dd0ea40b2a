//! Tests of the `sqlward` command: with wrong and hostile input, and in broken environments.

#[path = "../support/cargo.rs"]
mod cargo;
#[path = "../support/servers.rs"]
mod servers;

mod describe;
mod disk;
mod environment;
mod extensions;
mod formats;
mod freshness;
mod hostile;
mod input;
mod kept;
mod latency;
mod names;
mod project;
mod remote;
mod schema;
mod speed;
mod versions;
