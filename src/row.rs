//! Rows, and decoding their values.

use std::borrow::Cow;

use postgres_types::{FromSql, Type, WrongType};
use tokio_postgres::Column;

use crate::connection::OPAQUE;
use crate::error::Cause;
use crate::json::{self, Document, FromJson};
use crate::types::{self, Raw, Text};
use crate::{Error, Query, Result};

/// The names and types of a result's columns, types as the server names them.
pub type Columns = &'static [(&'static str, &'static str)];

/// A type that can be decoded from a row. Generated row structs implement it, and so do `(T,)` and `()`.
pub trait FromRow: Sized + Send {
    /// The columns it is decoded from, for [`Query::new`]. Empty if they differ between queries, as for `(T,)`.
    const COLUMNS: Columns;

    /// Decodes the row.
    fn from_row(row: &Row) -> Result<Self>;
}

/// One row of a result.
pub struct Row {
    row: tokio_postgres::Row,
    query: &'static Query,
    custom: CustomColumns,
}

/// The columns of a row that have user-defined types, or types that the server has not described: those whose values Rust
/// types cannot read without looking at names. A bit for each; the last one stands for all columns from there on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CustomColumns(u64);

impl CustomColumns {
    const LAST: usize = u64::BITS as usize - 1;

    /// All of them.
    pub(crate) const ALL: CustomColumns = CustomColumns(u64::MAX);

    pub(crate) fn of(columns: &[Column]) -> CustomColumns {
        let is_custom = |column: &Column| *column.type_() == OPAQUE || !types::is_plain(column.type_());
        let custom = columns.iter().enumerate().filter(|(_, column)| is_custom(column));
        CustomColumns(custom.fold(0, |bits, (index, _)| bits | 1 << index.min(CustomColumns::LAST)))
    }

    #[inline]
    fn contains(self, index: usize) -> bool {
        self.0 >> index.min(CustomColumns::LAST) & 1 == 1
    }
}

impl Row {
    pub(crate) fn new(row: tokio_postgres::Row, query: &'static Query, custom: CustomColumns) -> Row {
        Row { row, query, custom }
    }

    /// The value at this position, counted from 0. If it cannot be decoded, the error names the query and the column.
    #[inline]
    pub fn get<'a, T: FromSql<'a>>(&'a self, index: usize) -> Result<T> {
        if self.custom.contains(index) {
            return self.get_custom(index);
        }
        match self.row.try_get(index) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.unreadable(index, error)),
        }
    }

    /// Decodes the text at this position as [`get`](Row::get) does, in fewer instructions.
    #[inline]
    pub fn text(&self, index: usize) -> Result<String> {
        self.get(index).map(|Text(text)| text)
    }

    /// As [`text`](Row::text), where the text may be NULL.
    #[inline]
    pub fn text_or_null(&self, index: usize) -> Result<Option<String>> {
        self.get(index).map(|found: Option<Text>| found.map(|Text(text)| text))
    }

    /// A value of a user-defined type, or of one that the server has not described.
    #[inline(never)]
    fn get_custom<'a, T: FromSql<'a>>(&'a self, index: usize) -> Result<T> {
        let (ty, raw) = self.find_custom(index, T::accepts, WrongType::new::<T>)?;
        T::from_sql_nullable(&ty, raw).map_err(|cause| self.undecodable(index, cause))
    }

    /// The type as which such a value is decoded, and its bytes. All of this is independent of the Rust type, and so is
    /// compiled once and not for each.
    fn find_custom(
        &self,
        index: usize,
        accepts: fn(&Type) -> bool,
        wrong_type: fn(Type) -> WrongType,
    ) -> Result<(Cow<'_, Type>, Option<&[u8]>)> {
        let Raw(raw) = self.row.try_get(index).map_err(|error| self.unreadable(index, error))?;
        let readable = match self.type_of(index) {
            Cow::Borrowed(ty) => Some(types::plain(ty)).filter(|ty| accepts(ty)),
            Cow::Owned(ty) => types::readable(ty, raw, accepts).map(Cow::Owned),
        };
        match readable {
            Some(ty) => Ok((ty, raw)),
            None => Err(self.undecodable(index, Box::new(wrong_type(self.type_of(index).into_owned())))),
        }
    }

    /// The type of a column of the row, as the server describes it or else as the generated code has it.
    fn type_of(&self, index: usize) -> Cow<'_, Type> {
        let ty = self.row.columns()[index].type_();
        if *ty != OPAQUE {
            return Cow::Borrowed(ty);
        }
        let (_, name) = self.query.columns().get(index).copied().unwrap_or(("?", "unknown"));
        Cow::Owned(types::named(name))
    }

    #[cold]
    fn unreadable(&self, index: usize, error: tokio_postgres::Error) -> Error {
        let column = self.row.columns().get(index).map(|column| (column.name(), column.type_()));
        Error::decode(self.query, index, column, error.into_source())
    }

    #[cold]
    fn undecodable(&self, index: usize, cause: Cause) -> Error {
        let name = self.row.columns()[index].name();
        Error::decode(self.query, index, Some((name, &self.type_of(index))), Some(cause))
    }

    /// The value at this position in a column of JSON. If it cannot be decoded, the error also names the path within the
    /// column.
    pub fn json<T: FromJson>(&self, index: usize) -> Result<T> {
        let Document(text) = self.get(index)?;
        json::read(&text).map_err(|error| {
            let name = self.row.columns().get(index).map_or("", |column| column.name());
            Error::decode_json(self.query, index, name, error)
        })
    }

    /// Whether the columns at all these positions are NULL, as they are if an outer join found no row.
    pub fn is_null(&self, indexes: &[usize]) -> bool {
        indexes.iter().all(|index| matches!(self.row.try_get::<_, Option<Present>>(*index), Ok(None)))
    }
}

/// A value of any type, which is checked only for NULL.
struct Present;

impl<'a> FromSql<'a> for Present {
    fn from_sql(
        _: &Type,
        _: &'a [u8],
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Present)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl<T: for<'a> FromSql<'a> + Send> FromRow for (T,) {
    const COLUMNS: Columns = &[];

    fn from_row(row: &Row) -> Result<Self> {
        Ok((row.get(0)?,))
    }
}

/// The row of a query without a result to decode: that of a function that returns `void`.
impl FromRow for () {
    const COLUMNS: Columns = &[];

    fn from_row(_: &Row) -> Result<Self> {
        Ok(())
    }
}
