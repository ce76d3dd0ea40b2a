//! Whether the rows of an entry meet a guard of the policy: whether the facts of a context imply the guard's condition.

use std::collections::BTreeSet;

use super::arena::Arena;
use super::context::Context;
use super::policy::Guard;
use super::sets::elements;
use super::terms::{Comparison, EntryId, Term, TermId, comparison, constant, is_null, plain};
use super::truth::{Truths, normal};
use crate::schema::{Schema, TypeKind};
use crate::tree::pg_type::{BOOL, DATE, INT8, TEXT, UUID};
use crate::tree::{Const, Expr, Operator};

impl<'a> Arena<'a> {
    /// Whether each row of an entry meets a guard.
    pub(super) fn follows(&mut self, guard: &'a Guard, entry: EntryId, context: &Context) -> bool {
        guard.expr.as_ref().is_none_or(|expr| self.is_met(expr, Truths::TRUE, entry, context))
    }

    /// Whether a condition has one of the wanted values for each row of an entry.
    fn is_met(&mut self, expr: &'a Expr, wanted: Truths, entry: EntryId, context: &Context) -> bool {
        let level = self.entries[entry].level;
        if let Some((column, wanted)) = self.boolean_term(level, Some(entry), expr, wanted) {
            return self.truths_of(entry, column, context).is_subset(wanted);
        }
        if let Some(condition) = self.guard_condition(entry, expr, wanted)
            && context.closure.holds(condition)
        {
            return true;
        }
        if let Some((column, wanted)) = self.wanted_values(expr, wanted, entry)
            && let Some(known) = self.constants_of(&context.closure, column)
            && known.is_subset(&wanted)
        {
            return true;
        }
        let (expr, wanted) = normal(self.schema, expr, wanted);
        if let Expr::Bool { op, args, .. } = expr {
            let mut args = args.iter();
            return match wanted.of_all(*op) {
                Some(true) => args.all(|arg| self.is_met(arg, wanted, entry, context)),
                Some(false) => args.any(|arg| self.is_met(arg, wanted, entry, context)),
                None => false,
            };
        }
        if let Expr::NullTest { arg, is_null, row: false, .. } = expr
            && let Some(term) = self.guarded(arg, entry)
        {
            let (null, not_null) = (context.closure.is_null(term), context.closure.is_not_null(term));
            return null && wanted.admits(Some(*is_null)) || not_null && wanted.admits(Some(!*is_null));
        }
        let Some(truth) = [true, false].into_iter().find(|truth| wanted.admits(Some(*truth))) else {
            return false;
        };
        if let Expr::Operator(operator) = expr {
            return self.compares(operator, truth, entry, context);
        }
        if let Expr::ArrayOperator { any, .. } = expr
            && let Some(each) = each_comparison(self.schema, expr)
        {
            let mut each = each.iter();
            return match *any == truth {
                true => each.any(|operator| self.compares(operator, truth, entry, context)),
                false => each.all(|operator| self.compares(operator, truth, entry, context)),
            };
        }
        false
    }

    /// If a guard requires a column to be one of some constants: the column and these constants.
    fn wanted_values(
        &mut self,
        expr: &Expr,
        wanted: Truths,
        entry: EntryId,
    ) -> Option<(TermId, BTreeSet<TermId>)> {
        let (expr, wanted) = normal(self.schema, expr, wanted);
        if let Expr::Operator(operator) = expr {
            return self.wanted_value(operator, wanted, entry);
        }
        let arms: Vec<_> = if let Expr::Bool { op, args, .. } = expr
            && wanted.of_all(*op) == Some(false)
        {
            args.iter().map(|arg| self.wanted_values(arg, wanted, entry)).collect::<Option<_>>()?
        } else if let Expr::ArrayOperator { any, .. } = expr
            && wanted == Truths::of(Some(*any))
        {
            let each = each_comparison(self.schema, expr)?;
            each.iter().map(|found| self.wanted_value(found, wanted, entry)).collect::<Option<_>>()?
        } else {
            return None;
        };
        let (column, _) = *arms.first()?;
        let same = arms.iter().all(|(other, _)| *other == column);
        same.then(|| (column, arms.into_iter().flat_map(|(_, values)| values).collect()))
    }

    fn wanted_value(
        &mut self,
        operator: &Operator,
        wanted: Truths,
        entry: EntryId,
    ) -> Option<(TermId, BTreeSet<TermId>)> {
        let (column, value, meaning) = self.against_constant(operator, entry)?;
        let is_equal = wanted == Truths::TRUE && meaning == Comparison::Equal
            || wanted == Truths::FALSE && meaning == Comparison::Different;
        is_equal.then(|| (column, BTreeSet::from([value])))
    }

    fn guarded(&mut self, expr: &Expr, entry: EntryId) -> Option<TermId> {
        let Expr::Var(var) = plain(self.schema, expr)? else { return None };
        (var.attribute > 0).then(|| self.column(entry, var.attribute))
    }

    /// Whether a comparison in a guard has this truth value: `column = constant` or `column <> constant`.
    fn compares(&mut self, operator: &Operator, truth: bool, entry: EntryId, context: &Context) -> bool {
        let Some((column, wanted, meaning)) = self.against_constant(operator, entry) else { return false };
        match (meaning, truth) {
            (Comparison::Equal, true) | (Comparison::Different, false) => {
                context.closure.same(column, wanted)
            }
            (Comparison::Different, true) | (Comparison::Equal, false) => {
                let known = self.constants_of(&context.closure, column);
                known.is_some_and(|known| known.iter().all(|known| self.differ(*known, wanted)))
                    || self.is_different(&context.closure, column, wanted)
            }
            (Comparison::AtMost | Comparison::AtLeast, _) => false,
        }
    }

    /// The column and the constant that a guard compares, and the meaning of the operator.
    fn against_constant(
        &mut self,
        operator: &Operator,
        entry: EntryId,
    ) -> Option<(TermId, TermId, Comparison)> {
        let schema = self.schema;
        let [left, right] = operator.args.as_slice() else { return None };
        let (column, fixed): (&Expr, &Const) = match (plain(schema, left)?, plain(schema, right)?) {
            (column @ Expr::Var(_), Expr::Const(fixed)) | (Expr::Const(fixed), column @ Expr::Var(_)) => {
                (column, fixed)
            }
            _ => return None,
        };
        let (type_oid, wanted) = (column.type_oid()?, constant(schema, fixed)?);
        let meaning = comparison(schema, operator.operator, type_oid, fixed.type_oid, operator.collation)?;
        Some((self.guarded(column, entry)?, self.terms.id(wanted), meaning))
    }

    /// Whether two terms are constants that are not equal. For types other than these, different bytes can be equal values.
    fn differ(&self, a: TermId, b: TermId) -> bool {
        let (Term::Const(a_type, a), Term::Const(b_type, b)) = (self.terms.get(a), self.terms.get(b)) else {
            return false;
        };
        let is_enum =
            || self.schema.types.get(a_type).is_some_and(|found| matches!(found.kind, TypeKind::Enum { .. }));
        let comparable = [BOOL, INT8, TEXT, DATE, UUID].contains(a_type) || is_enum();
        a_type == b_type && comparable && a != b
    }
}

/// The comparisons that `x in (a, b)` consists of: `x = a`, `x = b`. ANY leaves out NULL elements, since nothing equals them.
fn each_comparison(schema: &Schema, expr: &Expr) -> Option<Vec<Operator>> {
    let Expr::ArrayOperator { operator, any, collation, scalar, array, .. } = expr else { return None };
    let compared = elements(schema, array)?.into_iter().filter(|element| !(*any && is_null(element)));
    let each = |element: Expr| Operator {
        operator: *operator,
        collation: *collation,
        type_oid: 16,
        args: vec![(**scalar).clone(), element],
        set: false,
        location: None,
    };
    Some(compared.map(each).collect())
}
