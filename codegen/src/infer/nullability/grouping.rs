//! GROUP BY, grouping sets and HAVING: what is known of groups.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::tree::walk::each_expr;
use crate::tree::{Expr, GroupingSet, Query, RangeIndex};

use super::rows::Rows;

/// Whether a query's rows are groups.
pub fn is_grouped(query: &Query) -> bool {
    query.has_aggregates
        || !query.group_by.is_empty()
        || !query.grouping_sets.is_empty()
        || query.having.is_some()
}

/// The groups of these rows that pass HAVING.
pub fn groups<'a, 'p>(rows: &'p Rows<'a, '_>) -> Rows<'a, 'p> {
    let sets = key_sets(rows.query);
    let grouping_nulls = Rc::new(GroupingNulls::of(rows.query, &sets));
    let from_nothing = sets.contains(&BTreeSet::new());
    let mut groups: Rows<'a, 'p> = if from_nothing {
        // There may be a group without any rows.
        rows.rebuilt(|_| false)
    } else if grouping_nulls.is_empty() {
        rows.clone()
    } else {
        rows.rebuilt(|column| {
            column.levels_up > 0 || !grouping_nulls.is_nulled(column.range, column.attribute)
        })
    };
    groups.grouping_nulls = grouping_nulls;
    groups.may_be_empty = from_nothing;
    groups.aggregated = Some(rows);
    match &rows.query.having {
        Some(having) => groups.where_true(having),
        None => groups,
    }
}

/// The columns that are NULL in some groups because a grouping set leaves them out.
#[derive(Debug, Default)]
pub struct GroupingNulls {
    /// Keys that are columns.
    keys: BTreeSet<(RangeIndex, i32)>,
    /// Columns in other keys: anything computed from them may be such a key.
    inside: BTreeSet<(RangeIndex, i32)>,
    /// A key contains no column, or a subquery: then any expression may be that key, even a constant.
    pub anything: bool,
}

impl GroupingNulls {
    fn of(query: &Query, sets: &[BTreeSet<usize>]) -> Self {
        let mut grouping_nulls = GroupingNulls::default();
        for key in query.group_by.iter().filter(|key| sets.iter().any(|set| !set.contains(&key.target))) {
            match query
                .targets
                .iter()
                .find(|target| target.sort_group_ref == key.target)
                .map(|target| &target.expr)
            {
                Some(Expr::Var(var)) if var.levels_up == 0 => {
                    grouping_nulls.keys.insert((var.range, var.attribute));
                }
                Some(expr) => grouping_nulls.add_columns_of(expr),
                None => grouping_nulls.anything = true,
            }
        }
        grouping_nulls
    }

    fn add_columns_of(&mut self, key: &Expr) {
        let mut has_columns = false;
        each_expr(key, &mut |expr| match expr {
            Expr::Var(var) if var.levels_up == 0 => {
                self.inside.insert((var.range, var.attribute));
                has_columns = true;
            }
            Expr::Sublink(_) => self.anything = true,
            _ => {}
        });
        self.anything |= !has_columns;
    }

    /// Whether every group has all its keys.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.inside.is_empty() && !self.anything
    }

    /// Whether a grouping set can set to NULL what is computed from columns that it keeps.
    pub fn hide_nulls(&self) -> bool {
        self.anything || !self.inside.is_empty()
    }

    /// Whether a grouping set can set a column of this level to NULL.
    pub fn is_nulled(&self, range: RangeIndex, attribute: i32) -> bool {
        self.keys.contains(&(range, attribute)) || self.hide(range, attribute)
    }

    /// Whether a condition on a column does not exclude grouping nulls in what is computed from it.
    pub fn hide(&self, range: RangeIndex, attribute: i32) -> bool {
        self.anything || self.inside.contains(&(range, attribute))
    }
}

/// The keys of each grouping set, as [`crate::tree::SortGroup::target`]: the combinations of the elements of GROUP BY.
fn key_sets(query: &Query) -> Vec<BTreeSet<usize>> {
    if query.grouping_sets.is_empty() {
        return vec![query.group_by.iter().map(|key| key.target).collect()];
    }
    let crossed = query.grouping_sets.iter().map(expand).reduce(|left, right| cross(&left, &right));
    crossed.unwrap_or_default()
}

/// The maximum number of sets that are distinguished; beyond it any key may be NULL, and the empty group may exist.
const MAX_SETS: usize = 4096;

fn expand(set: &GroupingSet) -> Vec<BTreeSet<usize>> {
    match set {
        GroupingSet::Empty => vec![BTreeSet::new()],
        GroupingSet::Simple(keys) => vec![keys.iter().copied().collect()],
        GroupingSet::Rollup(parts) => {
            (0..=parts.len()).map(|count| parts[..count].iter().flat_map(keys).collect()).collect()
        }
        GroupingSet::Cube(parts) => parts.iter().fold(vec![BTreeSet::new()], |sets, part| {
            let with = cross(&sets, &[keys(part)]);
            limited([sets, with].concat())
        }),
        GroupingSet::Sets(sets) => limited(sets.iter().flat_map(expand).collect()),
    }
}

fn keys(part: &GroupingSet) -> BTreeSet<usize> {
    expand(part).into_iter().flatten().collect()
}

fn cross(left: &[BTreeSet<usize>], right: &[BTreeSet<usize>]) -> Vec<BTreeSet<usize>> {
    if left.len().saturating_mul(right.len()) > MAX_SETS {
        return vec![BTreeSet::new()];
    }
    left.iter().flat_map(|left| right.iter().map(move |right| left | right)).collect()
}

fn limited(sets: Vec<BTreeSet<usize>>) -> Vec<BTreeSet<usize>> {
    if sets.len() > MAX_SETS { vec![BTreeSet::new()] } else { sets }
}
