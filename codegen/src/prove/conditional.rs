//! CASE and COALESCE as conditions. If one is true, at least one of its alternatives is, and likewise for false.

use super::arena::{Arena, LevelId};
use super::facts::Facts;
use super::terms::{is_null, plain};
use super::truth::{BOOL_EQUAL, Truths};
use crate::tree::{Expr, Location};

impl<'a> Arena<'a> {
    /// What holds where CASE or COALESCE has this truth value, which is not NULL. Nothing for other expressions.
    pub(super) fn conditional_facts(&mut self, level: LevelId, expr: &'a Expr, wanted: Truths) -> Facts {
        let mut arms = Vec::new();
        if let Expr::Coalesce { args, .. } = expr {
            let possible = args.iter().filter(|arg| can_be(arg, wanted));
            arms.extend(possible.map(|arg| self.holds_where(level, arg, wanted)));
        }
        if let Expr::Case { arg, whens, otherwise, .. } = expr {
            for (condition, result) in whens.iter().filter(|(_, result)| can_be(result, wanted)) {
                let taken = match arg {
                    Some(arg) => self.subject_facts(level, arg, condition),
                    None => self.holds(level, condition),
                };
                arms.push(taken.and(&self.holds_where(level, result, wanted)));
            }
            // In ELSE the conditions before are false or NULL, from which no facts follow.
            let otherwise = otherwise.as_deref().filter(|otherwise| can_be(otherwise, wanted));
            arms.extend(otherwise.map(|otherwise| self.holds_where(level, otherwise, wanted)));
        }
        self.any_of(arms)
    }

    /// What holds where a branch of `CASE arg WHEN value` is taken. Its condition compares a placeholder, which stands for `arg`.
    fn subject_facts(&mut self, level: LevelId, arg: &'a Expr, condition: &'a Expr) -> Facts {
        let Expr::Operator(operator) = condition else { return Facts::default() };
        let [subject, value] = operator.args.as_slice() else { return Facts::default() };
        // `case true when condition`
        if let (Expr::Const(constant), BOOL_EQUAL) = (arg, operator.operator)
            && let (Some(truth), Some(Expr::CaseTest { .. })) = (constant.bool(), plain(self.schema, subject))
        {
            return self.holds_where(level, value, Truths::of(Some(truth)));
        }
        match plain(self.schema, subject) {
            Some(Expr::CaseTest { .. }) => self.compared_facts(level, operator, arg, value, true),
            _ => Facts::default(),
        }
    }

    /// What holds where `coalesce(a, b) is null` or `greatest(a, b) is null` is true: all arguments are NULL.
    pub(super) fn all_null(&mut self, level: LevelId, expr: &'a Expr, at: Location) -> Facts {
        let mut facts = Facts::default();
        if let Some(Expr::Coalesce { args, .. } | Expr::MinMax { args, .. }) = plain(self.schema, expr) {
            for arg in args {
                facts.extend(&self.null_facts(level, arg, true, at));
            }
        }
        facts
    }
}

/// Whether a condition can have this truth value. A constant has its own, and NULL has none.
fn can_be(expr: &Expr, wanted: Truths) -> bool {
    if let Expr::Const(constant) = expr { wanted.admits(constant.bool()) } else { !is_null(expr) }
}
