//! What follows from a CHECK, given conditions that a row meets.
//!
//! A check passes if it is not false: it may be NULL. From `check (state <> 'published' or published_at is not null)` and a row
//! with `state = 'published'` follows that the second arm is not false, and since it is never NULL either, it is true.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::infer::same::same_of_entry;
use crate::schema::{Operator, Schema, TypeKind};
use crate::tree::pg_type::{BOOL, DATE, INT2, INT4, INT8, TEXT, UUID, VARCHAR};
use crate::tree::{BoolOp, BooleanTest, CastVia, Const, Expr, Oid, RangeIndex};

use super::conditions::{equal_to_constant, when_false, when_true};
use super::facts::{Column, Exprs, Facts, Value};
use super::rows::Rows;
use super::stored;
use super::written::plain_column;

/// A condition, and whether it is true or false.
pub type Truth<'a> = (&'a Expr, bool);

/// The single conditions that are known to be true or false where all of these are true.
pub fn truths<'a>(rows: &Rows<'a, '_>, conditions: impl Iterator<Item = &'a Expr>) -> Vec<Truth<'a>> {
    let mut found = Vec::new();
    conditions.for_each(|condition| split(rows, condition, true, &mut found));
    found
}

fn split<'a>(rows: &Rows<'a, '_>, condition: &'a Expr, holds: bool, into: &mut Vec<Truth<'a>>) {
    match (condition, holds) {
        (Expr::Bool { op: BoolOp::And, args, .. }, true)
        | (Expr::Bool { op: BoolOp::Or, args, .. }, false) => {
            args.iter().for_each(|arg| split(rows, arg, holds, into));
        }
        (Expr::Bool { op: BoolOp::Not, args, .. }, _) => {
            args.iter().for_each(|arg| split(rows, arg, !holds, into));
        }
        (Expr::BooleanTest { arg, test: BooleanTest::True, .. }, true) => split(rows, arg, true, into),
        (Expr::BooleanTest { arg, test: BooleanTest::False, .. }, true) => split(rows, arg, false, into),
        (Expr::Operator(operator), _) => match equal_to_constant(rows, operator) {
            Some((arg, value)) => split(rows, arg, value == holds, into),
            None => into.push((condition, holds)),
        },
        _ => into.push((condition, holds)),
    }
}

/// The maximum number of steps for the checks of a row.
const STEPS: usize = 100;

/// The row of an entry, which has passed the checks of its table. The columns of these are those of range 1.
pub struct CheckedRow<'a, 'p, 'k> {
    row: Rows<'a, 'p>,
    range: RangeIndex,
    known: &'k [Truth<'a>],
    /// The columns whose values are constants.
    given: BTreeMap<i32, &'a Const>,
    /// How many more steps may be taken that double the work below them.
    steps: Cell<usize>,
}

impl<'a, 'p, 'k> CheckedRow<'a, 'p, 'k> {
    /// The row of an entry of FROM.
    pub fn of(rows: &Rows<'a, 'p>, range: RangeIndex, known: &'k [Truth<'a>]) -> Self {
        let count = rows.query.range(range).map_or(0, |entry| entry.column_names.len());
        let numbers = (1..=count).filter_map(|number| i32::try_from(number).ok());
        let columns = numbers.map(|number| rows.var(&plain_column(range, number)));
        let row = stored::row(rows.run, columns.collect());
        CheckedRow { row, range, known, given: BTreeMap::new(), steps: Cell::new(STEPS) }
    }

    /// A row that a statement has written: what is known of its columns, and those that are constants.
    pub fn written(
        rows: &Rows<'a, 'p>,
        range: RangeIndex,
        columns: Vec<Value>,
        known: &'k [Truth<'a>],
        given: BTreeMap<i32, &'a Const>,
    ) -> Self {
        CheckedRow { row: stored::row(rows.run, columns), range, known, given, steps: Cell::new(STEPS) }
    }

    /// What follows from a check for the row.
    pub fn facts(&self, check: &'a Expr) -> Facts<'a> {
        let found = self.not_false(check).unwrap_or_default();
        let own = found.columns.into_iter().filter(|column| (column.levels_up, column.range) == (0, 1));
        Facts {
            columns: own.map(|column| Column { range: self.range, ..column }).collect(),
            exprs: Exprs::default(),
        }
    }

    /// Whether a check is false if all of these columns are NULL.
    pub fn refuses_null(mut self, check: &'a Expr, columns: BTreeSet<i32>) -> bool {
        const NULL: &Const = &Const { type_oid: 0, collation: 0, value: None, location: None };
        self.given.extend(columns.into_iter().map(|column| (column, NULL)));
        self.not_false(check).is_none()
    }

    /// What holds where an expression of the check is not false; `None` if it is always false.
    fn not_false(&self, expr: &'a Expr) -> Option<Facts<'a>> {
        match expr {
            Expr::Bool { op: BoolOp::And, args, .. } => self.every(args, Self::not_false),
            Expr::Bool { op: BoolOp::Or, args, .. } => self.any(args, Self::not_false),
            Expr::Bool { op: BoolOp::Not, args, .. } => self.every(args, Self::not_true),
            Expr::Case { arg: None, whens, otherwise, .. } => {
                self.case(whens, otherwise.as_deref(), Self::not_false)
            }
            _ if self.decided(expr) == Some(false) => None,
            Expr::Operator(_) if self.equivalence(expr).is_some() => self.equal(expr, true),
            Expr::Operator(_) if self.counted(expr).is_some() => {
                let (open, least) = self.counted(expr)?;
                match open.len().cmp(&least) {
                    Ordering::Less => None,
                    Ordering::Equal => Some(columns(open)),
                    Ordering::Greater => Some(Facts::default()),
                }
            }
            _ if self.row.non_null(expr) => when_true(&self.row, expr),
            _ => Some(Facts::default()),
        }
    }

    /// What holds where it is not true; `None` if it is always true.
    fn not_true(&self, expr: &'a Expr) -> Option<Facts<'a>> {
        match expr {
            Expr::Bool { op: BoolOp::And, args, .. } => self.any(args, Self::not_true),
            Expr::Bool { op: BoolOp::Or, args, .. } => self.every(args, Self::not_true),
            Expr::Bool { op: BoolOp::Not, args, .. } => self.every(args, Self::not_false),
            Expr::Case { arg: None, whens, otherwise, .. } => {
                self.case(whens, otherwise.as_deref(), Self::not_true)
            }
            _ if self.decided(expr) == Some(true) => None,
            Expr::Operator(_) if self.equivalence(expr).is_some() => self.equal(expr, false),
            _ if self.row.non_null(expr) => when_false(&self.row, expr),
            _ => Some(Facts::default()),
        }
    }

    fn every(&self, args: &'a [Expr], holds: Deduction<'a, Self>) -> Option<Facts<'a>> {
        args.iter().try_fold(Facts::default(), |facts, arg| Some(facts.and(holds(self, arg)?)))
    }

    fn any(&self, args: &'a [Expr], holds: Deduction<'a, Self>) -> Option<Facts<'a>> {
        args.iter().filter_map(|arg| holds(self, arg)).reduce(|a, b| a.or(b, self.row.run.schema))
    }

    /// CASE: what holds for the result that is chosen, where it is one of several. Without ELSE it can be NULL.
    fn case(
        &self,
        whens: &'a [(Expr, Expr)],
        otherwise: Option<&'a Expr>,
        holds: Deduction<'a, Self>,
    ) -> Option<Facts<'a>> {
        if !self.take_step() {
            return Some(Facts::default());
        }
        let mut branches = Vec::new();
        for (condition, result) in whens {
            // What is always false is never chosen, and nothing is chosen after what is always true.
            let chosen = self.not_false(condition);
            branches.extend(chosen.and_then(|facts| Some(facts.and(holds(self, result)?))));
            if self.not_true(condition).is_none() {
                return branches.into_iter().reduce(|a, b| a.or(b, self.row.run.schema));
            }
        }
        branches.extend(otherwise.map_or(Some(Facts::default()), |result| holds(self, result)));
        branches.into_iter().reduce(|a, b| a.or(b, self.row.run.schema))
    }

    /// The two sides of `a = b` or `a <> b` of conditions, and whether it is `=`.
    fn equivalence(&self, expr: &'a Expr) -> Option<(&'a Expr, &'a Expr, bool)> {
        let Expr::Operator(call) = expr else { return None };
        let (operator, equality) = self.equality(call.operator)?;
        match call.args.as_slice() {
            [left, right] if (equality.left, equality.right) == (BOOL, BOOL) => {
                Some((left, right, operator.oid == equality.oid))
            }
            _ => None,
        }
    }

    /// What holds where `a = b` is not false, or where it is not true: if one side is always true or always false, something is
    /// known of the other.
    fn equal(&self, expr: &'a Expr, holds: bool) -> Option<Facts<'a>> {
        let (left, right, equal) = self.equivalence(expr)?;
        let mut facts = Facts::default();
        for (one, other) in [(left, right), (right, left)] {
            if !self.take_step() {
                return Some(facts);
            }
            let value = match (self.not_true(one), self.not_false(one)) {
                (None, _) => true,
                (_, None) => false,
                (Some(_), Some(_)) => continue,
            };
            let is_not_false = value == (equal == holds);
            facts = facts.and(if is_not_false { self.not_false(other)? } else { self.not_true(other)? });
        }
        Some(facts)
    }

    /// For `num_nonnulls(a, b, c) = n` or `>= n`: the columns that are not known to be NULL, and how many of them are not.
    fn counted(&self, expr: &'a Expr) -> Option<(Vec<&'a Expr>, usize)> {
        let Expr::Operator(call) = expr else { return None };
        let operator = self.schema().operators.get(&call.operator)?;
        let [Expr::Function { call: counting, variadic: false, .. }, Expr::Const(limit)] =
            call.args.as_slice()
        else {
            return None;
        };
        let least = match operator.btree? {
            3 | 4 => limit.integer()?,
            5 => limit.integer()?.checked_add(1)?,
            _ => return None,
        };
        let function = self.schema().functions.get(&counting.function)?;
        let counts = operator.is_built_in()
            && (operator.left, operator.right) == (INT4, INT4)
            && function.is_built_in()
            && function.name == "num_nonnulls";
        let open = counting.args.iter().filter(|arg| !self.is_null(arg)).collect();
        let least = usize::try_from(least).ok()?;
        counts.then_some((open, least))
    }

    fn is_null(&self, operand: &Expr) -> bool {
        if let Some(constant) = self.given(operand) {
            return constant.value.is_none();
        }
        self.known.iter().any(|(known, holds)| match known {
            Expr::NullTest { arg, is_null, row: false, .. } => {
                is_null == holds && self.is_same_operand(operand, arg)
            }
            _ => false,
        })
    }

    /// Whether a single expression of the check is always true or always false, by the known conditions.
    fn decided(&self, expr: &'a Expr) -> Option<bool> {
        match expr {
            Expr::Const(constant) => return constant.bool(),
            Expr::Var(_) if self.given(expr).is_some() => return self.given(expr)?.bool(),
            Expr::NullTest { arg, is_null, row: false, .. } if self.given(arg).is_some() => {
                return Some(self.is_null(arg) == *is_null);
            }
            Expr::Operator(operator) => {
                if let Some((arg, value)) = equal_to_constant(&self.row, operator) {
                    return self.decided(arg).map(|decided| decided == value);
                }
            }
            _ => {}
        }
        let by_value = self.constant_set(expr).and_then(|set| {
            let value = self.constant(self.given(set.operand)?)?;
            Some(set.values.contains(&value) == set.within)
        });
        by_value.or_else(|| self.known.iter().find_map(|(known, holds)| self.implied(expr, known, *holds)))
    }

    /// The value of a column that is a constant.
    fn given(&self, operand: &Expr) -> Option<&'a Const> {
        match unlabelled(operand) {
            Expr::Var(var) => self.given.get(&var.attribute).copied(),
            _ => None,
        }
    }

    fn implied(&self, expr: &'a Expr, known: &'a Expr, holds: bool) -> Option<bool> {
        match (expr, known) {
            (Expr::Var(_), Expr::Var(_)) => self.is_same_operand(expr, known).then_some(holds),
            (
                Expr::NullTest { arg, is_null, row: false, .. },
                Expr::NullTest { arg: other, is_null: other_is_null, row: false, .. },
            ) => self.is_same_operand(arg, other).then_some((is_null == other_is_null) == holds),
            _ => self.by_constant_sets(expr, known, holds).or_else(|| self.by_operator(expr, known, holds)),
        }
    }

    /// By the same comparison of the same operands, or by its opposite. If neither is NULL, one of them is true.
    fn by_operator(&self, expr: &'a Expr, known: &'a Expr, holds: bool) -> Option<bool> {
        let (Expr::Operator(own), Expr::Operator(other)) = (expr, known) else { return None };
        let operator = self.schema().operators.get(&own.operator)?;
        let opposite = self.schema().operators.get(&operator.negator)?;
        let is_plain = |oid: &Oid| {
            let found = self.schema().types.get(oid);
            found.is_some_and(|found| found.is_built_in() && found.kind == TypeKind::Base)
        };
        // The order of texts can change with the system's collations, and what is equal differs between some.
        let is_steady = own.collation == 0 && other.collation == 0;
        let same = is_steady
            && [operator, opposite].iter().all(|found| found.is_built_in())
            && opposite.negator == operator.oid
            && [operator.left, operator.right].iter().all(is_plain)
            && own.args.len() == other.args.len()
            && own.args.iter().zip(&other.args).all(|(own, other)| self.is_same_operand(own, other));
        match other.operator {
            oid if same && oid == operator.oid => Some(holds),
            oid if same && oid == opposite.oid => Some(!holds),
            _ => None,
        }
    }

    /// By the constants that an operand equals one of, or none of.
    fn by_constant_sets(&self, expr: &'a Expr, known: &'a Expr, holds: bool) -> Option<bool> {
        let (own, other) = (self.constant_set(expr)?, self.constant_set(known)?);
        if own.equality != other.equality || !self.is_same_operand(own.operand, other.operand) {
            return None;
        }
        let is_in = |values: &[Vec<u8>], set: &[Vec<u8>]| values.iter().all(|value| set.contains(value));
        let are_apart = |values: &[Vec<u8>], set: &[Vec<u8>]| !values.iter().any(|value| set.contains(value));
        // Whether the operand is one of its own constants.
        let within = if other.within == holds {
            match () {
                () if is_in(&other.values, &own.values) => true,
                () if are_apart(&other.values, &own.values) => false,
                () => return None,
            }
        } else if is_in(&own.values, &other.values) {
            false
        } else {
            return None;
        };
        Some(within == own.within)
    }

    fn constant_set(&self, expr: &'a Expr) -> Option<ConstantSet<'a>> {
        let (oid, collation) = match expr {
            Expr::Operator(call) => (call.operator, call.collation),
            Expr::ArrayOperator { operator, collation, .. } => (*operator, *collation),
            _ => return None,
        };
        let (operator, equality) = self.equality(oid)?;
        if self.schema().nondeterministic_collations.contains(&collation) {
            return None;
        }
        let within = operator.oid == equality.oid;
        let (operand, values) = match expr {
            Expr::Operator(call) => match call.args.as_slice() {
                [operand, value] => (operand, vec![self.bytes(unlabelled(value))?]),
                _ => return None,
            },
            // `<> ANY` and `= ALL` are about something else.
            Expr::ArrayOperator { any, scalar, array, .. } if *any == within => {
                (scalar.as_ref(), self.elements(unlabelled(array))?)
            }
            _ => return None,
        };
        Some(ConstantSet { operand, equality: equality.oid, within, values })
    }

    /// An operator of PostgreSQL that is an equality or the opposite of one, with that equality.
    fn equality(&self, operator: Oid) -> Option<(&'a Operator, &'a Operator)> {
        let operator = self.schema().operators.get(&operator)?;
        let opposite = self.schema().operators.get(&operator.negator)?;
        let are_opposites = opposite.negator == operator.oid && opposite.is_built_in();
        let equality = if operator.is_equality() { operator } else { opposite };
        (operator.is_built_in() && are_opposites && equality.is_equality()).then_some((operator, equality))
    }

    fn elements(&self, array: &'a Expr) -> Option<Vec<Vec<u8>>> {
        match array {
            Expr::Array { elements, multidimensional: false, .. } => {
                elements.iter().map(|element| self.bytes(unlabelled(element))).collect()
            }
            Expr::Const(constant) => {
                self.schema().elements(constant)?.iter().map(|element| self.constant(element)).collect()
            }
            _ => None,
        }
    }

    fn bytes(&self, expr: &Expr) -> Option<Vec<u8>> {
        match expr {
            Expr::Const(constant) => self.constant(constant),
            _ => None,
        }
    }

    /// The bytes of a constant of a type whose values are equal only if their bytes are.
    fn constant(&self, constant: &Const) -> Option<Vec<u8>> {
        const EXACT: [Oid; 8] = [BOOL, INT8, INT2, INT4, TEXT, VARCHAR, DATE, UUID];
        let found = self.schema().types.get(&constant.type_oid)?;
        let exact = EXACT.contains(&found.oid) || matches!(found.kind, TypeKind::Enum { .. });
        constant.value.clone().filter(|_| exact)
    }

    /// Whether an operand of the check is that operand of a condition: a column of the row, or a constant.
    fn is_same_operand(&self, own: &Expr, other: &Expr) -> bool {
        matches!(unlabelled(own), Expr::Var(_) | Expr::Const(_))
            && same_of_entry(self.schema(), own, self.range, other)
    }

    /// Counts a step; false if there were too many.
    fn take_step(&self) -> bool {
        let left = self.steps.get().checked_sub(1);
        left.inspect(|left| self.steps.set(*left)).is_some()
    }

    fn schema(&self) -> &'a Schema {
        self.row.run.schema
    }
}

/// Those that are columns are not NULL.
fn columns<'a>(exprs: Vec<&'a Expr>) -> Facts<'a> {
    let columns = exprs.into_iter().filter_map(|expr| match expr {
        Expr::Var(var) => Some(Column { levels_up: 0, range: var.range, attribute: var.attribute }),
        _ => None,
    });
    Facts { columns: columns.collect(), exprs: Exprs::default() }
}

type Deduction<'a, P> = fn(&P, &'a Expr) -> Option<Facts<'a>>;

/// A condition that an operand equals one of these constants (`within`), or none of them.
struct ConstantSet<'a> {
    operand: &'a Expr,
    equality: Oid,
    within: bool,
    values: Vec<Vec<u8>>,
}

/// The expression under casts that do not change its value, or that of its elements.
fn unlabelled(expr: &Expr) -> &Expr {
    let keeps = |element: &Option<Box<Expr>>| {
        element.as_ref().is_none_or(|element| matches!(unlabelled(element), Expr::CaseTest { .. }))
    };
    match expr {
        Expr::Cast { via: CastVia::Relabel, arg, .. } => unlabelled(arg),
        Expr::Cast { via: CastVia::ArrayElements, arg, element, .. } if keeps(element) => unlabelled(arg),
        other => other,
    }
}
