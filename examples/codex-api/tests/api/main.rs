//! The service over HTTP, on databases of the tests' own.

mod account;
mod browse;
mod chores;
mod content;
mod media;
mod organizations;
mod purchases;
mod requests;
mod routes;
mod shutdown;
mod support;
mod tour;
