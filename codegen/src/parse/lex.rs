//! SQL tokens.

use super::Sql;
use crate::source::Span;

/// See [`Sql::token_span`].
pub(super) fn token_at(sql: &Sql, text_offset: usize) -> Span {
    let start = sql.file_offset(text_offset);
    Span { file: sql.file(), start, end: start }
}
