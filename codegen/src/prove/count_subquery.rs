//! Comparisons of `(select count(*) ...)` with a number. If one is true only for counts above 0, it means the same as EXISTS.

use super::arena::{Arena, LevelId};
use super::facts::Facts;
use super::terms::are_integers;
use crate::tree::{Aggregate, Command, Expr, Operator, SublinkKind};

impl<'a> Arena<'a> {
    /// What holds where a comparison of a subquery's count with a number has this truth value. `None` if it is no such
    /// comparison, or can have this truth value for a count of 0.
    pub(super) fn count_facts(
        &mut self,
        level: LevelId,
        operator: &'a Operator,
        truth: bool,
    ) -> Option<Facts> {
        let found = self.schema.operators.get(&operator.operator)?;
        if !found.is_built_in() || !are_integers(found.left, found.right) {
            return None;
        }
        let [left, right] = operator.args.as_slice() else { return None };
        let (Expr::Sublink(sublink), Expr::Const(number), is_turned) = (match (left, right) {
            (Expr::Sublink(_), Expr::Const(_)) => (left, right, false),
            _ => (right, left, true),
        }) else {
            return None;
        };
        if sublink.kind != SublinkKind::Scalar
            || !needs_a_row(&found.name, is_turned, truth, number.integer()?)
        {
            return None;
        }
        let query = &sublink.query;
        let is_plain = query.command == Command::Select
            && query.opaque.is_none()
            && query.set_operation.is_none()
            && query.group_by.is_empty()
            && query.grouping_sets.is_empty()
            && query.having.is_none();
        let mut outputs = query.output();
        let (Some(target), None, true) = (outputs.next(), outputs.next(), is_plain) else { return None };
        let Expr::Aggregate(counted) = &target.expr else { return None };
        if !self.counts_rows(counted) {
            return None;
        }
        let nested = self.sublink_level(level, sublink);
        let mut facts = self.levels[nested].facts.clone();
        if let Some(filter) = &counted.filter {
            let filter = self.holds(nested, filter);
            facts.extend(&filter);
        }
        Some(facts)
    }

    fn counts_rows(&self, aggregate: &Aggregate) -> bool {
        let function = self.schema.functions.get(&aggregate.function);
        aggregate.levels_up == 0 && function.is_some_and(|found| found.is_built_in() && found.name == "count")
    }
}

/// Whether a count is above 0 wherever `count operator number` has this truth value. `is_turned`: `number operator count`.
fn needs_a_row(operator: &str, is_turned: bool, truth: bool, number: i64) -> bool {
    match (operator, is_turned, truth) {
        (">", false, true) | ("<", true, true) | ("<=", false, false) | (">=", true, false) => number >= 0,
        (">=", false, true) | ("<=", true, true) | ("<", false, false) | (">", true, false) => number >= 1,
        ("=", _, true) | ("<>", _, false) => number >= 1,
        ("<>", _, true) | ("=", _, false) => number == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::needs_a_row;

    #[test]
    fn a_comparison_needs_a_row_if_0_does_not_satisfy_it() {
        for operator in ["<", "<=", "=", "<>", ">=", ">"] {
            for (is_turned, truth, number) in [false, true]
                .into_iter()
                .flat_map(|a| [false, true].map(|b| (a, b)))
                .flat_map(|(a, b)| [-1, 0, 1, 2].map(|number| (a, b, number)))
            {
                let (left, right) = if is_turned { (number, 0) } else { (0, number) };
                let of_none = match operator {
                    "<" => left < right,
                    "<=" => left <= right,
                    "=" => left == right,
                    "<>" => left != right,
                    ">=" => left >= right,
                    _ => left > right,
                };
                let takes = needs_a_row(operator, is_turned, truth, number);
                assert!(!takes || of_none != truth, "{operator} {is_turned} {truth} {number}");
            }
        }
        assert!(needs_a_row(">", false, true, 0) && needs_a_row("=", true, false, 0));
    }
}
