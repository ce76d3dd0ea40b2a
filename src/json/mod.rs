//! Values that come inside JSON: what `jsonb_agg`, `jsonb_build_object`, `to_jsonb` and their like make of them.
//!
//! Each type is read from the text that PostgreSQL writes for it, and from the text of its number rather than from an
//! `f64`, so that a value that comes nested is the same as one that comes as a column of its own. None of it goes
//! through `serde::Deserialize`, which is free to mean what an application's own API wants.

mod base;
mod document;
mod error;
mod interval;
mod range;
mod time;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

pub(crate) use document::Document;
pub use document::Nested;
pub use error::{JsonError, JsonResult};

/// A type that can be read from JSON as PostgreSQL writes it. Structs, ids and enums that are generated for nested
/// results implement it.
pub trait FromJson: Sized {
    /// Reads the value.
    fn from_json(json: JsonText<'_>) -> JsonResult<Self>;
}

/// A value of JSON, as text.
#[derive(Clone, Copy)]
pub struct JsonText<'a>(&'a RawValue);

impl<'a> JsonText<'a> {
    /// The value that a text is.
    pub(crate) fn new(text: &'a str) -> JsonResult<Self> {
        serde_json::from_str(text).map(JsonText).map_err(|_| JsonError::new("is not JSON"))
    }

    /// An object that has all the keys that are asked for.
    pub fn object(self) -> JsonResult<JsonObject<'a>> {
        Ok(JsonObject { members: self.read("an object")?, sparse: false })
    }

    /// An object from which the keys whose values are null may have been left out.
    pub fn sparse_object(self) -> JsonResult<JsonObject<'a>> {
        Ok(JsonObject { sparse: true, ..self.object()? })
    }

    /// A string that is another value's text.
    pub fn parse<T: FromStr>(self) -> JsonResult<T> {
        // What the error of the type says may quote the value.
        self.string()?.parse().map_err(|_| JsonError::new(format!("is no {}", name_of::<T>())))
    }

    fn elements(self) -> JsonResult<Vec<JsonText<'a>>> {
        let elements: Vec<&RawValue> = self.read("an array")?;
        Ok(elements.into_iter().map(JsonText).collect())
    }

    fn string(self) -> JsonResult<Cow<'a, str>> {
        self.read("a string").map(|Text(text)| text)
    }

    /// A number as it is written.
    fn number(self) -> JsonResult<&'a str> {
        let text = self.0.get();
        let is_number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if is_number { Ok(text) } else { Err(self.is_not("a number")) }
    }

    fn is_null(self) -> bool {
        self.0.get() == "null"
    }

    fn read<T: Deserialize<'a>>(self, what: &'static str) -> JsonResult<T> {
        serde_json::from_str(self.0.get()).map_err(|_| self.is_not(what))
    }

    fn is_not(self, what: &str) -> JsonError {
        JsonError::new(if self.is_null() {
            format!("is null, where {what} is expected")
        } else {
            format!("is not {what}")
        })
    }
}

/// An object of JSON.
pub struct JsonObject<'a> {
    members: Members<'a>,
    sparse: bool,
}

impl JsonObject<'_> {
    /// The value of a key.
    pub fn get<T: FromJson>(&self, key: &'static str) -> JsonResult<T> {
        let found = self.members.0.iter().find(|(Text(known), _)| known == key).map(|(_, value)| *value);
        let value = match found {
            Some(value) => JsonText(value),
            None if self.sparse => JsonText(RawValue::NULL),
            None => return Err(JsonError::new("is missing").within(key)),
        };
        T::from_json(value).map_err(|error| error.within(key))
    }
}

/// The last part of a type's path, for messages.
fn name_of<T>() -> &'static str {
    let path = std::any::type_name::<T>();
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    path.rsplit("::").next().unwrap_or(path)
}

/// Keys and values in their order.
struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(8));
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A string, borrowed unless it has escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Str;
        impl<'de> Visitor<'de> for Str {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Str)
    }
}
