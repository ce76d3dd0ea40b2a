//! Trait implementations for generated ids and enums.
//!
//! The generated crate defines the types as plain Rust. The implementations, which would be the same for each, are macros
//! here. All of them are `#[inline]`, so that they are compiled only for the types that a program uses, and not for every
//! type of the schema.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserializer, Error, Visitor};

/// For a struct around one value, such as an id: `ToSql`, `FromSql`, `FromJson`, `From` of the value, `Serialize` and
/// `Deserialize` as the value itself; `Display` and `From<&str>` on request.
///
/// ```
/// #[derive(Debug, Clone, PartialEq)]
/// pub struct UserId(pub String);
/// sqlward::types::newtype!(UserId(String): Display, From<&str>);
///
/// assert_eq!(UserId::from("ann").to_string(), "ann");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __newtype {
    ($name:ident($inner:ty)) => {
        impl ::std::convert::From<$inner> for $name {
            #[inline]
            fn from(value: $inner) -> Self {
                $name(value)
            }
        }

        impl $crate::types::ToSql for $name {
            #[inline]
            fn to_sql(
                &self,
                ty: &$crate::types::Type,
                out: &mut $crate::types::BytesMut,
            ) -> $crate::types::Conversion<$crate::types::IsNull> {
                <$inner as $crate::types::ToSql>::to_sql(&self.0, ty, out)
            }

            #[inline]
            fn accepts(ty: &$crate::types::Type) -> bool {
                <$inner as $crate::types::ToSql>::accepts(ty)
            }

            $crate::types::to_sql_checked!();
        }

        impl<'a> $crate::types::FromSql<'a> for $name {
            #[inline]
            fn from_sql(ty: &$crate::types::Type, raw: &'a [u8]) -> $crate::types::Conversion<Self> {
                <$inner as $crate::types::FromSql<'a>>::from_sql(ty, raw).map($name)
            }

            #[inline]
            fn accepts(ty: &$crate::types::Type) -> bool {
                <$inner as $crate::types::FromSql<'a>>::accepts(ty)
            }
        }

        impl $crate::types::FromJson for $name {
            #[inline]
            fn from_json(json: &mut $crate::types::JsonText<'_>) -> $crate::types::JsonResult<Self> {
                <$inner as $crate::types::FromJson>::from_json(json).map($name)
            }
        }

        impl $crate::types::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::types::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::types::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::types::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::types::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::types::serde::Deserialize::deserialize(deserializer).map($name)
            }
        }
    };
    ($name:ident($inner:ty): Display) => {
        $crate::types::newtype!($name($inner));

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
    };
    ($name:ident($inner:ty): Display, From<&str>) => {
        $crate::types::newtype!($name($inner): Display);

        impl ::std::convert::From<&str> for $name {
            #[inline]
            fn from(value: &str) -> Self {
                $name(::std::convert::From::from(value))
            }
        }
    };
}

/// For an enum of texts: `ALL` of them, `as_str`, `Display` and `FromStr`.
///
/// ```
/// #[derive(Debug, Clone, Copy, PartialEq)]
/// pub enum Constraint { UsersPkey, UsersEmailKey }
/// sqlward::types::named!(Constraint { UsersPkey = "users_pkey", UsersEmailKey = "users_email_key" });
///
/// assert_eq!("users_pkey".parse(), Ok(Constraint::UsersPkey));
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __named {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $name {
            /// All values, in the order of the schema.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// Its name in the schema.
            #[inline]
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }

        impl ::std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(self.as_str(), f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::types::UnknownValue;

            #[inline]
            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::types::UnknownValue> {
                let found = $name::ALL.iter().find(|known| known.as_str() == text);
                found.copied().ok_or_else(|| $crate::types::UnknownValue::new(stringify!($name), text))
            }
        }
    };
}

/// For an enum of the values of a column or a type, whose schema and name follow it: the same as
/// [`named!`](crate::types::named), and `ToSql`, `FromSql`, `FromJson`, and `Serialize` and `Deserialize` as its text.
///
/// ```
/// #[derive(Debug, Clone, Copy, PartialEq)]
/// pub enum Mood { Happy, SoSo }
/// sqlward::types::values!(Mood("public", "mood") { Happy = "happy", SoSo = "so-so" });
///
/// assert_eq!(serde_json::to_string(&Mood::SoSo).unwrap(), "\"so-so\"");
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __values {
    ($name:ident $(($schema:literal, $type:literal))? { $($variants:tt)* }) => {
        $crate::types::named!($name { $($variants)* });

        impl $crate::types::ToSql for $name {
            #[inline]
            fn to_sql(
                &self,
                ty: &$crate::types::Type,
                out: &mut $crate::types::BytesMut,
            ) -> $crate::types::Conversion<$crate::types::IsNull> {
                <&str as $crate::types::ToSql>::to_sql(&self.as_str(), ty, out)
            }

            #[inline]
            fn accepts(ty: &$crate::types::Type) -> bool {
                $($crate::types::is_named(ty, $schema, $type) ||)? <&str as $crate::types::ToSql>::accepts(ty)
            }

            $crate::types::to_sql_checked!();
        }

        impl<'a> $crate::types::FromSql<'a> for $name {
            #[inline]
            fn from_sql(_: &$crate::types::Type, raw: &'a [u8]) -> $crate::types::Conversion<Self> {
                ::std::result::Result::Ok(::std::str::from_utf8(raw)?.parse()?)
            }

            #[inline]
            fn accepts(ty: &$crate::types::Type) -> bool {
                $($crate::types::is_named(ty, $schema, $type) ||)? <&str as $crate::types::FromSql>::accepts(ty)
            }
        }

        impl $crate::types::FromJson for $name {
            #[inline]
            fn from_json(json: &mut $crate::types::JsonText<'_>) -> $crate::types::JsonResult<Self> {
                json.parse()
            }
        }

        impl $crate::types::serde::Serialize for $name {
            #[inline]
            fn serialize<S: $crate::types::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::types::serde::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: $crate::types::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::types::parsed(deserializer)
            }
        }

        $crate::types::described!($name { $($variants)* });
    };
}

/// Implements `JsonSchema` for an enum if this crate has the feature; the crate that expands the macro need not know.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __described {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $crate::types::schemars::JsonSchema for $name {
            #[inline]
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }

            #[inline]
            fn json_schema(
                _: &mut $crate::types::schemars::SchemaGenerator,
            ) -> $crate::types::schemars::Schema {
                $crate::types::schemars::json_schema!({ "type": "string", "enum": [$($text),*] })
            }
        }
    };
}

/// Expands to nothing without the feature.
#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __described {
    ($($ignored:tt)*) => {};
}

/// Deserializes a value from its text.
#[doc(hidden)]
pub fn parsed<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}
