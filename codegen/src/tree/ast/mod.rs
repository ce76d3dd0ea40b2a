//! PostgreSQL's analysed query, typed: the part of the server's node trees that the compiler understands.
//!
//! The names follow the server's (`parsenodes.h`, `primnodes.h`) where those are good, and versions 14 to 18 give
//! the same values here: where a field moved or was split, the reader has put it together again. What the
//! reader does not know is [`Expr::Opaque`], [`RangeKind::Opaque`] or [`FromItem::Opaque`], which prove nothing.
//!
//! An offset is a byte offset into the text of the statement; `None` where the server does not tell
//! (trees that are stored in the catalogs, on some versions).

mod expr;
mod parts;
mod query;

pub use expr::*;
pub use parts::*;
pub use query::*;

/// A PostgreSQL object identifier.
pub type Oid = u32;

/// A byte offset into the statement's text, if the server told.
pub type Location = Option<usize>;

/// An index into [`Query::range_table`], from 1 as in the server.
pub type RangeIndex = usize;
