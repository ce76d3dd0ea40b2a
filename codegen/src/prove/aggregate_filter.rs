//! FILTER as a condition on rows. A row that passes no filter has no influence
//!
//! - if the output of its level depends only on filtered aggregates, or
//! - if only filtered aggregates depend on it, and it is on the right side of a LEFT JOIN.
//!
//! `walk` then assumes that the condition of some filter holds.

use super::arena::LevelId;
use super::facts::Facts;
use super::joins::Side;
use super::walk::Walk;
use crate::tree::walk as tree;
use crate::tree::{Aggregate, Expr, FromItem, Join, JoinKind, Query, RangeIndex, RangeKind, Sublink, Var};

impl<'a> Walk<'_, 'a> {
    /// What holds for every row that has influence, if all outputs of a level are made of filtered aggregates. Otherwise
    /// nothing.
    pub(super) fn aggregate_filters(&mut self, level: LevelId, query: &'a Query) -> Facts {
        if !query.group_by.is_empty()
            || !query.grouping_sets.is_empty()
            || query.having.is_some()
            || query.targets.is_empty()
        {
            return Facts::default();
        }
        let mut all: Option<Facts> = None;
        let filtered = query.targets.iter().all(|target| self.is_filtered(level, &target.expr, &mut all));
        all.filter(|_| filtered).unwrap_or_default()
    }

    /// Whether an expression depends on filtered aggregates, constants and parameters only. `all` collects what holds where
    /// one of their filters is true.
    fn is_filtered(&mut self, level: LevelId, expr: &'a Expr, all: &mut Option<Facts>) -> bool {
        if let Expr::Aggregate(aggregate) = expr {
            let (Some(filter), 0) = (&aggregate.filter, aggregate.levels_up) else { return false };
            let facts = self.arena.holds(level, filter);
            add_alternative(all, facts);
            return true;
        }
        if matches!(expr, Expr::Var(_) | Expr::Sublink(_) | Expr::WindowCall { .. } | Expr::Opaque(_)) {
            return false;
        }
        let mut filtered = true;
        tree::each_child(expr, &mut |child| filtered = filtered && self.is_filtered(level, child, all));
        filtered
    }

    /// Finds the LEFT JOINs whose right sides have influence through filtered aggregates only.
    ///
    /// Every row of the left side is in the result of the join at least once. So the right side decides only how often it is
    /// there, and the input of the aggregates that use columns of the right side.
    pub(super) fn filter_joins(&mut self, level: LevelId, query: &'a Query) {
        if query.has_aggregates {
            query.from.items.iter().for_each(|item| self.filter_item(level, query, item));
        }
    }

    fn filter_item(&mut self, level: LevelId, query: &'a Query, item: &'a FromItem) {
        let FromItem::Join(join) = item else { return };
        match join.kind {
            JoinKind::Inner => {
                self.filter_item(level, query, &join.left);
                self.filter_item(level, query, &join.right);
            }
            JoinKind::Left => {
                self.filter_item(level, query, &join.left);
                let mut right = RightSide { level, query, join, entries: Vec::new() };
                right.enter(&join.right);
                if let Some(facts) = self.filtered_facts(&right) {
                    self.filtered.insert((level, std::ptr::from_ref(&**join)), facts);
                }
            }
            JoinKind::Right | JoinKind::Full => {}
        }
    }

    /// What holds for the rows of the right side that have influence. `None` if anything but filtered aggregates depends on it.
    fn filtered_facts(&mut self, right: &RightSide<'a>) -> Option<Facts> {
        let query = right.query;
        let mut own: Vec<&'a Expr> = right.join.quals.iter().collect();
        tree::exprs_of_item(&right.join.right, &mut |expr| own.push(expr));
        let grouped: Vec<&'a Expr> =
            query.targets.iter().map(|target| &target.expr).chain(&query.having).collect();
        let is_one_of = |all: &[&'a Expr], expr: &'a Expr| all.iter().any(|one| std::ptr::eq(*one, expr));
        let mut alone = true;
        tree::exprs_of_query(query, &mut |expr| {
            alone &= is_one_of(&own, expr) || is_one_of(&grouped, expr) || !right.is_used_in(expr);
        });
        for (index, range) in (1..).zip(&query.range_table) {
            if let RangeKind::Subquery(subquery) = &range.kind {
                alone &= right.entries.contains(&index) || !right.is_used_within(subquery);
            }
        }
        let mut all: Option<Facts> = None;
        let filtered =
            alone && grouped.iter().all(|expr| self.depends_through_filters(right, expr, &mut all));
        all.filter(|_| filtered)
    }

    /// Whether an expression above the grouping depends on the right side through filtered aggregates only.
    fn depends_through_filters(
        &mut self,
        right: &RightSide<'a>,
        expr: &'a Expr,
        all: &mut Option<Facts>,
    ) -> bool {
        if let Expr::Aggregate(aggregate) = expr
            && aggregate.levels_up == 0
        {
            return match right.is_used_in(expr) {
                true => self.ignores_filtered_out(right, aggregate, all),
                false => self.ignores_duplicates(aggregate),
            };
        }
        if let Expr::Sublink(sublink) = expr
            && (right.is_used_within(&sublink.query) || has_outer_aggregate(sublink))
        {
            return false;
        }
        if matches!(expr, Expr::Var(_) | Expr::Opaque(_)) {
            return !right.is_used_in(expr);
        }
        let mut filtered = true;
        tree::each_child(expr, &mut |child| {
            filtered = filtered && self.depends_through_filters(right, child, all);
        });
        filtered
    }

    /// Whether an aggregate over the right side ignores rows that do not meet its filter, and also ignores a padded row. If the
    /// only matches of a left row are ones that must have no influence, then without them the row is padded: the aggregate
    /// must give the same result in both cases.
    fn ignores_filtered_out(
        &mut self,
        right: &RightSide<'a>,
        aggregate: &'a Aggregate,
        all: &mut Option<Facts>,
    ) -> bool {
        let Some(filter) = &aggregate.filter else { return false };
        let facts = self.arena.holds(right.level, filter);
        let side = self.arena.outer_join(right.level, right.join).map(|outer| outer.side_id(Side::Right));
        let is_present = side.is_some_and(|side| self.arena.context(&facts).has_side(side));
        let ignores_nulls = self.is_named(aggregate, IGNORE_NULLS)
            && aggregate.args.first().is_some_and(|arg| self.is_null_if_padded(right, &arg.expr));
        add_alternative(all, facts);
        is_present || ignores_nulls
    }

    /// Whether duplicate input values do not change the result of an aggregate.
    fn ignores_duplicates(&self, aggregate: &Aggregate) -> bool {
        !aggregate.distinct.is_empty() || self.is_named(aggregate, IGNORE_DUPLICATES)
    }

    fn is_named(&self, aggregate: &Aggregate, names: &[&str]) -> bool {
        let found = self.arena.schema.functions.get(&aggregate.function);
        found.is_some_and(|found| found.is_built_in() && names.contains(&found.name.as_str()))
    }

    /// Whether an expression is NULL in a padded row.
    fn is_null_if_padded(&self, right: &RightSide<'a>, expr: &'a Expr) -> bool {
        let schema = self.arena.schema;
        if let Expr::Var(var) = expr {
            // A whole-row reference does not count: of a padded join it is a row of NULLs, which is not NULL.
            return var.levels_up == 0 && var.attribute > 0 && right.entries.contains(&var.range);
        }
        let is_strict = if let Expr::Operator(operator) = expr {
            let function = schema.operators.get(&operator.operator).map(|found| found.function);
            function.is_some_and(|function| schema.functions.get(&function).is_some_and(|found| found.strict))
        } else if let Expr::Function { call, set: false, .. } = expr {
            schema.functions.get(&call.function).is_some_and(|found| found.strict)
        } else {
            matches!(expr, Expr::Cast { element: None, .. })
        };
        let mut is_null = false;
        tree::each_child(expr, &mut |child| is_null |= is_strict && self.is_null_if_padded(right, child));
        is_null
    }
}

/// Built-in aggregates that ignore rows in which their first argument is NULL.
const IGNORE_NULLS: &[&str] = &[
    "avg",
    "bit_and",
    "bit_or",
    "bool_and",
    "bool_or",
    "count",
    "every",
    "max",
    "min",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "string_agg",
    "sum",
];

/// Built-in aggregates whose result duplicate input values do not change.
const IGNORE_DUPLICATES: &[&str] = &["bit_and", "bit_or", "bool_and", "bool_or", "every", "max", "min"];

/// The right side of a LEFT JOIN.
struct RightSide<'a> {
    level: LevelId,
    query: &'a Query,
    join: &'a Join,
    entries: Vec<RangeIndex>,
}

impl<'a> RightSide<'a> {
    fn enter(&mut self, item: &'a FromItem) {
        match item {
            FromItem::Range(index) => self.entries.push(*index),
            FromItem::Join(join) => {
                self.entries.extend(join.range);
                self.enter(&join.left);
                self.enter(&join.right);
            }
            FromItem::Nested(from) => from.items.iter().for_each(|item| self.enter(item)),
            FromItem::Opaque(_) => {}
        }
    }

    /// Whether an expression uses a column of it.
    fn is_used_in(&self, expr: &'a Expr) -> bool {
        let mut used = false;
        tree::columns(expr, 0, &mut |var| used |= self.has_column(var));
        used
    }

    /// Whether a subquery uses a column of it, by an outer reference.
    fn is_used_within(&self, query: &'a Query) -> bool {
        let mut used = false;
        tree::columns_of_query(query, 1, &mut |var| used |= self.has_column(var));
        used
    }

    /// Whether a column is one of its entries', or a join's column that stands for one.
    fn has_column(&self, var: &Var) -> bool {
        if self.entries.contains(&var.range) {
            return true;
        }
        let Some(RangeKind::Join { columns, .. }) = self.query.range(var.range).map(|range| &range.kind)
        else {
            return false;
        };
        let position = usize::try_from(var.attribute).ok().and_then(|number| number.checked_sub(1));
        // Attribute 0 is the whole row.
        position.is_none_or(|position| columns.get(position).is_none_or(|column| self.is_used_in(column)))
    }
}

/// Whether a subquery contains an aggregate over the rows of an outer level.
fn has_outer_aggregate(sublink: &Sublink) -> bool {
    fn refers_outside(query: &Query, depth: usize) -> bool {
        let mut outside = false;
        tree::exprs_of_query(query, &mut |expr| {
            tree::each_expr(expr, &mut |expr| {
                if let Expr::Aggregate(aggregate) = expr {
                    outside |= aggregate.levels_up >= depth;
                }
            });
        });
        tree::subqueries(query, &mut |query| outside |= refers_outside(query, depth + 1));
        outside
    }
    refers_outside(&sublink.query, 1)
}

/// Weakens the collected facts to those that also hold in one more case.
fn add_alternative(all: &mut Option<Facts>, facts: Facts) {
    *all = Some(match all.take() {
        Some(all) => all.or(&facts),
        None => facts,
    });
}
