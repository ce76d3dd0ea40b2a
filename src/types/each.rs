//! The binary form of an array whose elements are fields of structs.

use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use postgres_types::{IsNull, Kind, ToSql, Type, to_sql_checked};

use super::named::{base, plain};

/// An array of one field of each item, encoded directly from the items.
///
/// Generated functions that take a list of items bind one such array for each field, so that all arrays have the same
/// length.
pub struct Each<'a, I, F> {
    items: &'a [I],
    /// A type parameter and not a function pointer, so that it can be inlined.
    field: F,
}

impl<'a, I, F> Each<'a, I, F> {
    /// The array of what `field` returns for each item.
    pub fn new<T: ToSql>(items: &'a [I], field: F) -> Self
    where
        F: Fn(&'a I) -> T,
    {
        Each { items, field }
    }
}

impl<I, F> fmt::Debug for Each<'_, I, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values are not shown.
        f.write_str("Each")
    }
}

impl<'a, I, T: ToSql, F: Fn(&'a I) -> T> ToSql for Each<'a, I, F> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let Kind::Array(element) = base(ty).kind() else {
            return Err("it is not an array that is wanted".into());
        };
        let element_type = plain(element);
        out.put_i32(1);
        // Whether there are NULLs is known only at the end.
        let flag = out.len();
        out.put_i32(0);
        out.put_u32(element.oid());
        out.put_i32(i32::try_from(self.items.len())?);
        out.put_i32(1);
        for item in self.items {
            let start = out.len();
            out.put_i32(-1);
            // The whole array has been checked to accept the type.
            match (self.field)(item).to_sql(&element_type, out)? {
                IsNull::No => {
                    let length = i32::try_from(out.len() - start - 4)?;
                    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
                }
                IsNull::Yes => out[flag..flag + 4].copy_from_slice(&1i32.to_be_bytes()),
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(base(ty).kind(), Kind::Array(element) if T::accepts(&plain(element)))
    }

    to_sql_checked!();
}
