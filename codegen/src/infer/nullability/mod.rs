//! Which result columns can be NULL.
//!
//! Everything is deduced about one row. What is known of it (`facts`) follows from the conditions that it passed
//! (`conditions`), given where these hold among the joins (`joins`), and from what holds of all rows of a table (`stored`,
//! `checks`), until nothing new follows (`rows`). An expression is never NULL if that follows from these facts (`expr`) and from
//! what is known of the functions that it calls (`calls`, `total`).
//! What is not understood can be NULL.

mod aggregate;
mod calls;
mod checks;
mod conditions;
mod entry;
mod expr;
mod facts;
mod fields;
mod grouping;
mod joins;
pub(super) mod query;
mod rows;
mod stored;
mod total;
mod written;

use std::collections::BTreeSet;

use crate::schema::Schema;
use crate::tree::{Expr, Query, RangeIndex, RangeKind};

pub(super) use self::facts::{Elements, Value};
pub(super) use self::rows::{Rows, Run};
pub(super) use self::written::stored_column;

/// The nullability of a result column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnNullability {
    /// Whether it can be NULL.
    pub nullable: bool,
    /// Whether an array in it is known to be able to contain NULL. Stored arrays and parameters are assumed not to. For a value
    /// that is not an array this means nothing.
    pub element_nullable: bool,
    /// If it is a plain column of an entry that an outer join can leave without a row, that entry; among several that have a row
    /// only together, the first.
    pub padded: Option<RangeIndex>,
    /// Whether it can be NULL even if that entry has a row; the same as `nullable` if there is no such entry.
    pub nullable_when_present: bool,
}

/// The nullability of each result column, in order. `params_nullable[0]` says whether `$1` can be NULL; a parameter beyond
/// the list can.
pub fn nullability(schema: &Schema, query: &Query, params_nullable: &[bool]) -> Vec<ColumnNullability> {
    let run = Run::new(schema);
    let params: Vec<Value> = params_nullable
        .iter()
        .map(|nullable| Value { non_null: !nullable, elements: Elements::Unknown })
        .collect();
    query::columns(&run, query, &params)
}

/// The entry of which a result column is a plain column, through the columns of joins.
fn plain_origin(rows: &Rows<'_, '_>, expr: &Expr) -> Option<RangeIndex> {
    let Expr::Var(var) = expr else { return None };
    if var.levels_up > 0 {
        return None;
    }
    match &rows.query.range(var.range)?.kind {
        RangeKind::Join { columns, .. } => {
            plain_origin(rows, columns.get(usize::try_from(var.attribute - 1).ok()?)?)
        }
        _ => Some(var.range),
    }
}

/// The nullability of one expression of a select list.
fn column<'a>(rows: &Rows<'a, '_>, expr: &'a Expr) -> ColumnNullability {
    let nullable = !rows.non_null(expr);
    let padded = plain_origin(rows, expr).and_then(|range| rows.padded_with(range));
    let nullable_when_present = match padded {
        Some(range) => !rows.with_row_of(range).non_null(expr),
        None => nullable,
    };
    ColumnNullability {
        nullable,
        element_nullable: rows.elements(expr) == Elements::MaybeNull,
        padded,
        nullable_when_present,
    }
}

/// A set of output columns, counted from 0.
type Outputs = BTreeSet<usize>;
