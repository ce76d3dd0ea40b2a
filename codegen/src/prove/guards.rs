//! Whether the rows of an entry meet a guard of the policy.

use std::collections::BTreeSet;

use super::arena::{Arena, LevelId};
use super::facts::{ConditionId, Context};
use super::policy::Guard;
use super::terms::{Comparison, EntryId, Term, TermId, comparison, constant, plain};
use crate::tree::{BoolOp, Const, Expr, Oid, Operator};

/// `x in ('a', 'b')`: a value that is one of these constants.
pub(super) type OneOf = (TermId, BTreeSet<TermId>);

impl<'a> Arena<'a> {
    /// Whether a guard is met by each row of an entry.
    pub(super) fn follows(&mut self, guard: &'a Guard, entry: EntryId, context: &Context) -> bool {
        guard.expr.as_ref().is_none_or(|expr| self.is_met(expr, entry, context))
    }

    fn is_met(&mut self, expr: &'a Expr, entry: EntryId, context: &Context) -> bool {
        if let Some(condition) = self.guard_condition(entry, expr)
            && context.closure.holds(condition)
        {
            return true;
        }
        if let Expr::Bool { op, args, .. } = expr {
            return match op {
                BoolOp::And => args.iter().all(|arg| self.is_met(arg, entry, context)),
                BoolOp::Or => args.iter().any(|arg| self.is_met(arg, entry, context)),
                BoolOp::Not => false,
            };
        }
        if let Expr::NullTest { arg, is_null, row: false, .. } = expr
            && let Some(term) = self.guarded(arg, entry)
        {
            return if *is_null { context.closure.is_null(term) } else { context.closure.is_not_null(term) };
        }
        if let Expr::Operator(operator) = expr {
            return self.compares(operator, entry, context);
        }
        if let Expr::ArrayOperator { operator, any: true, collation, scalar, array, .. } = expr
            && let Some(Expr::Array { elements, multidimensional: false, .. }) = plain(self.schema, array)
        {
            let one = elements.iter().any(|element| {
                let args = vec![(**scalar).clone(), element.clone()];
                let each = Operator {
                    operator: *operator,
                    collation: *collation,
                    type_oid: 16,
                    args,
                    set: false,
                    location: None,
                };
                self.compares(&each, entry, context)
            });
            return one || self.is_one_of(expr, entry, context);
        }
        false
    }

    fn guarded(&mut self, expr: &Expr, entry: EntryId) -> Option<TermId> {
        let Expr::Var(var) = plain(self.schema, expr)? else { return None };
        (var.attribute > 0).then(|| self.column(entry, var.attribute))
    }

    /// `column = constant`, `column <> constant` of a guard.
    fn compares(&mut self, operator: &Operator, entry: EntryId, context: &Context) -> bool {
        let schema = self.schema;
        let [left, right] = operator.args.as_slice() else { return false };
        let (Some(left), Some(right)) = (plain(schema, left), plain(schema, right)) else { return false };
        let (column, fixed): (&Expr, &Const) = match (left, right) {
            (Expr::Var(_), Expr::Const(fixed)) => (left, fixed),
            (Expr::Const(fixed), Expr::Var(_)) => (right, fixed),
            _ => return false,
        };
        let (Some(type_oid), Some(wanted)) = (column.type_oid(), constant(schema, fixed)) else {
            return false;
        };
        let Some(meaning) =
            comparison(schema, operator.operator, type_oid, fixed.type_oid, operator.collation)
        else {
            return false;
        };
        let Some(term) = self.guarded(column, entry) else { return false };
        let wanted = self.terms.id(wanted);
        match meaning {
            Comparison::Equal => context.closure.same(term, wanted),
            Comparison::Different => {
                context.closure.class(term).into_iter().any(|known| self.differ(known, wanted))
            }
            Comparison::AtMost | Comparison::AtLeast => false,
        }
    }

    /// Whether two terms are constants that cannot be equal.
    fn differ(&self, a: TermId, b: TermId) -> bool {
        const BOOL: Oid = 16;
        const INTEGERS: [Oid; 3] = [20, 21, 23];
        const TEXT: Oid = 25;
        const UUID: Oid = 2950;
        let (Term::Const(a_type, a), Term::Const(b_type, b)) = (self.terms.get(a), self.terms.get(b)) else {
            return false;
        };
        let comparable = [BOOL, TEXT, UUID].contains(a_type) || INTEGERS.contains(a_type);
        a_type == b_type && comparable && a != b
    }

    /// Notes of a condition that it lists constants, so that guards which list more of them follow from it.
    pub(super) fn note_one_of(&mut self, level: LevelId, condition: ConditionId, expr: &'a Expr) {
        if let Some((scalar, constants)) = self.listed(expr)
            && let Some(term) = self.term(level, scalar)
        {
            self.one_of.insert(condition, (term, constants));
        }
    }

    /// Whether a value is known to be one of some constants, all of which the guard lists.
    fn is_one_of(&mut self, guard: &'a Expr, entry: EntryId, context: &Context) -> bool {
        let Some((scalar, wanted)) = self.listed(guard) else { return false };
        let Some(term) = self.guarded(scalar, entry) else { return false };
        self.one_of.iter().any(|(condition, (known, constants))| {
            context.closure.holds(*condition)
                && context.closure.same(*known, term)
                && constants.is_subset(&wanted)
        })
    }

    /// The value and the constants of `x in ('a', 'b')`.
    fn listed(&mut self, expr: &'a Expr) -> Option<(&'a Expr, BTreeSet<TermId>)> {
        let Expr::ArrayOperator { operator, any: true, collation, scalar, array, .. } = expr else {
            return None;
        };
        let schema = self.schema;
        let Expr::Array { elements, multidimensional: false, .. } = plain(schema, array)? else {
            return None;
        };
        let scalar_type = self.plain_type(scalar)?;
        let listed = elements.iter().map(|element| {
            let Expr::Const(fixed) = plain(schema, element)? else { return None };
            let meaning = comparison(schema, *operator, scalar_type, fixed.type_oid, *collation);
            (meaning == Some(Comparison::Equal)).then(|| constant(schema, fixed)).flatten()
        });
        let listed: Vec<Term> = listed.collect::<Option<_>>()?;
        Some((scalar, listed.into_iter().map(|term| self.terms.id(term)).collect()))
    }
}
