//! Values of base types, and arrays.

use std::borrow::Cow;

use cidr::{IpCidr, IpInet};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::{FromJson, JsonError, JsonResult, JsonText, name_of};

impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        if json.take_word("null").is_some() { Ok(None) } else { T::from_json(json).map(Some) }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        json.elements()
    }
}

impl FromJson for Value {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        let value = json.value().and_then(|value| serde_json::from_str(value).ok());
        value.ok_or_else(|| JsonError::new("is not JSON that can be held"))
    }
}

impl FromJson for bool {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        if json.take_word("true").is_some() {
            Ok(true)
        } else if json.take_word("false").is_some() {
            Ok(false)
        } else {
            Err(json.is_not("true or false"))
        }
    }
}

impl FromJson for String {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        json.string().map(Cow::into_owned)
    }
}

macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl FromJson for $number {
            fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
                let number = json.number()?;
                number.parse().map_err(|_| JsonError::new(format!("does not fit into {}", name_of::<$number>())))
            }
        }
    )+};
}

macro_rules! strings {
    ($($of:ty),+) => {$(
        impl FromJson for $of {
            fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
                json.parse()
            }
        }
    )+};
}

macro_rules! floats {
    ($($float:ty),+) => {$(
        impl FromJson for $float {
            fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
                let not_number = || JsonError::new("is not a number");
                if json.peek() != Some(b'"') {
                    return json.number()?.parse().map_err(|_| not_number());
                }
                // JSON has no numbers for these, so PostgreSQL writes their names as strings.
                match &*json.string()? {
                    "NaN" => Ok(<$float>::NAN),
                    "Infinity" => Ok(<$float>::INFINITY),
                    "-Infinity" => Ok(<$float>::NEG_INFINITY),
                    _ => Err(not_number()),
                }
            }
        }
    )+};
}

numbers!(i16, i32, i64);
floats!(f32, f64);
// PostgreSQL writes an oid as a string.
strings!(u32, Uuid, IpCidr, IpInet);

impl FromJson for Decimal {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        if json.peek() == Some(b'"') {
            return Err(JsonError::new(match &*json.string()? {
                name @ ("NaN" | "Infinity" | "-Infinity") => {
                    format!("is {name}, which Decimal does not have")
                }
                _ => "is not a number".to_owned(),
            }));
        }
        let number = json.number()?;
        // Trailing zeros beyond the maximum scale do not change the value.
        let exact = match number.split_once('.') {
            Some((whole, fraction)) if fraction.len() > MAX_SCALE => {
                let (kept, rest) = fraction.split_at(MAX_SCALE);
                let kept = if rest.bytes().all(|digit| digit == b'0') { kept } else { fraction };
                Decimal::from_str_exact(&format!("{whole}.{kept}"))
            }
            _ => Decimal::from_str_exact(number),
        };
        exact.map_err(|_| JsonError::new("has more digits than Decimal holds"))
    }
}

/// The maximum number of digits after the point of a `Decimal`.
const MAX_SCALE: usize = Decimal::MAX_SCALE as usize;

/// `bytea`, in the hexadecimal form that is the server's default.
impl FromJson for Vec<u8> {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        let digit = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
        let text = json.string()?;
        let digits = text.strip_prefix("\\x").filter(|digits| digits.len() % 2 == 0);
        let bytes = digits.and_then(|digits| {
            digits.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
        });
        bytes.ok_or_else(|| JsonError::new("is not a bytea in hexadecimal form: set bytea_output to 'hex'"))
    }
}

/// `"char"`: zero is the empty text, and bytes that are not ASCII are written in octal.
impl FromJson for i8 {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        let text = json.string()?;
        let byte = match text.as_bytes() {
            [] => Some(0),
            [byte] => Some(*byte),
            [b'\\', octal @ ..] if octal.len() == 3 => u8::from_str_radix(&text[1..], 8).ok(),
            _ => None,
        };
        byte.map(u8::cast_signed).ok_or_else(|| JsonError::new("is not a single byte"))
    }
}
