//! Range types.

use std::error::Error;
use std::ops::{Bound, RangeBounds};

use bytes::{Buf, BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};
use serde::{Deserialize, Serialize};

use super::opaque::{bound, is_opaque};

/// A PostgreSQL range of any element type: `int4range`, `tstzrange`, one of your own. Multiranges are not supported.
///
/// The server normalises ranges over discrete types to `[lower, upper)`, so `1..=3` of `int4range` comes back as
/// `1..4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Range<T> {
    /// The empty range.
    Empty,
    /// All values from the first bound to the second.
    Bounds(Bound<T>, Bound<T>),
}

impl<T> Range<T> {
    /// The same as a range of Rust: `Range::new(1..4)`.
    pub fn new(range: impl RangeBounds<T>) -> Range<T>
    where
        T: Clone,
    {
        Range::Bounds(range.start_bound().cloned(), range.end_bound().cloned())
    }

    /// Whether the value lies in it.
    pub fn contains(&self, value: &T) -> bool
    where
        T: PartialOrd,
    {
        match self {
            Range::Empty => false,
            Range::Bounds(lower, upper) => (lower.as_ref(), upper.as_ref()).contains(value),
        }
    }
}

/// The first byte of a range's binary form.
mod flag {
    pub const EMPTY: u8 = 0x01;
    pub const LOWER_INCLUSIVE: u8 = 0x02;
    pub const UPPER_INCLUSIVE: u8 = 0x04;
    pub const LOWER_INFINITE: u8 = 0x08;
    pub const UPPER_INFINITE: u8 = 0x10;
}

impl<'a, T: FromSql<'a>> FromSql<'a> for Range<T> {
    fn from_sql(ty: &Type, mut raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let element = element(ty, T::accepts)?;
        let flags = raw.try_get_u8()?;
        if flags & flag::EMPTY != 0 {
            return Ok(Range::Empty);
        }
        let lower =
            read(element, flags & flag::LOWER_INFINITE != 0, flags & flag::LOWER_INCLUSIVE != 0, &mut raw)?;
        let upper =
            read(element, flags & flag::UPPER_INFINITE != 0, flags & flag::UPPER_INCLUSIVE != 0, &mut raw)?;
        if !raw.is_empty() {
            return Err("bytes follow the bounds of a range".into());
        }
        Ok(Range::Bounds(lower, upper))
    }

    fn accepts(ty: &Type) -> bool {
        element(ty, T::accepts).is_ok_and(T::accepts)
    }
}

impl<T: ToSql> ToSql for Range<T> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        let element = element(ty, T::accepts)?;
        match self {
            Range::Empty => out.put_u8(flag::EMPTY),
            Range::Bounds(lower, upper) => {
                let lower_flag = match lower {
                    Bound::Included(_) => flag::LOWER_INCLUSIVE,
                    Bound::Excluded(_) => 0,
                    Bound::Unbounded => flag::LOWER_INFINITE,
                };
                let upper_flag = match upper {
                    Bound::Included(_) => flag::UPPER_INCLUSIVE,
                    Bound::Excluded(_) => 0,
                    Bound::Unbounded => flag::UPPER_INFINITE,
                };
                out.put_u8(lower_flag | upper_flag);
                write(element, lower, out)?;
                write(element, upper, out)?;
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        element(ty, T::accepts).is_ok_and(T::accepts)
    }

    to_sql_checked!();
}

/// The type of the bounds: that of the range, or the one that their Rust type accepts if the server has not described the
/// range.
fn element(ty: &Type, accepts: fn(&Type) -> bool) -> Result<&Type, String> {
    match ty.kind() {
        Kind::Range(element) => Ok(element),
        _ if is_opaque(ty) => bound(accepts).ok_or_else(|| format!("the element type of `{ty}` is unknown")),
        _ => Err(format!("`{ty}` is not a range type")),
    }
}

fn read<'a, T: FromSql<'a>>(
    element: &Type,
    infinite: bool,
    inclusive: bool,
    raw: &mut &'a [u8],
) -> Result<Bound<T>, Box<dyn Error + Sync + Send>> {
    if infinite {
        return Ok(Bound::Unbounded);
    }
    let length = usize::try_from(raw.try_get_i32()?)?;
    let (value, rest) = raw.split_at_checked(length).ok_or("a range ends inside a bound")?;
    *raw = rest;
    let value = T::from_sql(element, value)?;
    Ok(if inclusive { Bound::Included(value) } else { Bound::Excluded(value) })
}

fn write<T: ToSql>(
    element: &Type,
    bound: &Bound<T>,
    out: &mut BytesMut,
) -> Result<(), Box<dyn Error + Sync + Send>> {
    let (Bound::Included(value) | Bound::Excluded(value)) = bound else { return Ok(()) };
    // The length precedes the value, and is known after it.
    let start = out.len();
    out.put_i32(0);
    if let IsNull::Yes = value.to_sql(element, out)? {
        return Err("the bound of a range cannot be NULL".into());
    }
    let length = i32::try_from(out.len() - start - size_of::<i32>())?;
    out[start..start + size_of::<i32>()].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_bound_round_trips() {
        for range in [
            Range::Empty,
            Range::new(1..4),
            Range::new(1..=4),
            Range::new(..),
            Range::new(7..),
            Range::new(..=-7),
            Range::Bounds(Bound::Excluded(1), Bound::Excluded(9)),
        ] {
            let mut bytes = BytesMut::new();
            range.to_sql(&Type::INT4_RANGE, &mut bytes).unwrap();
            assert_eq!(Range::<i32>::from_sql(&Type::INT4_RANGE, &bytes).unwrap(), range);
        }
    }

    #[test]
    fn broken_bytes_are_errors() {
        for bytes in [&[][..], &[2], &[2, 0, 0, 0, 9, 1], &[2, 0xff, 0xff, 0xff, 0xff], &[0x18, 0]] {
            assert!(Range::<i32>::from_sql(&Type::INT4_RANGE, bytes).is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn only_ranges_of_the_element_are_accepted() {
        assert!(<Range<i32> as FromSql>::accepts(&Type::INT4_RANGE));
        assert!(!<Range<i32> as FromSql>::accepts(&Type::INT8_RANGE));
        assert!(!<Range<i32> as FromSql>::accepts(&Type::INT4));
    }

    #[test]
    fn contains_looks_at_both_bounds() {
        assert!(Range::new(1..4).contains(&1));
        assert!(!Range::new(1..4).contains(&4));
        assert!(Range::new(..=4).contains(&4));
        assert!(!Range::Empty.contains(&4));
    }
}
