//! PostgreSQL's node trees, as it prints them, read into a typed [`Query`].

mod ast;

pub use ast::*;
