//! Tests of code generation and of writing the crate, with catalogs that are built by hand. They need no PostgreSQL.

#[path = "../support/cargo.rs"]
mod cargo;

mod build_script;
mod compiles;
mod freshness;
mod model;
mod reads_well;
