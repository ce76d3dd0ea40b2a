//! Whether the rows of an entry meet a guard of the policy: whether the facts of a context imply the guard's condition.

use std::collections::BTreeSet;

use super::arena::Arena;
use super::context::Context;
use super::policy::Guard;
use super::terms::{Comparison, EntryId, Term, TermId, comparison, constant, plain};
use crate::schema::Schema;
use crate::tree::{BoolOp, Const, Expr, Oid, Operator};

impl<'a> Arena<'a> {
    /// Whether each row of an entry meets a guard.
    pub(super) fn follows(&mut self, guard: &'a Guard, entry: EntryId, context: &Context) -> bool {
        guard.expr.as_ref().is_none_or(|expr| self.is_met(expr, entry, context))
    }

    fn is_met(&mut self, expr: &'a Expr, entry: EntryId, context: &Context) -> bool {
        if let Some(condition) = self.guard_condition(entry, expr)
            && context.closure.holds(condition)
        {
            return true;
        }
        if let Some((column, wanted)) = self.wanted_values(expr, entry)
            && let Some(known) = self.constants_of(&context.closure, column)
            && known.is_subset(&wanted)
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
        if let Expr::ArrayOperator { any, .. } = expr
            && let Some(each) = each_comparison(self.schema, expr)
        {
            let mut each = each.iter();
            return match any {
                true => each.any(|operator| self.compares(operator, entry, context)),
                false => each.all(|operator| self.compares(operator, entry, context)),
            };
        }
        false
    }

    /// If a guard requires a column to be one of some constants: the column and these constants.
    fn wanted_values(&mut self, expr: &Expr, entry: EntryId) -> Option<(TermId, BTreeSet<TermId>)> {
        if let Expr::Operator(operator) = expr {
            let (column, value, meaning) = self.against_constant(operator, entry)?;
            return (meaning == Comparison::Equal).then(|| (column, BTreeSet::from([value])));
        }
        let arms: Vec<_> = if let Expr::Bool { op: BoolOp::Or, args, .. } = expr {
            args.iter().map(|arg| self.wanted_values(arg, entry)).collect::<Option<_>>()?
        } else if let Expr::ArrayOperator { any: true, .. } = expr {
            let each = each_comparison(self.schema, expr)?;
            let each = each.into_iter().map(|found| self.wanted_values(&Expr::Operator(found), entry));
            each.collect::<Option<_>>()?
        } else {
            return None;
        };
        let (column, _) = *arms.first()?;
        let same = arms.iter().all(|(other, _)| *other == column);
        same.then(|| (column, arms.into_iter().flat_map(|(_, values)| values).collect()))
    }

    fn guarded(&mut self, expr: &Expr, entry: EntryId) -> Option<TermId> {
        let Expr::Var(var) = plain(self.schema, expr)? else { return None };
        (var.attribute > 0).then(|| self.column(entry, var.attribute))
    }

    /// Whether a comparison in a guard is met: `column = constant` or `column <> constant`.
    fn compares(&mut self, operator: &Operator, entry: EntryId, context: &Context) -> bool {
        let Some((column, wanted, meaning)) = self.against_constant(operator, entry) else { return false };
        match meaning {
            Comparison::Equal => context.closure.same(column, wanted),
            Comparison::Different => {
                let known = self.constants_of(&context.closure, column);
                known.is_some_and(|known| known.iter().all(|known| self.differ(*known, wanted)))
            }
            Comparison::AtMost | Comparison::AtLeast => false,
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
}

/// The comparisons that `x in (a, b)` stands for: `x = a`, `x = b`.
fn each_comparison(schema: &Schema, expr: &Expr) -> Option<Vec<Operator>> {
    let Expr::ArrayOperator { operator, collation, scalar, array, .. } = expr else { return None };
    let Expr::Array { elements, multidimensional: false, .. } = plain(schema, array)? else { return None };
    let each = |element: &Expr| Operator {
        operator: *operator,
        collation: *collation,
        type_oid: 16,
        args: vec![(**scalar).clone(), element.clone()],
        set: false,
        location: None,
    };
    Some(elements.iter().map(each).collect())
}
