//! What PostgreSQL does not tell: nullability, ids, enums, cardinality, row structs, signatures.

mod catalog;
pub mod names;

pub use catalog::*;
