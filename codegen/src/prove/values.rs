//! The values that a written column can get: one term, or the alternatives of COALESCE, CASE, a subquery, the arms of a set
//! operation, or the rows of VALUES.

use super::arena::{Arena, LevelId};
use super::events::{Choice, Value};
use super::facts::Facts;
use super::terms::{TermId, is_null, plain};
use crate::tree::{Command, Expr, ParamKind, RangeKind, Sublink, SublinkKind};

impl<'a> Arena<'a> {
    /// The value that a column gets, or one for each row of VALUES.
    pub(super) fn values(&mut self, level: LevelId, expr: &'a Expr) -> Vec<Value> {
        if let Some(Expr::Var(var)) = plain(self.schema, expr)
            && var.levels_up == 0
            && let Some(RangeKind::Values(rows)) =
                self.levels[level].query.range(var.range).map(|range| &range.kind)
            && let Some(position) =
                usize::try_from(var.attribute).ok().and_then(|number| number.checked_sub(1))
        {
            return rows
                .iter()
                .filter_map(|row| row.get(position))
                .map(|expr| self.value(level, expr))
                .collect();
        }
        vec![self.value(level, expr)]
    }

    fn value(&mut self, level: LevelId, expr: &'a Expr) -> Value {
        let term = self.term(level, expr);
        let mut choice = Vec::new();
        if term.is_none() || self.selected(level, expr).is_some() {
            self.choices(level, expr, &Facts::default(), &mut choice);
        }
        Value {
            term,
            choice,
            null: is_null(expr),
            default: matches!(expr, Expr::Default { .. }),
            at: self.place(level, expr.location()),
        }
    }

    /// Collects the values other than NULL that an expression can have: the alternatives of COALESCE and CASE, and the output of
    /// a subquery.
    fn choices(&mut self, level: LevelId, expr: &'a Expr, facts: &Facts, found: &mut Vec<Choice>) {
        let mut push = |term| found.push(Choice { term, facts: facts.clone() });
        let Some(expr) = plain(self.schema, expr) else { return push(None) };
        if is_null(expr) {
            return;
        }
        if let Expr::Coalesce { args, .. } = expr {
            return args.iter().for_each(|arg| self.choices(level, arg, facts, found));
        }
        if let Expr::Case { whens, otherwise, .. } = expr {
            let results = whens.iter().map(|(_, result)| result).chain(otherwise.as_deref());
            return results.for_each(|result| self.choices(level, result, facts, found));
        }
        if let Expr::Sublink(sublink) = expr
            && sublink.kind == SublinkKind::Scalar
        {
            let nested = self.sublink_level(level, sublink);
            return push(self.levels[nested].outputs.first().copied().flatten());
        }
        if let Expr::Param { kind: ParamKind::MultiAssign, id, .. } = expr {
            return push(self.assigned(level, *id));
        }
        let Some(each) = self.selected(level, expr) else { return push(self.term(level, expr)) };
        for Selected { level, expr, facts: further } in each {
            self.choices(level, expr, &facts.clone().and(&further), found);
        }
    }

    /// If an expression is a column of a subquery that is not plain: the expressions that can produce it. A set operation has
    /// one for each arm.
    fn selected(&mut self, level: LevelId, expr: &'a Expr) -> Option<Vec<Selected<'a>>> {
        let Some(Expr::Var(var)) = plain(self.schema, expr) else { return None };
        let (around, entry) = self.entry_of(level, var)?;
        let position = usize::try_from(var.attribute).ok()?.checked_sub(1)?;
        let range = self.levels[around].query.range(var.range)?;
        let is_subquery = matches!(range.kind, RangeKind::Subquery(_) | RangeKind::Cte { .. });
        self.given(self.entries[entry].nested.filter(|_| is_subquery)?, position)
    }

    /// The same for an output column of a level, by its position.
    fn given(&mut self, level: LevelId, position: usize) -> Option<Vec<Selected<'a>>> {
        let query = self.levels[level].query;
        if query.command != Command::Select || query.opaque.is_some() {
            return None;
        }
        let Some(operation) = &query.set_operation else {
            let expr = &query.output().nth(position)?.expr;
            let is_plain = self.term(level, expr).is_some();
            let this = || vec![Selected { level, expr, facts: Facts::default() }];
            return self.selected(level, expr).or_else(|| (!is_plain).then(this));
        };
        if self.exact_columns(level).get(position) != Some(&true) {
            return None;
        }
        let mut found = Vec::new();
        for index in operation.arms() {
            let arm =
                self.arm_level(level, index).filter(|arm| self.is_passed_uncast(level, *arm, position))?;
            let expr = &self.levels[arm].query.output().nth(position)?.expr;
            let this = || vec![Selected { level: arm, expr, facts: Facts::default() }];
            let of_row = self.arm_row(level, index);
            for selected in self.given(arm, position).unwrap_or_else(this) {
                found.push(Selected { facts: selected.facts.and(&of_row), ..selected });
            }
        }
        Some(found)
    }

    /// A column of the subquery of `set (a, b) = (select ...)`. The upper 16 bits of the parameter's id are the number of the
    /// subquery, the lower ones that of its column.
    fn assigned(&mut self, level: LevelId, id: usize) -> Option<TermId> {
        let query = self.levels[level].query;
        let is_meant =
            |sublink: &&Sublink| sublink.kind == SublinkKind::MultiAssign && sublink.id == id >> 16;
        let sublink = query
            .targets
            .iter()
            .filter_map(
                |target| if let Expr::Sublink(sublink) = &target.expr { Some(&**sublink) } else { None },
            )
            .find(is_meant)?;
        let nested = self.sublink_level(level, sublink);
        *self.levels[nested].outputs.get((id & 0xffff).checked_sub(1)?)?
    }
}

/// An expression that can produce a column of a subquery, and what holds for the rows in which it does.
struct Selected<'a> {
    level: LevelId,
    expr: &'a Expr,
    facts: Facts,
}
