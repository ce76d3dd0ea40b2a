//! Temporary.
use crate::{schema::Schema, tree::Query};
#[allow(missing_docs)]
pub struct ColumnNullability {
    pub nullable: bool,
    pub element_nullable: bool,
    pub padded: Option<usize>,
    pub nullable_when_present: bool,
}
/// Temporary.
pub fn nullability(schema: &Schema, q: &Query, _: &[bool]) -> Vec<ColumnNullability> {
    q.output()
        .map(|target| {
            let nullable =
                !schema.column(target.origin_table, target.origin_column).is_some_and(|c| c.not_null);
            ColumnNullability {
                nullable,
                element_nullable: false,
                padded: None,
                nullable_when_present: nullable,
            }
        })
        .collect()
}
