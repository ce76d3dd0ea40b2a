//! The service over HTTP. Each test has a database of its own.

mod account;
mod attacks;
mod attacks_ghosts;
mod attacks_tenant;
mod browse;
mod chores;
mod content;
mod limits;
mod media;
mod organizations;
mod parallel;
mod platform;
mod purchases;
mod requests;
mod routes;
mod shutdown;
mod sign_ins;
mod support;
mod tour;
