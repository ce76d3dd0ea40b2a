//! Types whose values are validated when they are made.
//!
//! A request body that holds a [`Text`] was validated when it was parsed. The same types put the limits into the
//! OpenAPI document.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Text of `MIN` to `MAX` characters, without control characters other than line breaks and tabs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Text<const MIN: usize, const MAX: usize>(String);

/// A search term.
pub type Search = Text<1, 255>;

/// A part of a URL: lower case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Slug(String);

/// An e-mail address, in lower case. Only its form is checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Email(String);

/// An http or https URL of an image or a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Link(String);

/// A new password. It has no `Debug`.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Password(String);

/// A price in cents, up to a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i32")]
pub struct Cents(i32);

/// A currency code of three letters, in lower case. The default is `usd`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Currency(String);

impl Default for Currency {
    fn default() -> Currency {
        Currency("usd".to_owned())
    }
}

/// Up to 20 tags of up to 50 characters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "Vec<String>")]
pub struct Tags(Vec<String>);

impl<const MIN: usize, const MAX: usize> TryFrom<String> for Text<MIN, MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if !(MIN..=MAX).contains(&text.chars().count()) {
            return Err(format!("expected {MIN} to {MAX} characters"));
        }
        if text.contains(is_control) || (MIN > 0 && text.trim().is_empty()) {
            return Err("expected text that can be seen".to_owned());
        }
        Ok(Text(text))
    }
}

impl TryFrom<String> for Slug {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let fits = (1..=100).contains(&text.len()) && text.chars().all(allowed);
        if fits && !text.starts_with('-') && !text.ends_with('-') {
            Ok(Slug(text))
        } else {
            Err("expected 1 to 100 lower-case letters, digits and inner hyphens")
        }
    }
}

impl TryFrom<String> for Email {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = |c: char| c.is_whitespace() || c.is_control();
        match text.rsplit_once('@') {
            Some((name, domain))
                if !name.is_empty() && domain.contains('.') && text.len() <= 254 && !text.contains(wrong) =>
            {
                Ok(Email(text.to_lowercase()))
            }
            _ => Err("expected an e-mail address"),
        }
    }
}

impl TryFrom<String> for Link {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = |c: char| c.is_whitespace() || c.is_control();
        let rest = text.strip_prefix("https://").unwrap_or_default();
        if !rest.is_empty() && text.len() <= 2048 && !text.contains(wrong) {
            Ok(Link(text))
        } else {
            Err("expected an address that begins with https://")
        }
    }
}

impl TryFrom<String> for Password {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (10..=200).contains(&text.chars().count()) {
            Ok(Password(text))
        } else {
            Err("expected 10 to 200 characters")
        }
    }
}

impl TryFrom<i32> for Cents {
    type Error = &'static str;

    fn try_from(cents: i32) -> Result<Self, Self::Error> {
        if (0..=100_000_000).contains(&cents) {
            Ok(Cents(cents))
        } else {
            Err("expected a price up to a million")
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.len() == 3 && text.chars().all(|c| c.is_ascii_alphabetic()) {
            Ok(Currency(text.to_lowercase()))
        } else {
            Err("expected the three letters of a currency")
        }
    }
}

impl TryFrom<Vec<String>> for Tags {
    type Error = String;

    fn try_from(tags: Vec<String>) -> Result<Self, String> {
        if tags.len() > 20 {
            return Err("expected up to 20 tags".to_owned());
        }
        tags.into_iter()
            .map(|tag| Text::<1, 50>::try_from(tag).map(|tag| tag.0))
            .collect::<Result<_, _>>()
            .map(Tags)
    }
}

macro_rules! text {
    ($($name:ident { $($schema:tt)* })*) => {
        $(impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", $($schema)* })
            }
        })*
    };
}

text! {
    Slug { "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "minLength": 1, "maxLength": 100 }
    Email { "format": "email", "maxLength": 254 }
    Link { "format": "uri", "pattern": "^https://", "maxLength": 2048 }
    Currency { "pattern": "^[A-Za-z]{3}$" }
    Password { "format": "password", "minLength": 10, "maxLength": 200 }
}

impl<const MIN: usize, const MAX: usize> Deref for Text<MIN, MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> JsonSchema for Text<MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MIN}to{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": MIN, "maxLength": MAX })
    }
}

impl Cents {
    /// The number that the database stores.
    pub fn get(self) -> i32 {
        self.0
    }
}

impl JsonSchema for Cents {
    fn schema_name() -> Cow<'static, str> {
        "Cents".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": 100_000_000 })
    }
}

impl Tags {
    /// The JSON array that the database stores.
    pub fn to_json(&self) -> serde_json::Value {
        self.0.clone().into()
    }
}

impl JsonSchema for Tags {
    fn schema_name() -> Cow<'static, str> {
        "Tags".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "maxItems": 20,
            "items": { "type": "string", "minLength": 1, "maxLength": 50 },
        })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}
