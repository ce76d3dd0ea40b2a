//! RETURNING: the nullability of the rows that a statement has written.

use std::rc::Rc;

use crate::schema::{Schema, Table, Trigger};
use crate::tree::walk::columns as columns_of;
use crate::tree::{
    CallForm, CastVia, Command, Const, Expr, Oid, OnConflict, Query, RangeIndex, RangeKind, Target, Var,
    VarReturning,
};

use super::checks::CheckedRow;
use super::facts::Value;
use super::rows::{Rows, Run};
use super::stored;

/// The rows that were written, instead of what conditions say about the rows before.
#[derive(Debug, Clone)]
pub struct Written {
    range: RangeIndex,
    values: Vec<Value>,
    /// Whether `new.x` always exists.
    pub is_new: bool,
}

impl Written {
    /// A row of which those columns are known.
    pub fn row(range: RangeIndex, values: Vec<Value>) -> Self {
        Written { range, values, is_new: false }
    }

    /// Whether an entry is the written one.
    pub fn has(&self, range: RangeIndex) -> bool {
        self.range == range
    }

    /// A column of a written row. The row itself and its system columns always exist.
    pub fn value(&self, var: &Var) -> Value {
        match usize::try_from(var.attribute - 1) {
            Ok(index) => self.values.get(index).copied().unwrap_or(Value::UNKNOWN),
            Err(_) => Value::NON_NULL,
        }
    }
}

/// The rows for RETURNING. `rows` are those that FROM and WHERE pass.
pub fn returned<'a, 'p>(rows: &'p Rows<'a, '_>) -> Rows<'a, 'p> {
    let query = rows.query;
    let Some(range) = query.result_relation else { return rows.rebuilt(|_| false) };
    if query.command == Command::Delete {
        // The old row is returned, with everything that its conditions imply.
        return rows.clone();
    }
    let mut returned: Rows<'a, 'p> = rows.rebuilt(|column| column.levels_up > 0 || column.range != range);
    returned.before = (query.command == Command::Update).then_some(rows);
    returned.written = Some(Rc::new(Written {
        range,
        values: columns(rows, range),
        is_new: matches!(query.command, Command::Insert | Command::Update),
    }));
    returned
}

/// The columns of the written row.
fn columns<'a>(rows: &Rows<'a, '_>, range: RangeIndex) -> Vec<Value> {
    let query = rows.query;
    let Some(target) = Destination::of(rows.run, query, range) else { return Vec::new() };
    let inserted = |number: i32| match target.assigned(&query.targets, number) {
        Some(expr) if !query.overriding_user && target.keeps(number, Trigger::on_insert) => rows.value(expr),
        _ => Value::UNKNOWN,
    };
    let updated = |rows: &Rows<'a, '_>, targets: &'a [Target], number: i32| {
        if !target.keeps(number, Trigger::on_update) {
            return Value::UNKNOWN;
        }
        match target.assigned(targets, number) {
            Some(expr) => rows.value(expr),
            None => rows.var(&plain_column(range, number)),
        }
    };
    let conflict = query.on_conflict.as_ref().filter(|conflict| conflict.update);
    let conflict = conflict.map(|conflict| (conflict, met_rows(rows, conflict, range, &inserted, &target)));
    let values: Vec<Value> = (1..=target.count)
        .map(|number| {
            let value = match (query.command, &conflict) {
                (Command::Insert, None) => inserted(number),
                (Command::Insert, Some((conflict, met))) => {
                    inserted(number).or(updated(met, &conflict.set, number))
                }
                (Command::Update, _) => updated(rows, &query.targets, number),
                _ => Value::UNKNOWN,
            };
            Value { non_null: value.non_null || target.is_not_null(number), ..value }
        })
        .collect();
    match (query.command, &conflict) {
        (Command::Insert, None) => checked(rows, range, &target, Trigger::on_insert, values),
        (Command::Update, _) => checked(rows, range, &target, Trigger::on_update, values),
        _ => values,
    }
}

/// The columns of a written row that has passed the checks of its table. It contains the constants that are assigned, and where
/// nothing is assigned the conditions that the row before has met still hold, unless a trigger changes the row.
fn checked<'a>(
    rows: &Rows<'a, '_>,
    range: RangeIndex,
    target: &Destination<'a, '_>,
    fires: fn(&Trigger) -> bool,
    mut values: Vec<Value>,
) -> Vec<Value> {
    let query = rows.query;
    let schema = rows.run.schema;
    let checks = stored::checks(schema, query, std::iter::once(range));
    // Rules put other statements in the place of this one.
    if checks.is_empty() || query.overriding_user || target.is_not_plain() {
        return values;
    }
    let assigned = |number: i32| target.assigned(&query.targets, number);
    let numbers = (1..=target.count).filter(|number| target.keeps(*number, fires));
    let given = numbers.filter_map(|number| Some((number, constant(schema, assigned(number)?)?))).collect();
    let is_kept = |condition: &Expr| {
        let mut kept = query.command == Command::Update;
        columns_of(condition, 0, &mut |var| {
            kept &= var.range != range
                || (assigned(var.attribute).is_none() && target.keeps(var.attribute, fires));
        });
        kept
    };
    let mut known = rows.truths();
    known.retain(|(condition, _)| is_kept(condition));
    let passed = CheckedRow::written(rows, range, values.clone(), &known, given);
    for (_, check) in checks {
        for column in passed.facts(check).columns {
            let index = usize::try_from(column.attribute - 1).unwrap_or(usize::MAX);
            if let Some(value) = values.get_mut(index) {
                value.non_null = true;
            }
        }
    }
    values
}

/// The constant that an assigned expression is. To a column with a maximum length a word is cast, which only cuts off spaces.
fn constant<'a>(schema: &Schema, expr: &'a Expr) -> Option<&'a Const> {
    match expr {
        Expr::Const(constant) => Some(constant),
        Expr::Cast { via: CastVia::Relabel, arg, .. } => constant(schema, arg),
        Expr::Function { call, form: CallForm::ImplicitCast, .. } => {
            let function = schema.functions.get(&call.function)?;
            let cuts = function.is_built_in() && function.name == "varchar";
            let word = call.args.first().and_then(|word| constant(schema, word))?;
            word.text().filter(|text| cuts && !text.ends_with(' ')).map(|_| word)
        }
        _ => None,
    }
}

/// The rows with which ON CONFLICT DO UPDATE conflicts and that pass its WHERE, beside the row that was to be inserted.
fn met_rows<'a, 'p>(
    rows: &Rows<'a, 'p>,
    conflict: &'a OnConflict,
    range: RangeIndex,
    inserted: &dyn Fn(i32) -> Value,
    target: &Destination<'_, '_>,
) -> Rows<'a, 'p> {
    let not_null = |number: i32| Value { non_null: target.is_not_null(number), ..Value::UNKNOWN };
    // The row that was to be inserted has already passed its triggers and NOT NULL.
    let excluded = |number: i32| Value {
        non_null: inserted(number).non_null || target.is_not_null(number),
        ..Value::UNKNOWN
    };
    let written = |range, value: &dyn Fn(i32) -> Value| {
        Rc::new(Written::row(range, (1..=target.count).map(value).collect()))
    };
    let mut met = rows.rebuilt(|column| column.levels_up > 0);
    met.written = Some(written(range, &not_null));
    met.excluded = Some(written(conflict.excluded, &excluded));
    match &conflict.filter {
        Some(filter) => met.where_true(filter),
        None => met,
    }
}

/// A column of an entry.
pub(super) fn plain_column(range: RangeIndex, attribute: i32) -> Var {
    let returning = VarReturning::Default;
    Var { range, attribute, type_oid: 0, typmod: -1, collation: 0, levels_up: 0, returning, location: None }
}

/// The written table, or the view through which one is written.
struct Destination<'a, 'p> {
    run: &'p Run<'a>,
    named: Oid,
    count: i32,
}

impl<'a, 'p> Destination<'a, 'p> {
    fn of(run: &'p Run<'a>, query: &Query, range: RangeIndex) -> Option<Self> {
        let RangeKind::Relation { table: named, .. } = query.range(range)?.kind else { return None };
        let count = run.schema.table(named)?.columns.last()?.number;
        Some(Destination { run, named, count })
    }

    /// The expression assigned to a column, even if a view gives that another name.
    fn assigned<'q>(&self, targets: &'q [Target], number: i32) -> Option<&'q Expr> {
        let column = |number| {
            stored_column(self.run.schema, self.named, number).map(|(table, number)| (table.oid, number))
        };
        let same = |target: &&Target| {
            let assigned = i32::try_from(target.number).unwrap_or(i32::MAX);
            assigned == number || (column(number).is_some() && column(assigned) == column(number))
        };
        targets.iter().filter(|target| !target.junk).find(same).map(|target| &target.expr)
    }

    /// Whether it is not simply a table whose rows are written.
    fn is_not_plain(&self) -> bool {
        self.run.schema.table(self.named).is_none_or(|table| {
            table.view.is_some() || table.has_rules || table.triggers.iter().any(Trigger::is_instead)
        })
    }

    /// Whether the table rejects NULL in that column.
    fn is_not_null(&self, number: i32) -> bool {
        let column = stored_column(self.run.schema, self.named, number);
        column.is_some_and(|(table, number)| {
            let index = usize::try_from(number - 1).unwrap_or(usize::MAX);
            stored::columns(self.run, table, true).get(index).is_some_and(|column| column.non_null)
        })
    }

    /// Whether a column contains what the statement assigns: no trigger changes the row, and it is not generated.
    /// Triggers of partitions are not considered.
    fn keeps(&self, number: i32, fires: impl Fn(&Trigger) -> bool) -> bool {
        stored_column(self.run.schema, self.named, number).is_some_and(|(table, number)| {
            table.kind == 'r'
                && !table.has_children
                && !table.triggers.iter().any(|trigger| trigger.is_before_row() && fires(trigger))
                && table.column(number).is_some_and(|column| column.generated.is_none())
        })
    }
}

/// The table's column for a column of a table, or of an updatable view.
pub fn stored_column(schema: &Schema, table: Oid, number: i32) -> Option<(&Table, i32)> {
    let table = schema.table(table)?;
    if table.triggers.iter().any(Trigger::is_instead) || table.has_rules {
        return None;
    }
    let Some(view) = &table.view else { return Some((table, number)) };
    let target = view.output().nth(usize::try_from(number - 1).ok()?)?;
    let Expr::Var(var) = &target.expr else { return None };
    match view.range(var.range)?.kind {
        RangeKind::Relation { table, .. } if view.from.items.len() == 1 => {
            stored_column(schema, table, var.attribute)
        }
        _ => None,
    }
}
