//! The typed tree of a query as PostgreSQL has analysed it. It has all that the compiler needs of the server's node trees.
//!
//! Most names are those of the server (`parsenodes.h`, `primnodes.h`). The tree is the same for versions 14 to 18: the reader
//! has undone differences between them. What the reader does not know is [`Expr::Opaque`], [`RangeKind::Opaque`] or
//! [`FromItem::Opaque`], which prove nothing.

mod expr;
mod parts;
pub mod pg_type;
mod query;

pub use expr::*;
pub use parts::*;
pub use query::*;

/// A PostgreSQL object identifier.
pub type Oid = u32;

/// A byte offset into the statement's text. `None` if the tree does not have it, as some versions' stored trees do not.
pub type Location = Option<usize>;

/// An index into [`Query::range_table`], from 1 as in the server.
pub type RangeIndex = usize;
