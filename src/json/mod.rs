//! Values inside JSON, as `jsonb_agg`, `jsonb_build_object`, `to_jsonb` and similar functions write them.
//!
//! Each type is decoded from the text that PostgreSQL writes for it, numbers from their digits and not through an `f64`, so
//! that a nested value is the same as that of a column. `serde::Deserialize` is not used: an application may have defined
//! it for its own API.

mod base;
mod document;
mod error;
mod interval;
mod range;
mod scan;
mod time;

use std::borrow::Cow;
use std::str::FromStr;

use scan::Quoted;

pub(crate) use document::Document;
pub use document::Nested;
pub use error::{JsonError, JsonResult};
pub use scan::JsonText;

/// A type that can be decoded from JSON as PostgreSQL writes it. Generated structs, ids and enums in nested results
/// implement it.
pub trait FromJson: Sized {
    /// Decodes the next value, and advances past it.
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self>;
}

/// Decodes the value that a text consists of.
pub(crate) fn read<T: FromJson>(text: &str) -> JsonResult<T> {
    let mut json = JsonText::new(text);
    let value = T::from_json(&mut json)?;
    json.end().map(|()| value).ok_or_else(|| JsonError::new("is not one value"))
}

impl<'a> JsonText<'a> {
    /// Decodes an object that has all keys that are asked for.
    pub fn object<T>(
        &mut self,
        read: impl FnOnce(&mut JsonObject<'_, 'a>) -> JsonResult<T>,
    ) -> JsonResult<T> {
        self.members(false, read)
    }

    /// Decodes an object from which keys with null values may have been stripped.
    pub fn sparse_object<T>(
        &mut self,
        read: impl FnOnce(&mut JsonObject<'_, 'a>) -> JsonResult<T>,
    ) -> JsonResult<T> {
        self.members(true, read)
    }

    /// Parses a value from a string.
    pub fn parse<T: FromStr>(&mut self) -> JsonResult<T> {
        // The error of the type may quote the value.
        self.string()?.parse().map_err(|_| JsonError::new(format!("is no {}", name_of::<T>())))
    }

    fn members<T>(
        &mut self,
        sparse: bool,
        read: impl FnOnce(&mut JsonObject<'_, 'a>) -> JsonResult<T>,
    ) -> JsonResult<T> {
        self.take(b'{').ok_or_else(|| self.is_not("an object"))?;
        let mut object = JsonObject { json: self, place: Place::Begin, sparse, passed: Vec::new() };
        let value = read(&mut object)?;
        object.finish().map(|()| value)
    }

    /// Reads an array.
    fn elements<T: FromJson>(&mut self) -> JsonResult<Vec<T>> {
        self.take(b'[').ok_or_else(|| self.is_not("an array"))?;
        let mut elements = Vec::new();
        if self.take(b']').is_none() {
            loop {
                elements.push(T::from_json(self).map_err(|error| error.at(elements.len()))?);
                if self.take(b',').is_none() {
                    break;
                }
            }
            self.take(b']').ok_or_else(|| self.is_not("an array"))?;
        }
        Ok(elements)
    }

    fn string(&mut self) -> JsonResult<Cow<'a, str>> {
        let Quoted { text, escaped } = self.quoted().ok_or_else(|| self.is_not("a string"))?;
        match escaped {
            false => Ok(Cow::Borrowed(text)),
            true => {
                serde_json::from_str(&format!("\"{text}\"")).map_err(|_| JsonError::new("is not a string"))
            }
        }
    }

    /// The digits of a number.
    fn number(&mut self) -> JsonResult<&'a str> {
        let is_number = matches!(self.peek(), Some(b'-' | b'0'..=b'9'));
        is_number.then(|| self.word()).ok_or_else(|| self.is_not("a number"))
    }

    fn is_not(&mut self, what: &str) -> JsonError {
        JsonError::new(if self.take_word("null").is_some() {
            format!("is null, but {what} is expected")
        } else {
            format!("is not {what}")
        })
    }
}

/// An object of JSON, whose members are normally asked for in their order.
pub struct JsonObject<'j, 'a> {
    json: &'j mut JsonText<'a>,
    place: Place,
    sparse: bool,
    /// Members that were not the next one asked for when they came, as text.
    passed: Vec<(&'a str, &'a str)>,
}

/// The position in an object.
#[derive(PartialEq)]
enum Place {
    Begin,
    Amid,
    End,
}

impl<'a> JsonObject<'_, 'a> {
    /// The value of a key, which is given as JSON escapes it. It is decoded in place if it is the next one in the object.
    pub fn get<T: FromJson>(&mut self, key: &'static str) -> JsonResult<T> {
        let value = if let Some((_, value)) = self.passed.iter().find(|(passed, _)| *passed == key) {
            T::from_json(&mut JsonText::new(value))
        } else if self.go_to(key)? {
            T::from_json(self.json)
        } else if self.sparse {
            T::from_json(&mut JsonText::new("null"))
        } else {
            Err(JsonError::new("is missing"))
        };
        value.map_err(|error| error.within(key))
    }

    /// Advances to the value of that key, if it comes.
    fn go_to(&mut self, key: &str) -> JsonResult<bool> {
        while self.advance()? {
            if self.json.take_key(key).is_some() {
                return Ok(true);
            }
            let passed = self.json.member().ok_or_else(malformed)?;
            self.passed.push(passed);
        }
        Ok(false)
    }

    /// Skips the members that were not asked for.
    fn finish(mut self) -> JsonResult<()> {
        while self.advance()? {
            self.json.member().ok_or_else(malformed)?;
        }
        Ok(())
    }

    /// Advances to the next member, if there is one.
    fn advance(&mut self) -> JsonResult<bool> {
        let place = std::mem::replace(&mut self.place, Place::Amid);
        if place == Place::End || self.json.take(b'}').is_some() {
            self.place = Place::End;
            return Ok(false);
        }
        if place == Place::Amid {
            self.json.take(b',').ok_or_else(malformed)?;
        }
        Ok(true)
    }
}

fn malformed() -> JsonError {
    JsonError::new("is not an object")
}

/// The last part of a type's path, for messages.
fn name_of<T>() -> &'static str {
    let path = std::any::type_name::<T>();
    let path = path.split_once('<').map_or(path, |(path, _)| path);
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Pair {
        a: Option<i32>,
        b: Vec<String>,
    }

    impl FromJson for Pair {
        fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
            json.object(|object| Ok(Pair { a: object.get("a")?, b: object.get("b")? }))
        }
    }

    #[test]
    fn members_come_in_any_order_among_others() {
        let expected = Pair { a: Some(-1), b: vec!["x".to_owned(), "\"y\"".to_owned()] };
        for text in [
            r#"{"a": -1, "b": ["x", "\"y\""]}"#,
            r#" { "b" : ["x","\"y\""] , "a" : -1 } "#,
            r#"{"aa": {"a": 2}, "b\"": "}", "a": -1, "": [null], "b": ["x", "\"y\""], "c": true}"#,
        ] {
            assert_eq!(read::<Pair>(text).unwrap(), expected, "{text}");
            assert_eq!(read::<Vec<Pair>>(&format!("[{text},{text}]")).unwrap().len(), 2, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_path() {
        for (text, problem) in [
            ("null", "`x` is null, but an object is expected"),
            ("{}", "`x.a` is missing"),
            (r#"{"b": [], "c": 1}"#, "`x.a` is missing"),
            (r#"{"a": "1"}"#, "`x.a` is not a number"),
            (r#"{"a": 3000000000}"#, "`x.a` does not fit into i32"),
            (r#"{"a": 1, "b": ["x", null]}"#, "`x.b[1]` is null, but a string is expected"),
            (r#"{"a": 1 "b": []}"#, "`x` is not an object"),
            (r#"{"a": 1, "b": []"#, "`x` is not an object"),
            (r#"{"a": 1, "b": []}, {}"#, "`x` is not one value"),
        ] {
            let (path, found) = read::<Pair>(text).unwrap_err().below("x");
            assert_eq!(format!("`{path}` {found}"), problem, "{text}");
        }
    }

    #[test]
    fn only_a_sparse_object_lacks_keys() {
        let read = |text| JsonText::new(text).sparse_object(|object| object.get::<Option<i32>>("a"));
        assert_eq!((read("{}").unwrap(), read(r#"{"b": 1}"#).unwrap()), (None, None));
        assert_eq!(read(r#"{"b": 1, "a": 2}"#).unwrap(), Some(2));
    }

    proptest! {
        /// Of any text, JSON or not.
        #[test]
        fn nothing_panics(text in r#"[\[\]{}",:\\ab1é \n-]{0,40}"#) {
            let _ = (read::<Pair>(&text), read::<Vec<Pair>>(&text), read::<chrono::NaiveDate>(&text));
        }
    }
}
