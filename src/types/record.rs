//! The binary form of records without a named type, for the structs that are generated for them: those that
//! `array(select x from (select ...) x)` consists of.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use postgres_types::{FromSql, Type, WasNull, WrongType};

use super::named::plain;
use super::opaque::read;
use super::{Conversion, Text};
use crate::error::{Cause, DRIFT_HELP};
use crate::json::{self, Document, FromJson};

/// For a struct that is read from a record: `FromSql`, which decodes the fields in their order, each by that method of
/// [`RecordReader`] from a value of that type, `UNKNOWN` if it is not built in.
///
/// ```
/// use sqlward::types::{FromSql, Type};
///
/// #[derive(Debug, PartialEq)]
/// pub struct Comment { pub author: String, pub votes: Option<i32> }
/// sqlward::types::record!(Comment { author: text(TEXT), votes: get(INT4) });
///
/// let value = b"\0\0\0\x02\0\0\0\x19\0\0\0\x03Ann\0\0\0\x17\xff\xff\xff\xff";
/// let comment = Comment::from_sql(&Type::RECORD, value).unwrap();
/// assert_eq!(comment, Comment { author: "Ann".to_owned(), votes: None });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __record {
    ($name:ident { $($field:ident: $read:ident($type:ident)),* $(,)? }) => {
        impl<'a> $crate::types::FromSql<'a> for $name {
            #[inline]
            fn from_sql(_: &$crate::types::Type, raw: &'a [u8]) -> $crate::types::Conversion<Self> {
                let mut record = $crate::types::RecordReader::new(raw, [$(stringify!($field)),*].len())?;
                ::std::result::Result::Ok($name {
                    $($field: record.$read(stringify!($field), $crate::types::Type::$type)?,)*
                })
            }

            #[inline]
            fn accepts(ty: &$crate::types::Type) -> bool {
                *ty == $crate::types::Type::RECORD
            }
        }
    };
}

/// Decodes the fields of a record one after the other. Each comes with the OID of its type.
pub struct RecordReader<'a> {
    rest: &'a [u8],
}

impl<'a> RecordReader<'a> {
    /// Begins with a record that has that many fields.
    #[inline]
    pub fn new(raw: &'a [u8], fields: usize) -> Conversion<Self> {
        match raw.split_first_chunk() {
            Some((found, rest)) if u32::from_be_bytes(*found) as usize == fields => Ok(RecordReader { rest }),
            Some((found, _)) => {
                let found = u32::from_be_bytes(*found);
                Err(FieldError::cause("", format!("has {found} fields, not {fields}; {DRIFT_HELP}")))
            }
            None => Err(FieldError::cause("", "ends early")),
        }
    }

    /// The next field, as a value of that type.
    #[inline]
    pub fn get<T: FromSql<'a>>(&mut self, name: &'static str, ty: Type) -> Conversion<T> {
        let (oid, raw) = self.next().ok_or_else(|| FieldError::cause("", "ends early"))?;
        let value = if ty.oid() == oid && T::accepts(&ty) {
            T::from_sql_nullable(&ty, raw)
        } else {
            read_custom(ty, oid, raw)
        };
        value.map_err(|cause| FieldError::within(name, cause))
    }

    /// As [`get`](RecordReader::get) for a text, in fewer instructions.
    #[inline]
    pub fn text(&mut self, name: &'static str, ty: Type) -> Conversion<String> {
        self.get(name, ty).map(|Text(text)| text)
    }

    /// As [`text`](RecordReader::text), where the text may be NULL.
    #[inline]
    pub fn text_or_null(&mut self, name: &'static str, ty: Type) -> Conversion<Option<String>> {
        self.get(name, ty).map(|found: Option<Text>| found.map(|Text(text)| text))
    }

    /// The next field, which is JSON, decoded.
    pub fn json<T: FromJson>(&mut self, name: &'static str, ty: Type) -> Conversion<T> {
        let Document(text) = self.get(name, ty)?;
        json::read(&text).map_err(|error| {
            let (path, problem) = error.below(name);
            FieldError::cause(path, problem)
        })
    }

    /// The OID of the next field's type, and its bytes.
    #[inline]
    fn next(&mut self) -> Option<(u32, Option<&'a [u8]>)> {
        let (oid, rest) = self.rest.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (value, rest) = match usize::try_from(i32::from_be_bytes(*length)) {
            Ok(length) => rest.split_at_checked(length).map(|(value, rest)| (Some(value), rest))?,
            Err(_) => (None, rest),
        };
        self.rest = rest;
        Some((u32::from_be_bytes(*oid), value))
    }
}

/// Decodes a value whose type is not built in, whose type is a domain over one that is, or that consists of records.
#[inline(never)]
fn read_custom<'a, T: FromSql<'a>>(expected: Type, oid: u32, raw: Option<&'a [u8]>) -> Conversion<T> {
    let ty = match Type::from_oid(oid) {
        Some(found) if expected == Type::UNKNOWN || expected == found => found,
        Some(found) => {
            return Err(FieldError::cause("", format!("is of type {found}, not {expected}; {DRIFT_HELP}")));
        }
        None => expected,
    };
    // The server has not described it.
    if ty == Type::UNKNOWN {
        return read(&ty, raw);
    }
    let ty = plain(&ty);
    if !T::accepts(&ty) {
        return Err(WrongType::new::<T>(ty.into_owned()).into());
    }
    T::from_sql_nullable(&ty, raw)
}

/// A field of a record that cannot be decoded.
#[derive(Debug)]
pub(crate) struct FieldError {
    /// The names that lead to the field, empty for the record itself.
    path: String,
    /// Without the value: `is of type int8, not int4`.
    problem: Cow<'static, str>,
    /// An error that may quote the value.
    pub(crate) conversion: Option<Cause>,
}

impl FieldError {
    fn cause(path: impl Into<String>, problem: impl Into<Cow<'static, str>>) -> Cause {
        Box::new(FieldError { path: path.into(), problem: problem.into(), conversion: None })
    }

    /// An error in the value of that field.
    #[cold]
    fn within(name: &str, cause: Cause) -> Cause {
        match cause.downcast::<FieldError>() {
            Ok(mut error) => {
                let dot = if error.path.is_empty() { "" } else { "." };
                error.path = format!("{name}{dot}{}", error.path);
                error
            }
            Err(cause) if cause.is::<WrongType>() || cause.is::<WasNull>() => {
                FieldError::cause(name, format!("cannot be read: {cause}"))
            }
            Err(cause) => {
                let (path, problem) = (name.to_owned(), "cannot be read".into());
                Box::new(FieldError { path, problem, conversion: Some(cause) })
            }
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.is_empty() {
            true => write!(f, "a value {}", self.problem),
            false => write!(f, "the field `{}` {}", self.path, self.problem),
        }
    }
}

impl Error for FieldError {}

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use postgres_types::{IsNull, ToSql};

    use super::*;

    /// A record with these values, each with the OID of its type.
    fn record(fields: &[(u32, &(dyn ToSql + Sync), Type)]) -> BytesMut {
        let mut raw = BytesMut::from(&i32::try_from(fields.len()).unwrap().to_be_bytes()[..]);
        for (oid, value, ty) in fields {
            let mut bytes = BytesMut::new();
            let is_null = matches!(value.to_sql_checked(ty, &mut bytes).unwrap(), IsNull::Yes);
            raw.extend_from_slice(&oid.to_be_bytes());
            raw.extend_from_slice(&if is_null { -1 } else { bytes.len() as i32 }.to_be_bytes());
            raw.extend_from_slice(&bytes);
        }
        raw
    }

    #[test]
    fn fields_are_read_in_their_order() {
        let raw = record(&[
            (23, &7, Type::INT4),
            (25, &None::<&str>, Type::TEXT),
            // A domain over text.
            (70_000, &"word", Type::TEXT),
        ]);
        let mut reader = RecordReader::new(&raw, 3).unwrap();
        assert_eq!(reader.get::<i32>("a", Type::INT4).unwrap(), 7);
        assert_eq!(reader.text_or_null("b", Type::TEXT).unwrap(), None);
        assert_eq!(reader.text("c", Type::TEXT).unwrap(), "word");
    }

    #[test]
    fn drift_and_damage_are_errors_that_name_the_field() {
        let raw = record(&[(20, &7_i64, Type::INT8)]);
        assert!(RecordReader::new(&raw, 2).is_err());
        assert!(RecordReader::new(&raw[..3], 1).is_err());
        let error = RecordReader::new(&raw, 1).unwrap().get::<i32>("a", Type::INT4).unwrap_err();
        assert!(error.to_string().starts_with("the field `a` is of type int8, not int4; "), "{error}");
        let error = RecordReader::new(&raw, 1).unwrap().get::<i32>("a", Type::INT8).unwrap_err();
        assert!(error.to_string().starts_with("the field `a` cannot be read: "), "{error}");
        for length in 4..raw.len() {
            let mut reader = RecordReader::new(&raw[..length], 1).unwrap();
            assert!(reader.get::<i64>("a", Type::INT8).is_err(), "{length}");
        }
    }
}
