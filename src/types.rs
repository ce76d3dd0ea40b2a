//! Types of `postgres-types` and `bytes` that generated code uses, so that it depends on this crate alone, and types that
//! no well-known crate has.

mod composite;
mod deserialize;
mod each;
mod interval;
mod named;
mod opaque;
mod range;
mod record;
mod text;
mod unknown;
mod values;
mod void;

pub use bytes::{Buf, BufMut, BytesMut};
pub use postgres_types::{
    Field, Format, FromSql, IsNull, Json, Kind, ToSql, Type, WrongType, accepts, to_sql_checked,
};

pub use crate::json::{FromJson, JsonError, JsonObject, JsonResult, JsonText, Nested};
#[doc(inline)]
pub use crate::{
    __described as described, __deserialize as deserialize, __named as named, __newtype as newtype,
    __record as record, __values as values,
};
pub use composite::{Attributes, CompositeReader, write_composite};
#[doc(hidden)]
pub use deserialize::{Fields, FromFields, from_fields};
pub use each::Each;
pub use interval::Interval;
pub use named::is_named;
pub(crate) use named::{is_plain, plain};
pub(crate) use opaque::{Inferred, Raw, named, readable};
pub use range::Range;
pub(crate) use record::FieldError;
pub use record::RecordReader;
#[cfg(feature = "schemars")]
#[doc(hidden)]
pub use schemars;
#[doc(hidden)]
pub use serde;
pub(crate) use text::Text;
pub use unknown::UnknownValue;
#[doc(hidden)]
pub use values::parsed;
pub use void::Void;

/// The result of converting a value to or from the server's encoding.
pub type Conversion<T> = Result<T, Box<dyn std::error::Error + Sync + Send>>;
