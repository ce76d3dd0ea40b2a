//! `Deserialize` for generated structs.
//!
//! What `serde` would derive for each struct is here once: rustc spent half of its time for a generated crate on it.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// For a struct: `Deserialize` as `serde` derives it, each field with its name outside of Rust where that is another one.
/// Unknown fields are ignored, and a missing field is `None` or an error.
///
/// ```
/// #[derive(Debug, PartialEq)]
/// pub struct Row { pub r#type: String, pub votes: Option<i32> }
/// sqlward::types::deserialize!(Row { r#type = "type", votes });
///
/// let row: Row = serde_json::from_str(r#"{"type": "a", "more": 1}"#).unwrap();
/// assert_eq!(row, Row { r#type: "a".to_owned(), votes: None });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __deserialize {
    ($name:ident { $($field:ident $(= $key:literal)?),* $(,)? }) => {
        impl<'de> $crate::types::FromFields<'de> for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$($crate::types::deserialize!(@ $field $($key)?)),*];

            #[inline]
            fn from_fields<F: $crate::types::Fields<'de>>(fields: &mut F) -> ::std::result::Result<Self, F::Error> {
                $(let mut $field = ::std::option::Option::None;)*
                while let ::std::option::Option::Some(key) = fields.next(Self::FIELDS)? {
                    match key {
                        $($crate::types::deserialize!(@ $field $($key)?) => fields.set(key, &mut $field)?,)*
                        _ => {}
                    }
                }
                ::std::result::Result::Ok($name {
                    $($field: fields.take($crate::types::deserialize!(@ $field $($key)?), $field)?),*
                })
            }
        }

        impl<'de> $crate::types::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::types::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::types::from_fields(deserializer)
            }
        }
    };
    (@ $field:ident) => { stringify!($field) };
    (@ $field:ident $key:literal) => { $key };
}

/// A struct that is deserialized field by field.
#[doc(hidden)]
pub trait FromFields<'de>: Sized {
    const NAME: &'static str;
    const FIELDS: &'static [&'static str];

    fn from_fields<F: Fields<'de>>(fields: &mut F) -> Result<Self, F::Error>;
}

/// The fields of a struct as they come: by their names from a map, or by position from a sequence.
#[doc(hidden)]
pub trait Fields<'de> {
    type Error: Error;

    /// The name of the next field whose value is to be read.
    fn next(&mut self, fields: &'static [&'static str]) -> Result<Option<&'static str>, Self::Error>;

    fn value<T: Deserialize<'de>>(&mut self) -> Result<T, Self::Error>;

    /// Reads the value of a field that has none yet.
    #[inline]
    fn set<T: Deserialize<'de>>(
        &mut self,
        name: &'static str,
        field: &mut Option<T>,
    ) -> Result<(), Self::Error> {
        if field.is_some() {
            return Err(Error::duplicate_field(name));
        }
        *field = Some(self.value()?);
        Ok(())
    }

    /// The value that was read, or that of a missing field.
    #[inline]
    fn take<T: Deserialize<'de>>(&self, name: &'static str, field: Option<T>) -> Result<T, Self::Error> {
        field.map_or_else(|| T::deserialize(Missing(name, PhantomData)), Ok)
    }
}

/// Deserializes a struct from its fields.
#[doc(hidden)]
pub fn from_fields<'de, T: FromFields<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    struct Struct<T>(PhantomData<T>);

    impl<'de, T: FromFields<'de>> Visitor<'de> for Struct<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "struct {}", T::NAME)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
            T::from_fields(&mut Map(map))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
            T::from_fields(&mut Sequence { seq, name: T::NAME, fields: T::FIELDS.len(), index: 0 })
        }
    }

    deserializer.deserialize_struct(T::NAME, T::FIELDS, Struct(PhantomData))
}

struct Map<A>(A);

impl<'de, A: MapAccess<'de>> Fields<'de> for Map<A> {
    type Error = A::Error;

    fn next(&mut self, fields: &'static [&'static str]) -> Result<Option<&'static str>, A::Error> {
        while let Some(key) = self.0.next_key_seed(Key(fields))? {
            match key {
                Some(name) => return Ok(Some(name)),
                None => _ = self.0.next_value::<IgnoredAny>()?,
            }
        }
        Ok(None)
    }

    fn value<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        self.0.next_value()
    }
}

struct Sequence<A> {
    seq: A,
    name: &'static str,
    fields: usize,
    index: usize,
}

impl<'de, A: SeqAccess<'de>> Fields<'de> for Sequence<A> {
    type Error = A::Error;

    fn next(&mut self, fields: &'static [&'static str]) -> Result<Option<&'static str>, A::Error> {
        self.index += 1;
        Ok(fields.get(self.index - 1).copied())
    }

    fn value<T: Deserialize<'de>>(&mut self) -> Result<T, A::Error> {
        let value = self.seq.next_element()?;
        value.ok_or_else(|| {
            let elements = if self.fields == 1 { "element" } else { "elements" };
            let expected = format!("struct {} with {} {elements}", self.name, self.fields);
            Error::invalid_length(self.index - 1, &&*expected)
        })
    }
}

/// Finds a field by its name, or by its position where a format has no names.
#[derive(Clone, Copy)]
struct Key(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<&'static str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<&'static str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_u64<E: Error>(self, index: u64) -> Result<Self::Value, E> {
        Ok(usize::try_from(index).ok().and_then(|index| self.0.get(index)).copied())
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|known| **known == name).copied())
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(self.0.iter().find(|known| known.as_bytes() == name).copied())
    }
}

/// A field that is not there: an `Option` is `None`, and another type an error.
struct Missing<E>(&'static str, PhantomData<E>);

impl<'de, E: Error> Deserializer<'de> for Missing<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, E> {
        Err(E::missing_field(self.0))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_none()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    mod ours {
        #[derive(Debug, PartialEq)]
        pub struct Row {
            pub id: u8,
            pub r#type: String,
            pub votes: Option<i32>,
        }
        crate::types::deserialize!(Row { id, r#type = "type", votes });

        #[derive(Debug, PartialEq)]
        pub struct Nothing {}
        crate::types::deserialize!(Nothing {});
    }

    mod derived {
        #[derive(Debug, PartialEq, serde::Deserialize)]
        pub struct Row {
            pub id: u8,
            pub r#type: String,
            pub votes: Option<i32>,
        }

        #[derive(Debug, PartialEq, serde::Deserialize)]
        pub struct Nothing {}
    }

    #[test]
    fn it_is_what_serde_derives() {
        for text in [
            r#"{"id": 1, "type": "a", "votes": 2}"#,
            r#"{"votes": null, "type": "a\n", "id": 1}"#,
            r#"{"id": 1, "more": [{}, 2], "type": "a"}"#,
            r#"[1, "a", 2]"#,
            r#"[1, "a", null]"#,
            r#"[1, "a"]"#,
            "[]",
            r#"[1, "a", 2, 3]"#,
            r#"{"id": 1, "type": "a", "id": 2}"#,
            r#"{"votes": null, "votes": 1}"#,
            r#"{"id": 1}"#,
            r#"{"id": 300, "type": "a"}"#,
            r#"{"type": 1}"#,
            r#"{"id": 1"#,
            "{}",
            "null",
            "7",
            r#""a""#,
        ] {
            let told =
                |found: Result<String, serde_json::Error>| found.unwrap_or_else(|error| error.to_string());
            let ours = serde_json::from_str(text).map(|row: ours::Row| format!("{row:?}"));
            let derived = serde_json::from_str(text).map(|row: derived::Row| format!("{row:?}"));
            assert_eq!(told(ours), told(derived), "{text}");
            let ours = serde_json::from_str(text).map(|row: ours::Nothing| format!("{row:?}"));
            let derived = serde_json::from_str(text).map(|row: derived::Nothing| format!("{row:?}"));
            assert_eq!(told(ours), told(derived), "{text}");
        }
    }
}
