//! Conditions that CASE and COALESCE choose: one of what they choose from is true where they are, and false where they
//! are.

use super::arena::{Arena, LevelId};
use super::facts::Facts;
use super::terms::{is_null, plain};
use crate::tree::{Expr, Location};

impl<'a> Arena<'a> {
    /// What holds where CASE or COALESCE is true, or where it is false.
    pub(super) fn chosen_facts(&mut self, level: LevelId, expr: &'a Expr, truth: bool) -> Facts {
        let mut arms = Vec::new();
        if let Expr::Coalesce { args, .. } = expr {
            let possible = args.iter().filter(|arg| can_be(arg, truth));
            arms.extend(possible.map(|arg| self.one(level, arg, truth)));
        }
        if let Expr::Case { arg, whens, otherwise, .. } = expr {
            for (condition, result) in whens.iter().filter(|(_, result)| can_be(result, truth)) {
                let taken = match arg {
                    Some(arg) => self.subject_facts(level, arg, condition),
                    None => self.holds(level, condition),
                };
                arms.push(taken.and(&self.one(level, result, truth)));
            }
            // Where ELSE is taken the conditions are false or NULL, which says nothing.
            let otherwise = otherwise.as_deref().filter(|otherwise| can_be(otherwise, truth));
            arms.extend(otherwise.map(|otherwise| self.one(level, otherwise, truth)));
        }
        self.in_each(arms)
    }

    /// `CASE arg WHEN value`: the condition compares a placeholder for the argument.
    fn subject_facts(&mut self, level: LevelId, arg: &'a Expr, condition: &'a Expr) -> Facts {
        let Expr::Operator(operator) = condition else { return Facts::default() };
        let [subject, value] = operator.args.as_slice() else { return Facts::default() };
        match plain(self.schema, subject) {
            Some(Expr::CaseTest { .. }) => self.compared_facts(level, operator, arg, value, true),
            _ => Facts::default(),
        }
    }

    /// `coalesce(a, b) is null`, `greatest(a, b) is null`: all of them are NULL.
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

/// Whether a condition can be true, or false: a constant is what it is, and NULL is neither.
fn can_be(expr: &Expr, truth: bool) -> bool {
    if let Expr::Const(constant) = expr { constant.bool() == Some(truth) } else { !is_null(expr) }
}
