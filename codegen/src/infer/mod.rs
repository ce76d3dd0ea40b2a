//! What PostgreSQL does not tell: nullability, ids, enums, cardinality, row structs, signatures.

mod catalog;

pub use catalog::*;
