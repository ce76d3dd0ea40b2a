//! The binary form of an array whose elements are fields of other values.

use std::error::Error;
use std::fmt;

use bytes::{BufMut, BytesMut};
use postgres_types::{IsNull, Kind, ToSql, Type, to_sql_checked};

use super::named::{base, plain};

/// An array of the same field of each item, written from where the fields are.
///
/// Generated functions that take a list of items bind one for each field, so that all have as many elements as there
/// are items.
pub struct Each<'a, I, F> {
    items: &'a [I],
    /// Of a type of its own, so that no element is a call of a function that is not known.
    field: F,
}

impl<'a, I, F> Each<'a, I, F> {
    /// The array of what `field` gives for each item.
    pub fn new<T: ToSql>(items: &'a [I], field: F) -> Self
    where
        F: Fn(&'a I) -> T,
    {
        Each { items, field }
    }
}

impl<I, F> fmt::Debug for Each<'_, I, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values are nobody's business.
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
        // Whether there are NULLs is known when all is written.
        let flag = out.len();
        out.put_i32(0);
        out.put_u32(element.oid());
        out.put_i32(i32::try_from(self.items.len())?);
        out.put_i32(1);
        for item in self.items {
            let start = out.len();
            out.put_i32(-1);
            // Whether it accepts the type was asked of the whole array.
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
