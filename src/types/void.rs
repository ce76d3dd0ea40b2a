//! The type `void`.

use std::error::Error;

use postgres_types::{FromSql, Type, accepts};

/// The result of a function that returns `void`, as a column among others. If it is the only column, the row is `()`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Void;

impl FromSql<'_> for Void {
    fn from_sql(_: &Type, _: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Void)
    }

    accepts!(VOID);
}

impl From<Void> for () {
    fn from(_: Void) {}
}
