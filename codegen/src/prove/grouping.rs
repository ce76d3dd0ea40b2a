//! Groups: what they keep apart, and what conditions on them say of the rows in them.

use std::collections::BTreeSet;

use super::arena::{Arena, LevelId, Passable};
use super::facts::Facts;
use super::terms::{TermId, plain};
use crate::tree::walk::{each_child, each_expr};
use crate::tree::{BoolOp, CastVia, Command, Expr, GroupingSet, Operator, SortGroup, Target, Var};

impl<'a> Arena<'a> {
    /// What holds for the rows of the groups that HAVING lets through.
    pub(super) fn having_facts(&mut self, level: LevelId, having: &'a Expr) -> Facts {
        let query = self.levels[level].query;
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

    /// Whether a condition is true of no key that a grouping set has blanked: it compares, strictly, keys and values as
    /// they are.
    fn is_of_no_blank(&self, condition: &'a Expr) -> bool {
        let (Expr::Operator(Operator { operator, .. }) | Expr::ArrayOperator { operator, any: true, .. }) =
            condition
        else {
            return false;
        };
        let function = self.schema.operators.get(operator).map(|found| found.function);
        let function = function.and_then(|function| self.schema.functions.get(&function));
        let mut compares = function.is_some_and(|found| found.strict);
        // Whether one element is blank makes no difference to any other.
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

    /// Whether a column is one of these targets.
    fn is_key(&self, level: LevelId, keys: &BTreeSet<usize>, column: &Var) -> bool {
        let targets = self.levels[level].query.targets.iter();
        let mut targets = targets.filter(|target| keys.contains(&target.sort_group_ref));
        targets.any(|target| matches!(plain(self.schema, &target.expr), Some(Expr::Var(key))
            if (key.range, key.attribute, key.levels_up) == (column.range, column.attribute, column.levels_up)))
    }

    /// Whether an output is the same in every grouping set. A set blanks the keys that are not its own, and no other that
    /// has the same value.
    pub(super) fn is_kept(&self, level: LevelId, kept: &BTreeSet<usize>, output: &Target) -> bool {
        let is_key = if let Some(Expr::Var(var)) = plain(self.schema, &output.expr) {
            self.is_key(level, kept, var)
        } else {
            kept.contains(&output.sort_group_ref)
        };
        is_key || self.levels[level].query.grouping_sets.is_empty()
    }

    /// The targets by which every grouping set keeps rows apart.
    pub(super) fn kept_references(&self, level: LevelId) -> BTreeSet<usize> {
        let query = self.levels[level].query;
        let mut references: BTreeSet<usize> = query.group_by.iter().map(|group| group.target).collect();
        if !query.grouping_sets.is_empty() {
            // The elements of the list are multiplied: what one of them always has, every set has.
            references
                .retain(|reference| query.grouping_sets.iter().any(|set| is_in_every_set(set, *reference)));
        }
        references
    }

    fn terms_of(&mut self, level: LevelId, references: impl Iterator<Item = usize>) -> BTreeSet<TermId> {
        let query = self.levels[level].query;
        let mut found = BTreeSet::new();
        for reference in references.filter(|reference| *reference != 0) {
            let target = query.targets.iter().find(|target: &&Target| target.sort_group_ref == reference);
            if let Some(term) = target.and_then(|target| self.term(level, &target.expr)) {
                found.insert(term);
            }
        }
        found
    }

    /// Which conditions on its outputs restrict the rows that a level reads.
    pub(super) fn level_passable(&mut self, level: LevelId) -> Passable {
        let query = self.levels[level].query;
        let stops = query.command != Command::Select
            || query.opaque.is_some()
            || query.limit.is_some()
            || query.offset.is_some()
            || query.has_target_srfs
            || !query.row_marks.is_empty();
        if stops {
            return Passable::Nothing;
        }
        if query.set_operation.is_some() {
            return Passable::All;
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
            restrict(self.terms_of(level, kept.iter().copied()));
        }
        // What is blanked keeps nothing apart.
        let is_whole = |reference: &usize| query.grouping_sets.is_empty() || kept.contains(reference);
        if query.distinct_on {
            restrict(self.terms_of(level, references(&query.distinct).filter(is_whole)));
        }
        if query.has_window_functions {
            for window in &query.windows {
                restrict(self.terms_of(level, references(&window.partition).filter(is_whole)));
            }
            if query.windows.is_empty() {
                restrict(BTreeSet::new());
            }
        }
        match keys {
            Some(keys) => Passable::Keys(keys),
            None => Passable::All,
        }
    }
}

fn references(groups: &[SortGroup]) -> impl Iterator<Item = usize> {
    groups.iter().map(|group| group.target)
}

/// Whether one of the sets that this stands for has no key.
pub(super) fn has_empty_set(set: &GroupingSet) -> bool {
    match set {
        GroupingSet::Empty | GroupingSet::Rollup(_) | GroupingSet::Cube(_) => true,
        GroupingSet::Simple(targets) => targets.is_empty(),
        GroupingSet::Sets(sets) => sets.iter().any(has_empty_set),
    }
}

/// Whether a grouped target is a key in every set that this stands for.
fn is_in_every_set(set: &GroupingSet, reference: usize) -> bool {
    match set {
        GroupingSet::Empty | GroupingSet::Rollup(_) | GroupingSet::Cube(_) => false,
        GroupingSet::Simple(targets) => targets.contains(&reference),
        GroupingSet::Sets(sets) => !sets.is_empty() && sets.iter().all(|set| is_in_every_set(set, reference)),
    }
}
