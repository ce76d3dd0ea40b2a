//! How many rows a query returns.

mod conditions;
mod pinned;
pub mod sorted;

use crate::parse::Cardinality;
use crate::schema::{Schema, Trigger};
use crate::tree::walk::each_query;
use crate::tree::{
    CallForm, Command, Expr, FromItem, JoinKind, Query, RangeIndex, RangeKind, SetKind, SetOperation,
};

use self::pinned::at_most_one_row;

/// How many rows a query returns: one, at most one, or any number; for a query without columns how many it changes.
pub fn cardinality(schema: &Schema, query: &Query) -> Cardinality {
    if query.output().next().is_none() {
        return Cardinality::Exec;
    }
    match (at_most_one_row(schema, query), always_has_row(schema, query)) {
        (true, true) => Cardinality::One,
        (true, false) => Cardinality::Opt,
        (false, _) => Cardinality::Many,
    }
}

/// Whether a query takes row locks, which end at once outside of a transaction.
pub fn needs_transaction(query: &Query) -> bool {
    let mut locks = false;
    each_query(query, &mut |query| locks |= !query.row_marks.is_empty());
    locks
}

/// Whether a query always returns at least one row.
pub fn always_has_row(schema: &Schema, query: &Query) -> bool {
    if query.opaque.is_some() {
        return false;
    }
    match query.command {
        Command::Select => select_has_row(schema, query),
        Command::Insert => insert_has_row(schema, query),
        Command::Update | Command::Delete | Command::Merge | Command::Utility | Command::Nothing => false,
    }
}

fn select_has_row(schema: &Schema, query: &Query) -> bool {
    let cut = query.offset.is_some()
        || !query.limit.as_ref().is_none_or(is_positive)
        || !query.row_marks.is_empty();
    if cut || query.has_target_srfs || query.having.is_some() {
        return false;
    }
    if let Some(operation) = &query.set_operation {
        return arm_has_row(schema, query, operation);
    }
    let grouped = !query.group_by.is_empty() || !query.grouping_sets.is_empty();
    // An aggregate without GROUP BY returns a row even for no input.
    (query.has_aggregates && !grouped)
        || (always_true(query.from.quals.as_ref())
            && query.grouping_sets.is_empty()
            && query.from.items.iter().all(|item| from_item_has_rows(schema, query, item)))
}

fn arm_has_row(schema: &Schema, query: &Query, operation: &SetOperation) -> bool {
    match operation {
        SetOperation::Leaf(range) => entry_has_rows(schema, query, *range),
        SetOperation::Node { kind: SetKind::Union, left, right, .. } => {
            arm_has_row(schema, query, left) || arm_has_row(schema, query, right)
        }
        SetOperation::Node { kind: SetKind::Intersect | SetKind::Except, .. } => false,
    }
}

/// Whether an item of FROM has at least one row, whatever the other rows are.
pub fn from_item_has_rows(schema: &Schema, query: &Query, item: &FromItem) -> bool {
    match item {
        FromItem::Range(range) => entry_has_rows(schema, query, *range),
        FromItem::Join(join) => {
            let left = from_item_has_rows(schema, query, &join.left);
            let right = from_item_has_rows(schema, query, &join.right);
            match join.kind {
                JoinKind::Inner => left && right && always_true(join.quals.as_ref()),
                JoinKind::Left => left,
                JoinKind::Right => right,
                JoinKind::Full => left || right,
            }
        }
        FromItem::Nested(_) | FromItem::Opaque(_) => false,
    }
}

fn entry_has_rows(schema: &Schema, query: &Query, range: RangeIndex) -> bool {
    match query.range(range).map(|entry| &entry.kind) {
        Some(RangeKind::Subquery(query)) => always_has_row(schema, query),
        Some(RangeKind::Values(rows)) => !rows.is_empty(),
        Some(RangeKind::Result) => true,
        Some(RangeKind::Function { functions, .. }) => {
            functions.iter().any(|(function, _)| gives_one_row(function))
        }
        Some(RangeKind::Cte { name, levels_up: 0, self_reference: false }) => {
            let cte = query.ctes.iter().find(|cte| cte.name == *name && !cte.recursive);
            cte.is_some_and(|cte| always_has_row(schema, &cte.query))
        }
        _ => false,
    }
}

/// Whether a function in FROM returns exactly one row.
fn gives_one_row(function: &Expr) -> bool {
    matches!(
        function,
        Expr::Function { set: false, .. } | Expr::SqlValue { .. } | Expr::Const(_) | Expr::Coalesce { .. }
    )
}

/// An INSERT returns every row that it makes, unless a trigger or ON CONFLICT skips it.
fn insert_has_row(schema: &Schema, query: &Query) -> bool {
    let table = match query.result_relation.and_then(|range| query.range(range)).map(|entry| &entry.kind) {
        Some(RangeKind::Relation { table, .. }) => schema.table(*table),
        _ => None,
    };
    let Some(table) = table.filter(|table| table.kind == 'r' && !table.has_rules) else { return false };
    let conflict_gives =
        query.on_conflict.as_ref().is_none_or(|conflict| conflict.update && conflict.filter.is_none());
    let leaves_out = |trigger: &Trigger| {
        trigger.is_before_row()
            && (trigger.on_insert() || (query.on_conflict.is_some() && trigger.on_update()))
    };
    conflict_gives
        && !table.triggers.iter().any(leaves_out)
        && always_true(query.from.quals.as_ref())
        && query.from.items.iter().all(|item| from_item_has_rows(schema, query, item))
}

/// Whether a condition is missing or TRUE.
pub fn always_true(condition: Option<&Expr>) -> bool {
    condition
        .is_none_or(|condition| matches!(condition, Expr::Const(constant) if constant.bool() == Some(true)))
}

/// Whether a LIMIT permits one row: it is ALL, or a number above 0.
fn is_positive(limit_expr: &Expr) -> bool {
    matches!(limit_expr, Expr::Const(all) if all.value.is_none())
        || limit(limit_expr).is_some_and(|limit| limit > 0)
}

/// The number of a LIMIT, which the server coerces to its type by a function.
fn limit(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Const(constant) => constant.integer(),
        Expr::Function { call, form: CallForm::ImplicitCast, .. } => match call.args.as_slice() {
            [Expr::Const(constant)] => constant.integer(),
            _ => None,
        },
        _ => None,
    }
}
