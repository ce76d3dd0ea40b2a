//! Texts that the caller gets.

use std::error::Error;

use postgres_types::{FromSql, Type};

/// What `String` is read as. It is copied out of the message before it is checked: memory of its own is aligned, which a
/// text within a message is not, and then the check takes fewer instructions.
pub(crate) struct Text(pub(crate) String);

impl FromSql<'_> for Text {
    #[inline]
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        // The error has the position alone, not the bytes.
        Ok(Text(String::from_utf8(raw.to_vec()).map_err(|error| error.utf8_error())?))
    }

    #[inline]
    fn accepts(ty: &Type) -> bool {
        <String as FromSql>::accepts(ty)
    }
}
