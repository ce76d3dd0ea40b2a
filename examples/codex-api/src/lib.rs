//! An HTTP service over the Codex catalog. It shows how an application uses the code that sqlward generates.
//!
//! - [`routes`] is the HTTP layer: a file for each domain and a function for each route. The types of a function's
//!   arguments and result describe the route, and [`openapi`] generates the OpenAPI document from them.
//! - [`services`] has the operations that need more than one query: hand-written transactions that do not depend on
//!   HTTP. Each returns an enum of its possible outcomes.
//! - [`auth`] authenticates requests and makes the scope tokens that queries take.
//! - [`problem`] makes the error responses, [`extract`] parses and validates requests, and [`limits`] is rate limiting.

pub mod app;
pub mod auth;
pub mod bounds;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod extract;
pub mod limits;
pub mod lines;
pub mod openapi;
pub mod problem;
pub mod routes;
pub mod server;
pub mod services;
pub mod signature;

pub use app::App;
pub use routes::router;
