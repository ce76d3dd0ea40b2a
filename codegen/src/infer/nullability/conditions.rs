//! What follows from a condition: which columns and expressions are not NULL where it is true, false, or not NULL.

use std::collections::BTreeSet;

use crate::tree::pg_type::BOOL;
use crate::tree::{BoolOp, BooleanTest, Expr, Oid, Operator, RangeKind, SublinkKind, Var, VarReturning};

use super::facts::{Column, Exprs, Facts};
use super::query;
use super::rows::Rows;

/// What holds where a condition is true; `None` if it is never true.
pub fn when_true<'a>(rows: &Rows<'a, '_>, condition: &'a Expr) -> Option<Facts<'a>> {
    Some(match condition {
        Expr::Const(constant) if constant.bool() != Some(true) => return None,
        Expr::Bool { op: BoolOp::And, args, .. } => every(rows, args, when_true)?,
        Expr::Bool { op: BoolOp::Or, args, .. } => any(rows, args, when_true)?,
        Expr::Bool { op: BoolOp::Not, args, .. } => every(rows, args, when_false)?,
        Expr::NullTest { arg, is_null: true, row: false, .. } if rows.non_null(arg) => return None,
        Expr::NullTest { arg, is_null: false, row, .. } => whole(rows, arg, *row),
        Expr::BooleanTest { arg, test, .. } => match test {
            BooleanTest::True => when_true(rows, arg)?,
            BooleanTest::False => when_false(rows, arg)?,
            BooleanTest::NotUnknown => when_not_null(rows, arg),
            BooleanTest::NotTrue | BooleanTest::NotFalse | BooleanTest::Unknown => Facts::default(),
        },
        Expr::ArrayOperator { operator, any, scalar, array, .. } => {
            let tested = *any || is_never_empty(array);
            let tested = if tested && operator_is_strict(rows, *operator) {
                when_not_null(rows, scalar)
            } else {
                Facts::default()
            };
            tested.and(when_not_null(rows, array))
        }
        Expr::Case { whens, otherwise, .. } => case(rows, whens, otherwise.as_deref(), when_true)?,
        Expr::Sublink(sublink) => match sublink.kind {
            SublinkKind::Exists => query::row_facts(rows, &sublink.query),
            // The comparison is true for one of the subquery's rows.
            SublinkKind::Any => {
                let test =
                    sublink.test.as_ref().and_then(|test| when_true(&query::compared(rows, sublink), test));
                test.unwrap_or_default().and(query::row_facts(rows, &sublink.query))
            }
            SublinkKind::Scalar | SublinkKind::RowCompare => when_not_null(rows, condition),
            // ALL is true if there is no row.
            SublinkKind::All | SublinkKind::MultiAssign | SublinkKind::Array | SublinkKind::Cte => {
                Facts::default()
            }
        },
        Expr::Operator(operator) => match equal_to_constant(rows, operator) {
            Some((condition, true)) => when_true(rows, condition)?,
            Some((condition, false)) => when_false(rows, condition)?,
            None => when_not_null(rows, condition),
        },
        _ => when_not_null(rows, condition),
    })
}

/// What holds where a condition is false; `None` if it is never false.
pub fn when_false<'a>(rows: &Rows<'a, '_>, condition: &'a Expr) -> Option<Facts<'a>> {
    Some(match condition {
        Expr::Const(constant) if constant.bool() != Some(false) => return None,
        Expr::Bool { op: BoolOp::And, args, .. } => any(rows, args, when_false)?,
        Expr::Bool { op: BoolOp::Or, args, .. } => every(rows, args, when_false)?,
        Expr::Bool { op: BoolOp::Not, args, .. } => every(rows, args, when_true)?,
        Expr::NullTest { arg, is_null: false, row: false, .. } if rows.non_null(arg) => return None,
        // If not all fields of a composite are NULL, it is not NULL itself; nothing follows for single fields.
        Expr::NullTest { arg, is_null: true, .. } => when_not_null(rows, arg),
        Expr::BooleanTest { arg, test, .. } => match test {
            BooleanTest::NotTrue => when_true(rows, arg)?,
            BooleanTest::NotFalse => when_false(rows, arg)?,
            BooleanTest::Unknown => when_not_null(rows, arg),
            BooleanTest::True | BooleanTest::False | BooleanTest::NotUnknown => Facts::default(),
        },
        // Not distinct from something that is not NULL.
        Expr::Distinct(operator) => match operator.args.as_slice() {
            [left, right] => {
                let left_facts =
                    if rows.non_null(right) { when_not_null(rows, left) } else { Facts::default() };
                let right_facts =
                    if rows.non_null(left) { when_not_null(rows, right) } else { Facts::default() };
                left_facts.and(right_facts)
            }
            _ => Facts::default(),
        },
        Expr::ArrayOperator { operator, any, scalar, array, .. } => {
            let tested = !*any || is_never_empty(array);
            let tested = if tested && operator_is_strict(rows, *operator) {
                when_not_null(rows, scalar)
            } else {
                Facts::default()
            };
            tested.and(when_not_null(rows, array))
        }
        Expr::Case { whens, otherwise, .. } => case(rows, whens, otherwise.as_deref(), when_false)?,
        Expr::Sublink(sublink) => match sublink.kind {
            SublinkKind::All => {
                let test =
                    sublink.test.as_ref().and_then(|test| when_false(&query::compared(rows, sublink), test));
                test.unwrap_or_default().and(query::row_facts(rows, &sublink.query))
            }
            SublinkKind::Scalar | SublinkKind::RowCompare => when_not_null(rows, condition),
            // ANY is false if there is no row.
            SublinkKind::Any
            | SublinkKind::Exists
            | SublinkKind::MultiAssign
            | SublinkKind::Array
            | SublinkKind::Cte => Facts::default(),
        },
        _ => when_not_null(rows, condition),
    })
}

/// What holds where a condition is not true: false, or NULL.
pub fn when_not_true<'a>(rows: &Rows<'a, '_>, condition: &'a Expr) -> Option<Facts<'a>> {
    match condition {
        Expr::Bool { op: BoolOp::Or, args, .. } => every(rows, args, when_not_true),
        _ if rows.non_null(condition) => when_false(rows, condition),
        _ => Some(Facts::default()),
    }
}

/// What holds where an expression is not NULL.
pub fn when_not_null<'a>(rows: &Rows<'a, '_>, expr: &'a Expr) -> Facts<'a> {
    let schema = rows.run.schema;
    let itself = Facts { exprs: Exprs::one(expr), ..Facts::default() };
    match expr {
        Expr::Var(var) => column(rows, var),
        // It may be a key of a grouping set, which is not computed from its parts.
        _ if rows.grouping_nulls.hide_nulls() => itself,
        Expr::Function { call, .. } if function_is_strict(rows, call.function) => {
            itself.and(all(rows, &call.args))
        }
        Expr::Operator(operator) if operator_is_strict(rows, operator.operator) => {
            itself.and(all(rows, &operator.args))
        }
        Expr::Function { .. }
        | Expr::Operator(_)
        | Expr::Aggregate(_)
        | Expr::WindowCall { .. }
        | Expr::Param { .. } => itself,
        // Any kind of cast of NULL gives NULL or an error.
        Expr::Cast { arg, .. }
        | Expr::Collate { arg, .. }
        | Expr::NamedArgument(arg)
        | Expr::Field { arg, .. } => itself.and(when_not_null(rows, arg)),
        Expr::Subscript { container, upper, lower, assigned: None, .. } => {
            let bounds = upper.iter().chain(lower).flatten();
            bounds.fold(itself.and(when_not_null(rows, container)), |facts, bound| {
                facts.and(when_not_null(rows, bound))
            })
        }
        Expr::NullIf(operator) => match operator.args.first() {
            Some(first) => itself.and(when_not_null(rows, first)),
            None => itself,
        },
        Expr::Coalesce { args, .. } => {
            itself.and(some(rows, args.iter().map(|arg| when_not_null(rows, arg))))
        }
        Expr::MinMax { args, .. } => some(rows, args.iter().map(|arg| when_not_null(rows, arg))),
        Expr::Case { whens, otherwise, .. } => {
            case(rows, whens, otherwise.as_deref(), when_value).unwrap_or_default()
        }
        Expr::Bool { op: BoolOp::Not, args, .. } => all(rows, args),
        Expr::Bool { op: BoolOp::And | BoolOp::Or, .. } => {
            match (when_true(rows, expr), when_false(rows, expr)) {
                (Some(a), Some(b)) => a.or(b, schema),
                (Some(facts), None) | (None, Some(facts)) => facts,
                (None, None) => Facts::default(),
            }
        }
        Expr::ArrayOperator { operator, scalar, array, .. } => {
            let strict = operator_is_strict(rows, *operator) && is_never_empty(array);
            let scalar = if strict { when_not_null(rows, scalar) } else { Facts::default() };
            scalar.and(when_not_null(rows, array))
        }
        // A row comparison always looks at the first pair, at others only if that is equal.
        Expr::RowCompare { left, right, .. } => left
            .first()
            .into_iter()
            .chain(right.first())
            .fold(Facts::default(), |facts, first| facts.and(when_not_null(rows, first))),
        Expr::Sublink(sublink) => match sublink.kind {
            SublinkKind::Scalar => query::row_facts_with(rows, &sublink.query, 0),
            SublinkKind::RowCompare => query::row_facts(rows, &sublink.query),
            SublinkKind::Exists
            | SublinkKind::All
            | SublinkKind::Any
            | SublinkKind::MultiAssign
            | SublinkKind::Array
            | SublinkKind::Cte => Facts::default(),
        },
        Expr::Const(_)
        | Expr::Grouping { .. }
        | Expr::Subscript { assigned: Some(_), .. }
        | Expr::Distinct(_)
        | Expr::FieldStore { .. }
        | Expr::CaseTest { .. }
        | Expr::Array { .. }
        | Expr::Row { .. }
        | Expr::SqlValue { .. }
        | Expr::Xml { .. }
        | Expr::Json { .. }
        | Expr::NullTest { .. }
        | Expr::BooleanTest { .. }
        | Expr::DomainValue { .. }
        | Expr::Default { .. }
        | Expr::CurrentOf
        | Expr::NextValue { .. }
        | Expr::MergeAction { .. }
        | Expr::Returning { .. }
        | Expr::Opaque(_) => Facts::default(),
    }
}

/// What holds where a CASE is true, false or not NULL, given which results can be: one of these branches was taken.
fn case<'a, 'p>(
    rows: &Rows<'a, 'p>,
    whens: &'a [(Expr, Expr)],
    otherwise: Option<&'a Expr>,
    holds: impl Fn(&Rows<'a, 'p>, &'a Expr) -> Option<Facts<'a>>,
) -> Option<Facts<'a>> {
    let Some(left) = rows.run.cases.get().checked_sub(1) else { return Some(Facts::default()) };
    rows.run.cases.set(left);
    let branches = whens
        .iter()
        .filter_map(|(condition, result)| Some(when_true(rows, condition)?.and(holds(rows, result)?)));
    let not_taken = whens
        .iter()
        .try_fold(Facts::default(), |facts, (condition, _)| Some(facts.and(when_not_true(rows, condition)?)));
    let otherwise = not_taken.and_then(|facts| Some(facts.and(holds(rows, otherwise?)?)));
    branches.chain(otherwise).reduce(|a, b| a.or(b, rows.run.schema))
}

fn when_value<'a>(rows: &Rows<'a, '_>, expr: &'a Expr) -> Option<Facts<'a>> {
    if is_null(expr) { None } else { Some(when_not_null(rows, expr)) }
}

/// `x IS NOT NULL`, which for a composite says that none of its fields is NULL.
fn whole<'a>(rows: &Rows<'a, '_>, arg: &'a Expr, row: bool) -> Facts<'a> {
    let itself = when_not_null(rows, arg);
    match arg {
        Expr::Row { fields, .. } if row => itself.and(all(rows, fields)),
        Expr::Var(var) if row && var.attribute == 0 && var.returning == VarReturning::Default => {
            let names = rows.up(var.levels_up).and_then(|rows| rows.query.range(var.range));
            let count = names.map_or(0, |entry| entry.column_names.len());
            let column = |attribute| Column { levels_up: var.levels_up, range: var.range, attribute };
            let fields = (1..=count).filter_map(|number| i32::try_from(number).ok()).map(column);
            itself.and(Facts { columns: fields.collect(), exprs: Exprs::default() })
        }
        _ => itself,
    }
}

/// A column is not NULL. A join's column refers to that of one side.
fn column<'a>(rows: &Rows<'a, '_>, var: &Var) -> Facts<'a> {
    let Some(target) = rows.up(var.levels_up).filter(|_| var.returning == VarReturning::Default) else {
        return Facts::default();
    };
    if let Some(RangeKind::Join { columns, .. }) = target.query.range(var.range).map(|entry| &entry.kind) {
        let side = usize::try_from(var.attribute - 1).ok().and_then(|index| columns.get(index));
        let facts = side.map(|side| when_not_null(target, side)).unwrap_or_default();
        return facts.seen_from_within(var.levels_up);
    }
    // If the column is not NULL, its row exists.
    let column = |attribute| Column { levels_up: var.levels_up, range: var.range, attribute };
    Facts { columns: BTreeSet::from([column(var.attribute), column(0)]), exprs: Exprs::default() }
}

type Deduction<'a, 'r, 'p> = fn(&'r Rows<'a, 'p>, &'a Expr) -> Option<Facts<'a>>;

/// All of them hold; `None` if one cannot.
fn every<'a, 'r, 'p>(
    rows: &'r Rows<'a, 'p>,
    args: &'a [Expr],
    holds: Deduction<'a, 'r, 'p>,
) -> Option<Facts<'a>> {
    args.iter().try_fold(Facts::default(), |facts, arg| Some(facts.and(holds(rows, arg)?)))
}

/// One of them holds; `None` if none can.
fn any<'a, 'r, 'p>(
    rows: &'r Rows<'a, 'p>,
    args: &'a [Expr],
    holds: Deduction<'a, 'r, 'p>,
) -> Option<Facts<'a>> {
    args.iter().filter_map(|arg| holds(rows, arg)).reduce(|a, b| a.or(b, rows.run.schema))
}

/// The operands of `condition = true` and `condition = false`.
pub(super) fn equal_to_constant<'a>(rows: &Rows<'a, '_>, operator: &'a Operator) -> Option<(&'a Expr, bool)> {
    let found = rows.run.schema.operators.get(&operator.operator)?;
    if !found.is_built_in() || !found.is_equality() || (found.left, found.right) != (BOOL, BOOL) {
        return None;
    }
    match operator.args.as_slice() {
        [condition, Expr::Const(constant)] | [Expr::Const(constant), condition] => {
            Some((condition, constant.bool()?))
        }
        _ => None,
    }
}

/// None of them is NULL.
fn all<'a>(rows: &Rows<'a, '_>, args: &'a [Expr]) -> Facts<'a> {
    args.iter().fold(Facts::default(), |facts, arg| facts.and(when_not_null(rows, arg)))
}

/// One of these holds.
fn some<'a>(rows: &Rows<'a, '_>, facts: impl Iterator<Item = Facts<'a>>) -> Facts<'a> {
    facts.reduce(|a, b| a.or(b, rows.run.schema)).unwrap_or_default()
}

fn is_null(expr: &Expr) -> bool {
    match expr {
        Expr::Const(constant) => constant.value.is_none(),
        Expr::Cast { arg, .. } => is_null(arg),
        _ => false,
    }
}

/// Whether an array has at least one element, which may be NULL.
fn is_never_empty(array: &Expr) -> bool {
    match array {
        Expr::Array { elements, multidimensional: false, .. } => !elements.is_empty(),
        Expr::Cast { arg, .. } => is_never_empty(arg),
        // The number of dimensions, which is 0 for an empty array, comes first.
        Expr::Const(constant) => constant
            .value
            .as_deref()
            .and_then(|bytes| bytes.first_chunk())
            .is_some_and(|dims| *dims != [0; 4]),
        _ => false,
    }
}

fn function_is_strict(rows: &Rows<'_, '_>, function: Oid) -> bool {
    rows.run.schema.functions.get(&function).is_some_and(|function| function.strict)
}

fn operator_is_strict(rows: &Rows<'_, '_>, operator: Oid) -> bool {
    let operator = rows.run.schema.operators.get(&operator);
    operator.is_some_and(|operator| function_is_strict(rows, operator.function))
}
