//! Temporary.
use crate::{parse::Cardinality, schema::Schema, tree::Query};
/// Temporary.
pub fn cardinality(_: &Schema, q: &Query) -> Cardinality {
    if !q.from.items.is_empty() && q.output().next().is_some() {
        return Cardinality::Opt;
    }
    if q.output().next().is_none() { Cardinality::Exec } else { Cardinality::Many }
}
/// Temporary.
pub fn needs_transaction(q: &Query) -> bool {
    !q.row_marks.is_empty()
}
