//! An HTTP service over the Codex catalog: how an application uses what sqlward generates.
//!
//! - [`routes`] is HTTP: a file for each domain, a function for each route, from request to answer. What a route takes
//!   and gives is in the types of its function, and [`openapi`] describes it by them.
//! - [`services`] is what takes more than one query: transactions, written by hand, that know nothing of HTTP. What can
//!   come of one is an enum.
//! - [`auth`] is the trust boundary: it makes the tokens that say whose rows a query is about.
//! - [`problem`] is what a client is told when something fails, [`extract`] what of a request is let in, and [`limits`] how
//!   often.

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
