//! Types that the server has not described.
//!
//! Behind a pooler, types that are not built in are not looked up. For a column the name is known from compilation; for a
//! parameter, and inside of other types, not even that. Rust types know how to decode their values, and arrays and
//! composites contain the OID of each element's type if it is built in.

use std::error::Error;
use std::fmt;
use std::sync::LazyLock;

use bytes::BytesMut;
use postgres_types::{FromSql, IsNull, Kind, ToSql, Type, WrongType};

use super::Conversion;

/// The types that elements and bounds can have below a domain. A Rust type that accepts one of them accepts no other, or only
/// others with the same encoding; hence neither `json` nor `jsonb`.
static PLAIN: &[Type] = &[
    Type::BOOL,
    Type::INT2,
    Type::INT4,
    Type::INT8,
    Type::NUMERIC,
    Type::FLOAT4,
    Type::FLOAT8,
    Type::DATE,
    Type::TIME,
    Type::TIMESTAMP,
    Type::TIMESTAMPTZ,
    Type::INTERVAL,
    Type::UUID,
    Type::INET,
    Type::CIDR,
    Type::BYTEA,
    Type::OID,
    Type::CHAR,
];

/// An array whose elements the server has not described.
static ARRAY: LazyLock<Type> = LazyLock::new(|| array(&Type::UNKNOWN, Type::UNKNOWN));

/// A type of which only the name in generated code is known.
pub(crate) fn named(name: &str) -> Type {
    let (schema, name) = name.split_once('.').unwrap_or(("pg_catalog", name));
    Type::new(name.to_owned(), 0, Kind::Simple, schema.to_owned())
}

/// Whether the server has not described the type.
pub(super) fn is_opaque(ty: &Type) -> bool {
    *ty == Type::UNKNOWN || (ty.oid() == 0 && *ty.kind() == Kind::Simple)
}

/// Decodes a value whose type the server has not described.
pub(super) fn read<'a, T: FromSql<'a>>(ty: &Type, raw: Option<&'a [u8]>) -> Conversion<T> {
    match readable(ty.clone(), raw, T::accepts) {
        Some(ty) => T::from_sql_nullable(&ty, raw),
        None => Err(Box::new(WrongType::new::<T>(ty.clone()))),
    }
}

/// The type as which such a value is decoded: this one or an array of it, whichever the Rust type accepts.
pub(crate) fn readable(ty: Type, raw: Option<&[u8]>, accepts: fn(&Type) -> bool) -> Option<Type> {
    if accepts(&ty) {
        return Some(ty);
    }
    let elements = match raw.and_then(element_oid).and_then(Type::from_oid) {
        Some(element) => vec![element],
        // An element's name is the array's without the underscore, or something else if the name is long.
        None => {
            let name = ty.name().strip_prefix('_').unwrap_or(ty.name());
            let element = Type::new(name.to_owned(), 0, Kind::Simple, ty.schema().to_owned());
            [element, Type::UNKNOWN].into_iter().chain(PLAIN.iter().cloned()).collect()
        }
    };
    elements.into_iter().map(|element| array(&ty, element)).find(accepts)
}

/// The OID of an array's element type: it follows the number of dimensions and the flag for NULLs.
fn element_oid(raw: &[u8]) -> Option<u32> {
    raw.get(8..12)?.try_into().ok().map(u32::from_be_bytes)
}

fn array(ty: &Type, element: Type) -> Type {
    Type::new(ty.name().to_owned(), 0, Kind::Array(element), ty.schema().to_owned())
}

/// The type of the bounds of a range that the server has not described: the one type that the Rust type accepts.
pub(super) fn bound(accepts: fn(&Type) -> bool) -> Option<&'static Type> {
    static UNKNOWN: Type = Type::UNKNOWN;
    [&UNKNOWN].into_iter().chain(PLAIN).find(|ty| accepts(ty))
}

/// A value that is encoded as the type that the server infers.
pub(crate) struct Inferred<'a>(pub(crate) &'a (dyn ToSql + Sync));

impl Inferred<'_> {
    fn write(&self, out: &mut BytesMut) -> Conversion<IsNull> {
        let start = out.len();
        let first = match self.0.to_sql_checked(&Type::UNKNOWN, out) {
            Err(error) if error.is::<WrongType>() => error,
            written => return written,
        };
        out.truncate(start);
        let array = self.0.to_sql_checked(&ARRAY, out);
        array.map_err(|error| if error.is::<WrongType>() { first } else { error })
    }
}

impl ToSql for Inferred<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.to_sql_checked(ty, out)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if *ty == Type::UNKNOWN { self.write(out) } else { self.0.to_sql_checked(ty, out) }
    }
}

impl fmt::Debug for Inferred<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value is not shown.
        f.debug_struct("Inferred").finish_non_exhaustive()
    }
}

/// The bytes of a value of any type; NULL has none.
pub(crate) struct Raw<'a>(pub(crate) Option<&'a [u8]>);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(Some(raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(None))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Range;

    fn written(value: &(dyn ToSql + Sync)) -> BytesMut {
        let mut bytes = BytesMut::new();
        Inferred(value).to_sql_checked(&Type::UNKNOWN, &mut bytes).unwrap();
        bytes
    }

    #[test]
    fn what_is_written_is_read() {
        let words = vec!["a".to_owned(), "b".to_owned()];
        let bytes = written(&words);
        assert_eq!(read::<Vec<String>>(&named("public._citext"), Some(&bytes)).unwrap(), words);
        let range = Range::new(1_i16..9);
        assert_eq!(read::<Range<i16>>(&named("public.span"), Some(&written(&range))).unwrap(), range);
        let ranges = vec![range];
        assert_eq!(read::<Vec<Range<i16>>>(&named("public._span"), Some(&written(&ranges))).unwrap(), ranges);
        assert_eq!(read::<Option<Vec<String>>>(&named("public._mood"), None).unwrap(), None);
    }

    #[test]
    fn elements_below_a_domain_are_what_rust_takes_them_for() {
        let mut bytes = BytesMut::new();
        vec![1, 2].to_sql(&Type::INT4_ARRAY, &mut bytes).unwrap();
        // The OID of a domain, as the server sends it.
        bytes[8..12].copy_from_slice(&70_000_u32.to_be_bytes());
        assert_eq!(read::<Vec<i32>>(&named("public._quantity"), Some(&bytes)).unwrap(), [1, 2]);
    }

    #[test]
    fn what_is_of_another_type_is_an_error() {
        assert!(read::<i32>(&named("public.mood"), Some(&[0; 4])).is_err());
        assert!(read::<String>(&named("public.address"), Some(b"x")).is_err());
        assert!(read::<Vec<String>>(&named("public.address"), Some(&[0, 0, 0, 1])).is_err());
        let mut bytes = BytesMut::new();
        assert!(Inferred(&5_i32).to_sql_checked(&Type::UNKNOWN, &mut bytes).is_err());
        assert!(bytes.is_empty());
    }
}
