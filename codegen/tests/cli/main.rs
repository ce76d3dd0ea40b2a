//! The `sqlward` command on bad, hostile and unlucky input, through the door that people use.

mod describe;
mod disk;
mod environment;
mod formats;
mod freshness;
mod hostile;
mod input;
mod kept;
mod latency;
mod project;
mod remote;
mod schema;
mod speed;
mod versions;
