//! Soft deletion: the mark column is not NULL in deleted rows, or if it is a boolean, true. All other rows are live.

use super::arena::Arena;
use super::case::Case;
use super::context::Context;
use super::facts::{Fact, Facts};
use super::terms::{EntryId, TermId};
use super::truth::{Truths, is_boolean, normal, truth};
use crate::schema::{Column, Schema};
use crate::tree::{Expr, Location};

/// The condition that a row is not deleted, for messages. `prefix` is in front of the column: `content.`.
pub(super) fn live_condition(schema: &Schema, prefix: &str, column: &Column) -> String {
    let test = if is_boolean(schema, column.type_oid) { "= false" } else { "is null" };
    format!("{prefix}{} {test}", column.name)
}

/// The value that marks a row as deleted, as SQL.
pub(super) fn deleted_value(schema: &Schema, column: &Column) -> &'static str {
    if is_boolean(schema, column.type_oid) { "true" } else { "now()" }
}

/// Whether a condition on one table implies that its rows are live.
pub(super) fn implies_live(schema: &Schema, condition: &Expr, column: &Column) -> bool {
    implies_live_where(schema, condition, Truths::TRUE, column)
}

fn implies_live_where(schema: &Schema, condition: &Expr, wanted: Truths, column: &Column) -> bool {
    let is_mark = |expr: &Expr| matches!(expr, Expr::Var(var) if var.attribute == column.number);
    let (tested, wanted) = normal(schema, condition, wanted);
    if let Expr::Bool { op, args, .. } = tested {
        return wanted.of_all(*op) == Some(true)
            && args.iter().any(|arg| implies_live_where(schema, arg, wanted, column));
    }
    if is_boolean(schema, column.type_oid) {
        return is_mark(tested) && wanted.is_subset(Truths::NOT_TRUE);
    }
    let Expr::NullTest { arg, is_null, row: false, .. } = tested else { return false };
    is_mark(arg) && wanted == Truths::of(Some(*is_null))
}

impl Arena<'_> {
    /// What holds of the mark in a live row.
    pub(super) fn live_facts(&mut self, mark: TermId, column: &Column, at: Location) -> Facts {
        match is_boolean(self.schema, column.type_oid) {
            true => self.truth_facts(mark, Truths::NOT_TRUE, at),
            false => Facts::one(Fact::Null(mark), at),
        }
    }
}

impl Case<'_, '_> {
    /// The mark of an entry, if its rows are known to be live.
    pub(super) fn live_mark(&self, entry: EntryId, column: &Column, context: &Context) -> Option<TermId> {
        let mark = self.column(entry, column.number)?;
        let is_alive = match is_boolean(self.arena.schema, column.type_oid) {
            true => self.arena.truths_of(entry, mark, context).is_subset(Truths::NOT_TRUE),
            false => context.closure.is_null(mark),
        };
        is_alive.then_some(mark)
    }

    /// Whether a value that is assigned to the mark marks the row as deleted.
    pub(super) fn is_true(&self, value: Option<TermId>) -> bool {
        value.is_some_and(|value| *self.arena.terms.get(value) == truth(true))
    }
}
