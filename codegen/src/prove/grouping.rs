//! Grouping: what HAVING says about the rows of a group, which outputs grouping sets keep, and which conditions may be pushed
//! down through GROUP BY, DISTINCT and window functions.

use std::collections::BTreeSet;

use super::arena::{Arena, LevelId, Pushdown};
use super::facts::Facts;
use super::terms::{TermId, plain};
use crate::tree::walk::{each_child, each_expr};
use crate::tree::{BoolOp, CastVia, Command, Expr, GroupingSet, Operator, SortGroup, Target, Var};

impl<'a> Arena<'a> {
    /// What holds for the rows of the groups that pass HAVING.
    pub(super) fn having_facts(&mut self, level: LevelId, having: &'a Expr) -> Facts {
        let query = self.levels[level].query;
        if !query.group_by.iter().all(|key| self.separates(key)) {
            return Facts::default();
        }
        let conditions = if let Expr::Bool { op: BoolOp::And, args, .. } = having {
            args.as_slice()
        } else {
            std::slice::from_ref(having)
        };
        let mut facts = Facts::default();
        for condition in conditions {
            if query.grouping_sets.is_empty() || self.is_of_no_blank(condition) {
                let condition = self.holds(level, condition);
                facts.extend(&condition);
            }
        }
        facts
    }

    /// Whether a condition is never true where a grouping set has replaced a key by NULL: it is a strict comparison of plain
    /// columns and values.
    fn is_of_no_blank(&self, condition: &'a Expr) -> bool {
        let (Expr::Operator(Operator { operator, .. }) | Expr::ArrayOperator { operator, any: true, .. }) =
            condition
        else {
            return false;
        };
        let function = self.schema.operators.get(operator).map(|found| found.function);
        let function = function.and_then(|function| self.schema.functions.get(&function));
        let mut compares = function.is_some_and(|found| found.strict);
        // `x = any (array[...])`: a NULL element does not change the result for the others.
        let is_any = matches!(condition, Expr::ArrayOperator { .. });
        each_child(condition, &mut |side| {
            each_expr(side, &mut |expr| {
                compares &= matches!(
                    expr,
                    Expr::Var(_)
                        | Expr::Const(_)
                        | Expr::Param { .. }
                        | Expr::Cast { via: CastVia::Relabel, .. }
                ) || (is_any && matches!(expr, Expr::Array { .. }));
            })
        });
        compares
    }

    /// Whether a column is one of the targets with these references.
    fn is_key(&self, level: LevelId, keys: &BTreeSet<usize>, column: &Var) -> bool {
        let targets = self.levels[level].query.targets.iter();
        let mut targets = targets.filter(|target| keys.contains(&target.sort_group_ref));
        targets.any(|target| matches!(plain(self.schema, &target.expr), Some(Expr::Var(key))
            if (key.range, key.attribute, key.levels_up) == (column.range, column.attribute, column.levels_up)))
    }

    /// Whether an output has its value in the rows of every grouping set. A set replaces keys that are not its own by NULL, but
    /// not other outputs of the same value.
    pub(super) fn is_kept(&self, level: LevelId, kept: &BTreeSet<usize>, output: &Target) -> bool {
        let is_key = if let Some(Expr::Var(var)) = plain(self.schema, &output.expr) {
            self.is_key(level, kept, var)
        } else {
            kept.contains(&output.sort_group_ref)
        };
        is_key || self.levels[level].query.grouping_sets.is_empty()
    }

    /// Whether rows that differ in a key are never taken together. GROUP BY, DISTINCT and PARTITION BY compare a key as ORDER BY
    /// does if it has the same key, and that can be by an operator class of the user's: `order by x using <#`
    /// (`transformGroupClause`, `transformDistinctClause`).
    fn separates(&self, key: &SortGroup) -> bool {
        let equality = self.schema.operators.get(&key.equality);
        equality.is_some_and(|found| found.is_built_in() && found.is_equality())
    }

    /// The targets that are keys of every grouping set.
    pub(super) fn kept_references(&self, level: LevelId) -> BTreeSet<usize> {
        let query = self.levels[level].query;
        let mut references: BTreeSet<usize> = query.group_by.iter().map(|group| group.target).collect();
        if !query.grouping_sets.is_empty() {
            // The elements of the list are combined by a cross product, so a key that one of them always has is in every set.
            references
                .retain(|reference| query.grouping_sets.iter().any(|set| is_in_every_set(set, *reference)));
        }
        references
    }

    /// The terms of those keys that separate rows and are among these targets.
    fn terms_of(&mut self, level: LevelId, keys: &[SortGroup], among: &BTreeSet<usize>) -> BTreeSet<TermId> {
        let query = self.levels[level].query;
        let mut found = BTreeSet::new();
        for key in keys.iter().filter(|key| key.target != 0 && among.contains(&key.target)) {
            let target = query.targets.iter().find(|target: &&Target| target.sort_group_ref == key.target);
            let term = target.and_then(|target| self.term(level, &target.expr));
            found.extend(term.filter(|_| self.separates(key)));
        }
        found
    }

    /// The conditions on its output columns that may be pushed down into a level.
    pub(super) fn level_pushdown(&mut self, level: LevelId) -> Pushdown {
        let query = self.levels[level].query;
        let stops = query.command != Command::Select
            || query.opaque.is_some()
            || query.limit.is_some()
            || query.offset.is_some()
            || query.has_target_srfs
            || !query.row_marks.is_empty();
        if stops {
            return Pushdown::Nothing;
        }
        if query.set_operation.is_some() {
            return Pushdown::All;
        }
        let kept = self.kept_references(level);
        let mut keys: Option<BTreeSet<TermId>> = None;
        let mut restrict = |terms: BTreeSet<TermId>| {
            keys = Some(match keys.take() {
                Some(keys) => &keys & &terms,
                None => terms,
            });
        };
        if query.has_aggregates
            || query.having.is_some()
            || !query.group_by.is_empty()
            || !query.grouping_sets.is_empty()
        {
            restrict(self.terms_of(level, &query.group_by, &kept));
        }
        // A key that some grouping sets replace by NULL does not separate rows.
        let is_whole = |key: &SortGroup| query.grouping_sets.is_empty() || kept.contains(&key.target);
        let whole =
            |keys: &[SortGroup]| keys.iter().filter(|key| is_whole(key)).map(|key| key.target).collect();
        // After DISTINCT by the types' equality, rows that became one met the same conditions.
        let is_own = |key: &SortGroup| self.schema.groups_equals(key.equality);
        if query.distinct_on || !query.distinct.iter().all(is_own) {
            restrict(self.terms_of(level, &query.distinct, &whole(&query.distinct)));
        }
        if query.has_window_functions {
            for window in &query.windows {
                restrict(self.terms_of(level, &window.partition, &whole(&window.partition)));
            }
            if query.windows.is_empty() {
                restrict(BTreeSet::new());
            }
        }
        match keys {
            Some(keys) => Pushdown::Keys(keys),
            None => Pushdown::All,
        }
    }
}

/// Whether one of the sets that this expands to is empty.
pub(super) fn has_empty_set(set: &GroupingSet) -> bool {
    match set {
        GroupingSet::Empty | GroupingSet::Rollup(_) | GroupingSet::Cube(_) => true,
        GroupingSet::Simple(targets) => targets.is_empty(),
        GroupingSet::Sets(sets) => sets.iter().any(has_empty_set),
    }
}

/// Whether a grouped target is a key in every set that this expands to.
fn is_in_every_set(set: &GroupingSet, reference: usize) -> bool {
    match set {
        GroupingSet::Empty | GroupingSet::Rollup(_) | GroupingSet::Cube(_) => false,
        GroupingSet::Simple(targets) => targets.contains(&reference),
        GroupingSet::Sets(sets) => !sets.is_empty() && sets.iter().all(|set| is_in_every_set(set, reference)),
    }
}
