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
mod scan;
mod time;

use std::borrow::Cow;
use std::str::FromStr;

use serde::Deserialize;

use scan::{Quoted, Scan};

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
pub struct JsonText<'a> {
    text: &'a str,
    /// Whether it is a string that says some of its characters in other words.
    escaped: bool,
}

impl<'a> JsonText<'a> {
    /// The value that a text is.
    pub(crate) fn new(text: &'a str) -> Self {
        // Whether it is more than one is seen when it is read.
        JsonText { text: text.trim_ascii(), escaped: true }
    }

    /// An object that has all the keys that are asked for.
    pub fn object(self) -> JsonResult<JsonObject<'a>> {
        let members = self.members().ok_or_else(|| self.is_not("an object"))?;
        Ok(JsonObject { members, sparse: false })
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

    /// Reads an array.
    fn elements<T: FromJson>(self) -> JsonResult<Vec<T>> {
        let not_array = || self.is_not("an array");
        let mut scan = Scan::new(self.text);
        scan.take(b'[').ok_or_else(not_array)?;
        let mut elements = Vec::new();
        if scan.take(b']').is_none() {
            loop {
                let element = scan.value().ok_or_else(not_array)?;
                elements.push(T::from_json(element).map_err(|error| error.at(elements.len()))?);
                if scan.take(b',').is_none() {
                    break;
                }
            }
            scan.take(b']').ok_or_else(not_array)?;
        }
        scan.end().map(|()| elements).ok_or_else(not_array)
    }

    /// Keys and values of an object, in their order.
    fn members(self) -> Option<Vec<Member<'a>>> {
        let mut scan = Scan::new(self.text);
        scan.take(b'{')?;
        let mut members = Vec::new();
        if scan.take(b'}').is_none() {
            members.reserve(8);
            loop {
                let key = scan.string()?;
                scan.take(b':')?;
                members.push(Member { key, value: scan.value()? });
                if scan.take(b',').is_none() {
                    break;
                }
            }
            scan.take(b'}')?;
        }
        scan.end().map(|()| members)
    }

    fn string(self) -> JsonResult<Cow<'a, str>> {
        if self.escaped {
            return self.read("a string").map(Cow::Owned);
        }
        let text = self.text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        text.map(Cow::Borrowed).ok_or_else(|| self.is_not("a string"))
    }

    /// A number as it is written.
    fn number(self) -> JsonResult<&'a str> {
        let text = self.text;
        let is_number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if is_number { Ok(text) } else { Err(self.is_not("a number")) }
    }

    fn is_null(self) -> bool {
        self.text == "null"
    }

    fn read<T: Deserialize<'a>>(self, what: &'static str) -> JsonResult<T> {
        serde_json::from_str(self.text).map_err(|_| self.is_not(what))
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
    members: Vec<Member<'a>>,
    sparse: bool,
}

struct Member<'a> {
    key: Quoted<'a>,
    value: JsonText<'a>,
}

impl JsonObject<'_> {
    /// The value of a key.
    pub fn get<T: FromJson>(&self, key: &'static str) -> JsonResult<T> {
        let value = match self.members.iter().find(|member| member.is_named(key)) {
            Some(member) => member.value,
            None if self.sparse => JsonText { text: "null", escaped: false },
            None => return Err(JsonError::new("is missing").within(key)),
        };
        T::from_json(value).map_err(|error| error.within(key))
    }
}

impl Member<'_> {
    fn is_named(&self, name: &str) -> bool {
        let Quoted { text, escaped } = self.key;
        if !escaped {
            return text == name;
        }
        serde_json::from_str::<String>(&format!("\"{text}\"")).is_ok_and(|key| key == name)
    }
}

/// The last part of a type's path, for messages.
fn name_of<T>() -> &'static str {
    let path = std::any::type_name::<T>();
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    path.rsplit("::").next().unwrap_or(path)
}
