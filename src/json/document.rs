//! Columns of JSON.

use std::borrow::Cow;
use std::error::Error;

use postgres_types::{FromSql, Kind, Type};

use super::FromJson;
use crate::{FromRow, Result, Row};

/// The text of a `json` or `jsonb` column. An array of such values becomes a JSON array, with null for NULL.
pub(crate) struct Document<'a>(pub(crate) Cow<'a, str>);

impl<'a> FromSql<'a> for Document<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> std::result::Result<Self, Box<dyn Error + Sync + Send>> {
        match (ty, ty.kind()) {
            (_, Kind::Array(_)) => {
                let elements = Vec::<Option<Document<'a>>>::from_sql(ty, raw)?;
                let text = |element: Option<Document<'a>>| element.map_or("null".into(), |found| found.0);
                Ok(Document(
                    format!("[{}]", elements.into_iter().map(text).collect::<Vec<_>>().join(",")).into(),
                ))
            }
            (&Type::JSONB, _) => match raw.split_first() {
                Some((1, text)) => Ok(Document(std::str::from_utf8(text)?.into())),
                _ => Err("a jsonb value of an unknown version".into()),
            },
            _ => Ok(Document(std::str::from_utf8(raw)?.into())),
        }
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Document("null".into()))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::JSON | Type::JSONB | Type::JSON_ARRAY | Type::JSONB_ARRAY)
    }
}

/// A row of one column of JSON, decoded as its type says.
#[derive(Debug, Clone, PartialEq)]
pub struct Nested<T>(pub T);

impl<T: FromJson + Send> FromRow for Nested<T> {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[];

    fn from_row(row: &Row) -> Result<Self> {
        row.json(0).map(Nested)
    }
}
