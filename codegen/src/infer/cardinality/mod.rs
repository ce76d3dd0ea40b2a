//! How many rows a query returns.

mod conditions;
mod pinned;
pub mod sorted;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use crate::parse::Cardinality;
use crate::schema::{Schema, Trigger};
use crate::tree::walk::each_query;
use crate::tree::{
    CallForm, Command, Expr, FromItem, JoinKind, Query, RangeIndex, RangeKind, SetKind, SetOperation,
};

use self::pinned::{at_most_one, at_most_one_row};
use super::trace::Scope;

/// One question about a statement. What is in WITH, in a view or in a subquery is asked about once, however many read it and
/// however often.
struct Run<'a> {
    schema: &'a Schema,
    rows: RefCell<BTreeMap<*const Query, bool>>,
    one: RefCell<BTreeMap<(*const Query, BTreeSet<usize>), bool>>,
}

impl<'a> Run<'a> {
    fn new(schema: &'a Schema) -> Self {
        Run { schema, rows: RefCell::default(), one: RefCell::default() }
    }

    fn has_row(&self, cte: &Scope<'_>) -> bool {
        let key = ptr::from_ref(cte.query);
        let known = self.rows.borrow().get(&key).copied();
        known.unwrap_or_else(|| {
            let found = has_row(self, cte);
            self.rows.borrow_mut().insert(key, found);
            found
        })
    }

    fn at_most_one(&self, scope: &Scope<'_>, fixed: BTreeSet<usize>) -> bool {
        let key = (ptr::from_ref(scope.query), fixed);
        let known = self.one.borrow().get(&key).copied();
        known.unwrap_or_else(|| {
            let found = at_most_one(self, scope, &key.1);
            self.one.borrow_mut().insert(key, found);
            found
        })
    }
}

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

/// Whether a query always returns at least one row, whatever is in WITH around it.
pub fn always_has_row(schema: &Schema, query: &Query) -> bool {
    has_row(&Run::new(schema), &Scope::root(query))
}

fn has_row(run: &Run<'_>, scope: &Scope<'_>) -> bool {
    let query = scope.query;
    if query.opaque.is_some() {
        return false;
    }
    match query.command {
        Command::Select => select_has_row(run, scope),
        Command::Insert => insert_has_row(run, scope),
        Command::Update | Command::Delete | Command::Merge | Command::Utility | Command::Nothing => false,
    }
}

fn select_has_row(run: &Run<'_>, scope: &Scope<'_>) -> bool {
    let query = scope.query;
    let cut = query.offset.is_some()
        || !query.limit.as_ref().is_none_or(is_positive)
        || !query.row_marks.is_empty();
    if cut || query.has_target_srfs || query.having.is_some() {
        return false;
    }
    if let Some(operation) = &query.set_operation {
        return arm_has_row(run, scope, operation);
    }
    let grouped = !query.group_by.is_empty() || !query.grouping_sets.is_empty();
    // An aggregate without GROUP BY returns a row even for no input.
    (query.has_aggregates && !grouped)
        || (always_true(query.from.quals.as_ref())
            && query.grouping_sets.is_empty()
            && query.from.items.iter().all(|item| item_has_rows(run, scope, item)))
}

fn arm_has_row(run: &Run<'_>, scope: &Scope<'_>, operation: &SetOperation) -> bool {
    match operation {
        SetOperation::Leaf(range) => entry_has_rows(run, scope, *range),
        SetOperation::Node { kind: SetKind::Union, left, right, .. } => {
            arm_has_row(run, scope, left) || arm_has_row(run, scope, right)
        }
        SetOperation::Node { kind: SetKind::Intersect | SetKind::Except, .. } => false,
    }
}

/// Whether an item of FROM has at least one row, whatever the other rows are.
pub fn from_item_has_rows(schema: &Schema, query: &Query, item: &FromItem) -> bool {
    item_has_rows(&Run::new(schema), &Scope::root(query), item)
}

fn item_has_rows(run: &Run<'_>, scope: &Scope<'_>, item: &FromItem) -> bool {
    match item {
        FromItem::Range(range) => entry_has_rows(run, scope, *range),
        FromItem::Join(join) => {
            let left = item_has_rows(run, scope, &join.left);
            let right = item_has_rows(run, scope, &join.right);
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

fn entry_has_rows(run: &Run<'_>, scope: &Scope<'_>, range: RangeIndex) -> bool {
    match scope.query.range(range).map(|entry| &entry.kind) {
        Some(RangeKind::Subquery(query)) => has_row(run, &scope.child(query)),
        Some(RangeKind::Values(rows)) => !rows.is_empty(),
        Some(RangeKind::Result) => true,
        Some(RangeKind::Function { functions, .. }) => {
            functions.iter().any(|(function, _)| gives_one_row(function))
        }
        Some(RangeKind::Cte { name, levels_up, self_reference: false }) => {
            cte(scope, name, *levels_up).is_some_and(|cte| run.has_row(&cte))
        }
        _ => false,
    }
}

/// What a name in WITH stands for, unless that is recursive.
fn cte<'a>(scope: &Scope<'a>, name: &str, levels_up: usize) -> Option<Scope<'a>> {
    let with = scope.up(levels_up)?;
    let cte = with.query.ctes.iter().find(|cte| cte.name == name && !cte.recursive)?;
    Some(with.child(&cte.query))
}

/// Whether a function in FROM returns exactly one row.
fn gives_one_row(function: &Expr) -> bool {
    matches!(
        function,
        Expr::Function { set: false, .. } | Expr::SqlValue { .. } | Expr::Const(_) | Expr::Coalesce { .. }
    )
}

/// An INSERT returns every row that it makes, unless a trigger or ON CONFLICT skips it.
fn insert_has_row(run: &Run<'_>, scope: &Scope<'_>) -> bool {
    let query = scope.query;
    let table = match query.result_relation.and_then(|range| query.range(range)).map(|entry| &entry.kind) {
        Some(RangeKind::Relation { table, .. }) => run.schema.table(*table),
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
        && query.from.items.iter().all(|item| item_has_rows(run, scope, item))
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
