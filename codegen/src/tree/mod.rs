//! Reads PostgreSQL's printed node trees into a typed [`Query`].
//!
//! 1. `token`: text -> words, as the server's own `pg_strtok` splits them
//! 2. `node`: words -> generic nodes, one value to each field
//! 3. `query`, `range`, `expr`, ...: generic nodes -> [`ast`](Query), the same on versions 14 to 18
//! 4. [`walk`]: traversals of the result
//!
//! [`Shape`] compares two printed queries apart from their conditions, without reading them.
//!
//! A text that is not a tree is an `Err`. A tree with unknown parts, such as a node of a later version, can be read: unknown
//! parts are opaque, and so is each node with an unknown field.

mod array;
mod ast;
mod constant;
mod expr;
mod fields;
mod group;
mod node;
mod query;
mod range;
mod read;
mod shape;
mod sql_json;
mod sql_xml;
#[cfg(test)]
mod tests;
mod token;
pub mod walk;

pub use array::Layout;
pub use ast::*;
pub use read::{read_expr, read_exprs, read_query, read_stored_query};
pub use shape::Shape;
pub use token::TreeError;
