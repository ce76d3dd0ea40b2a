//! Tests of the runtime against a real PostgreSQL, mostly through handwritten functions like those that are generated.

#[path = "../support/mod.rs"]
mod support;

#[path = "../support/pooler.rs"]
mod pooler_support;

mod batches;
mod calls;
mod connecting;
mod copies;
mod errors;
mod failures;
mod faults;
mod log;
mod observed;
mod pooler;
mod sample;
mod secrets;
mod service;
mod statements;
mod streams;
mod transactions;
mod types;
