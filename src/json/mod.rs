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
use std::cell::Cell;
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
    /// Where the value ends is not known yet, other values follow, and who finds it puts it here: an element of an array
    /// is not gone over before it is read.
    end: Option<&'a Cell<usize>>,
}

impl<'a> JsonText<'a> {
    /// The value that a text is.
    pub(crate) fn new(text: &'a str) -> Self {
        // Whether it is more than one is seen when it is read.
        JsonText { text: text.trim_ascii(), escaped: true, end: None }
    }

    /// The value without what follows.
    fn alone(self) -> Option<JsonText<'a>> {
        let Some(end) = self.end else { return Some(self) };
        let mut scan = Scan::new(self.text);
        let value = scan.value()?;
        end.set(scan.at());
        Some(value)
    }

    /// The scan has come to the end of the value.
    fn ends(self, scan: &mut Scan<'_>) -> Option<()> {
        match self.end {
            Some(end) => end.set(scan.at()),
            None => scan.end()?,
        }
        Some(())
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
        let (mut elements, end) = (Vec::new(), Cell::new(0));
        if scan.take(b']').is_none() {
            loop {
                scan.peek();
                let element = JsonText { text: scan.rest(), escaped: true, end: Some(&end) };
                end.set(0);
                elements.push(T::from_json(element).map_err(|error| error.at(elements.len()))?);
                if end.get() == 0 {
                    // Its type did not care what it is.
                    scan.value().ok_or_else(not_array)?;
                }
                scan.skip(end.get());
                if scan.take(b',').is_none() {
                    break;
                }
            }
            scan.take(b']').ok_or_else(not_array)?;
        }
        self.ends(&mut scan).map(|()| elements).ok_or_else(not_array)
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
        self.ends(&mut scan).map(|()| members)
    }

    fn string(self) -> JsonResult<Cow<'a, str>> {
        let value = self.alone().ok_or_else(|| self.is_not("a string"))?;
        if value.escaped {
            return value.read("a string").map(Cow::Owned);
        }
        let text = value.text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        text.map(Cow::Borrowed).ok_or_else(|| self.is_not("a string"))
    }

    /// A number as it is written.
    fn number(self) -> JsonResult<&'a str> {
        let text = self.alone().map_or("", |value| value.text);
        let is_number = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if is_number { Ok(text) } else { Err(self.is_not("a number")) }
    }

    fn is_null(self) -> bool {
        self.text.starts_with('n') && self.alone().is_some_and(|value| value.text == "null")
    }

    fn read<T: Deserialize<'a>>(self, what: &'static str) -> JsonResult<T> {
        let value = self.alone().and_then(|value| serde_json::from_str(value.text).ok());
        value.ok_or_else(|| self.is_not(what))
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
            None if self.sparse => JsonText { text: "null", escaped: false, end: None },
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
