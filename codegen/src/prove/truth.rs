//! The normal form of a condition: the expression that it tests, and the truth values of the expression for which it is
//! true. `not closed`, `closed = false`, `closed is false` and `false = closed` all test `closed` for false.
//! `closed is not true` tests it for false or NULL.
//!
//! Facts and guards are made of normal forms, so what is written differently and means the same is treated the same.

use super::arena::{Arena, LevelId};
use super::context::Context;
use super::facts::{Fact, Facts};
use super::terms::{EntryId, Term, TermId, compared_as, plain};
use crate::schema::Schema;
use crate::tree::pg_type::BOOL;
use crate::tree::{BoolOp, BooleanTest, Expr, Location, Oid, Operator};

/// `pg_operator.oid` of `=` and `<>` on booleans.
pub(super) const BOOL_EQUAL: Oid = 91;
const BOOL_DIFFERENT: Oid = 85;

/// A set of the truth values true, false and NULL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truths(u8);

impl Truths {
    pub(super) const TRUE: Truths = Truths(1);
    pub(super) const FALSE: Truths = Truths(2);
    pub(super) const NULL: Truths = Truths(4);
    pub(super) const NOT_TRUE: Truths = Truths(6);
    pub(super) const NOT_FALSE: Truths = Truths(5);
    pub(super) const NOT_NULL: Truths = Truths(3);
    pub(super) const ANY: Truths = Truths(7);

    pub(super) fn of(value: Option<bool>) -> Truths {
        match value {
            Some(true) => Truths::TRUE,
            Some(false) => Truths::FALSE,
            None => Truths::NULL,
        }
    }

    fn or(self, other: Truths) -> Truths {
        Truths(self.0 | other.0)
    }

    pub(super) fn and(self, other: Truths) -> Truths {
        Truths(self.0 & other.0)
    }

    /// The values of the negation.
    pub(super) fn negated(self) -> Truths {
        let swapped = |from: Truths, to: Truths| if from.is_subset(self) { to } else { Truths(0) };
        let values = swapped(Truths::TRUE, Truths::FALSE).or(swapped(Truths::FALSE, Truths::TRUE));
        values.or(self.and(Truths::NULL))
    }

    pub(super) fn is_subset(self, other: Truths) -> bool {
        self.and(other) == self
    }

    pub(super) fn admits(self, value: Option<bool>) -> bool {
        Truths::of(value).is_subset(self)
    }

    /// Whether AND or OR has one of these values where all arguments have one of them (`Some(true)`), or where at least one
    /// has (`Some(false)`). `None` if neither.
    pub(super) fn of_all(self, op: BoolOp) -> Option<bool> {
        match (self, op) {
            (Truths::TRUE | Truths::NOT_FALSE, BoolOp::And)
            | (Truths::FALSE | Truths::NOT_TRUE, BoolOp::Or) => Some(true),
            (Truths::TRUE | Truths::NOT_FALSE, BoolOp::Or)
            | (Truths::FALSE | Truths::NOT_TRUE, BoolOp::And) => Some(false),
            (_, BoolOp::And | BoolOp::Or | BoolOp::Not) => None,
        }
    }
}

/// A function of one truth value: the results for true, false and NULL.
type Table = [Option<bool>; 3];

const NEGATION: Table = [Some(false), Some(true), None];
const IDENTITY: Table = [Some(true), Some(false), None];

/// The expression that a condition tests, and the values of it for which the condition has one of the wanted values.
pub(super) fn normal<'e>(schema: &Schema, mut expr: &'e Expr, mut wanted: Truths) -> (&'e Expr, Truths) {
    loop {
        expr = plain(schema, expr).unwrap_or(expr);
        let Some((inner, results)) = below(expr) else { break };
        let admits = |(value, result): (Truths, Option<bool>)| wanted.admits(result).then_some(value);
        let values = [Truths::TRUE, Truths::FALSE, Truths::NULL];
        wanted = values.into_iter().zip(results).filter_map(admits).fold(Truths(0), Truths::or);
        expr = inner;
    }
    // These are never NULL.
    if matches!(expr, Expr::NullTest { .. } | Expr::Distinct(_)) {
        wanted = wanted.and(Truths::NOT_NULL);
    }
    (expr, wanted)
}

/// If an expression is a function of one truth value: the expression of that value, and the function.
fn below(expr: &Expr) -> Option<(&Expr, Table)> {
    if let Expr::Bool { op: BoolOp::Not, args, .. } = expr {
        return Some((args.first()?, NEGATION));
    }
    if let Expr::BooleanTest { arg, test, .. } = expr {
        return Some((
            arg,
            match test {
                BooleanTest::True => [Some(true), Some(false), Some(false)],
                BooleanTest::NotTrue => [Some(false), Some(true), Some(true)],
                BooleanTest::False => [Some(false), Some(true), Some(false)],
                BooleanTest::NotFalse => [Some(true), Some(false), Some(true)],
                BooleanTest::Unknown => [Some(false), Some(false), Some(true)],
                BooleanTest::NotUnknown => [Some(true), Some(true), Some(false)],
            },
        ));
    }
    if let Expr::NullTest { arg, is_null, row: false, .. } = expr
        && arg.type_oid() == Some(BOOL)
    {
        return Some((arg, [!*is_null, !*is_null, *is_null].map(Some)));
    }
    if let Expr::Operator(operator) = expr {
        let (value, constant, same) = against_constant(operator)?;
        return Some((value, if constant? == same { IDENTITY } else { NEGATION }));
    }
    if let Expr::Distinct(operator) = expr {
        let (value, constant, true) = against_constant(operator)? else { return None };
        return Some((value, [Some(true), Some(false), None].map(|value| Some(value != constant))));
    }
    if let Expr::Coalesce { args, type_oid: BOOL, .. } = expr
        && let [value, default] = args.as_slice()
    {
        return Some((value, [Some(true), Some(false), constant(default)?]));
    }
    None
}

/// The other operand and the constant, if an operator compares a boolean with a constant; whether it is `=`, as opposed to
/// `<>`.
fn against_constant(operator: &Operator) -> Option<(&Expr, Option<bool>, bool)> {
    let same = match operator.operator {
        BOOL_EQUAL => true,
        BOOL_DIFFERENT => false,
        _ => return None,
    };
    let [left, right] = operator.args.as_slice() else { return None };
    match (constant(left), constant(right)) {
        (None, Some(value)) => Some((left, value, same)),
        (Some(value), None) => Some((right, value, same)),
        _ => None,
    }
}

/// The value of a boolean constant, which can be NULL.
fn constant(expr: &Expr) -> Option<Option<bool>> {
    let Expr::Const(constant) = expr else { return None };
    if constant.value.is_none() { Some(None) } else { constant.bool().map(Some) }
}

impl<'a> Arena<'a> {
    /// If a condition tests nothing but a boolean column, parameter or the like: its term, and the values for which the
    /// condition has a wanted value. This includes `closed is null or not closed`.
    pub(super) fn boolean_term(
        &mut self,
        level: LevelId,
        guarded: Option<EntryId>,
        expr: &'a Expr,
        wanted: Truths,
    ) -> Option<(TermId, Truths)> {
        let (expr, wanted) = normal(self.schema, expr, wanted);
        let Expr::Bool { op, args, .. } = expr else {
            if !is_boolean(self.schema, expr.type_oid()?) {
                return None;
            }
            let term = self.term_in_text(level, guarded, expr)?;
            return (!self.terms.is_constant(term)).then_some((term, wanted));
        };
        let all = wanted.of_all(*op)?;
        let (first, others) = args.split_first()?;
        let (term, mut values) = self.boolean_term(level, guarded, first, wanted)?;
        for arg in others {
            let (_, further) =
                self.boolean_term(level, guarded, arg, wanted).filter(|(other, _)| *other == term)?;
            values = if all { values.and(further) } else { values.or(further) };
        }
        Some((term, values))
    }

    /// What holds where a boolean term has one of these values.
    pub(super) fn truth_facts(&mut self, term: TermId, values: Truths, at: Location) -> Facts {
        let mut facts = Facts::default();
        let Some(value) = [true, false].into_iter().find(|value| !values.admits(Some(!value))) else {
            // Both true and false are possible.
            if !values.admits(None) {
                facts.push(Fact::NotNull(term), at);
            }
            return facts;
        };
        let constant = self.terms.id(truth(value));
        match (values.admits(Some(value)), values.admits(None)) {
            (true, false) => facts.push(Fact::Equal(term, constant), at),
            (true, true) => {
                facts.push(Fact::NotNull(constant), None);
                facts.push(Fact::EqualUnlessNull(term, constant), at);
            }
            (false, true) => facts.push(Fact::Null(term), at),
            // No value is possible, so there are no such rows.
            (false, false) => {}
        }
        facts
    }

    /// The values that a boolean column of an entry can have.
    pub(super) fn truths_of(&self, entry: EntryId, term: TermId, context: &Context) -> Truths {
        let closure = &context.closure;
        let is_set = |number| {
            let table = self.entries[entry].table;
            table.and_then(|table| self.schema.column(table, number)).is_some_and(|found| found.not_null)
        };
        let mut values = Truths::ANY;
        if closure.is_null(term) {
            values = values.and(Truths::NULL);
        }
        if closure.is_not_null(term)
            || matches!(self.terms.get(term), Term::Column(_, number) if is_set(*number))
                && self.is_present(context, entry)
        {
            values = values.and(Truths::NOT_NULL);
        }
        for (value, unless_null) in [(true, Truths::NOT_FALSE), (false, Truths::NOT_TRUE)] {
            let Some(constant) = self.terms.find(&truth(value)) else { continue };
            if closure.same(term, constant) {
                values = values.and(Truths::of(Some(value)));
            }
            if closure.same_unless_null(term, constant) {
                values = values.and(unless_null);
            }
        }
        values
    }
}

/// Whether a type is boolean, or a domain over it.
pub(super) fn is_boolean(schema: &Schema, type_oid: Oid) -> bool {
    compared_as(schema, type_oid) == BOOL
}

/// The constant with this value.
pub(super) fn truth(value: bool) -> Term {
    Term::Const(BOOL, u64::from(value).to_le_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [Option<bool>; 3] = [Some(true), Some(false), None];

    fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
        if a == Some(false) || b == Some(false) { Some(false) } else { a.zip(b).map(|(a, b)| a && b) }
    }

    #[test]
    fn and_and_or_are_split_as_three_valued_logic_does() {
        for (wanted, a, b) in (0..8)
            .map(Truths)
            .flat_map(|wanted| VALUES.iter().flat_map(move |a| VALUES.map(|b| (wanted, *a, b))))
        {
            let not = |value: Option<bool>| value.map(|value| !value);
            assert_eq!(wanted.negated().admits(a), wanted.admits(not(a)));
            for (op, result) in [(BoolOp::And, and(a, b)), (BoolOp::Or, not(and(not(a), not(b))))] {
                let split = match wanted.of_all(op) {
                    Some(true) => wanted.admits(a) && wanted.admits(b),
                    Some(false) => wanted.admits(a) || wanted.admits(b),
                    None => continue,
                };
                assert_eq!(split, wanted.admits(result), "{op:?} {wanted:?} {a:?} {b:?}");
            }
        }
    }
}
