//! Unnamed statements, for poolers in transaction mode: each is sent with its text and the types of its parameters. Types
//! that are not built in are inferred by the server, and their values decoded without looking the types up.

use postgres_types::ToSql;
use tokio_postgres::{Client, Column, RowStream};

use crate::Query;
use crate::call::Bound;
use crate::connection::OPAQUE;
use crate::query::Absent;
use crate::types::Inferred;

/// Sends the query in a single round trip.
pub(crate) async fn send(
    client: &Client,
    Bound { query, params }: &Bound<'_>,
) -> Result<RowStream, tokio_postgres::Error> {
    let types = query.types();
    let params = params.iter().zip(types.iter()).enumerate().map(|(index, (value, ty))| {
        let value: &(dyn ToSql + Sync) = if query.uses(index) { *value } else { &Absent };
        (Inferred(value), ty.clone())
    });
    client.query_typed_raw(&query.text(), params).await
}

/// How the columns of a result differ from the generated ones, as far as the server has described them.
pub(crate) fn difference(query: &Query, found: &[Column]) -> Option<String> {
    crate::statements::difference(query.columns(), found, |column, expected| {
        if *column.type_() == OPAQUE {
            // Types that are not built in have a schema in their names.
            return (!expected.contains('.')).then(|| "one that is not built in".to_owned());
        }
        crate::statements::other_type(column, expected)
    })
}
