//! What FILTER says of the rows that aggregates go over: of all rows where nothing but filtered aggregates is asked for,
//! and of what a LEFT JOIN adds where nothing else depends on it.

use super::arena::LevelId;
use super::facts::Facts;
use super::joins::Side;
use super::walk::Walk;
use crate::tree::walk as tree;
use crate::tree::{Aggregate, Expr, FromItem, Join, JoinKind, Query, RangeIndex, RangeKind, Sublink, Var};

impl<'a> Walk<'_, 'a> {
    /// What holds for every row that has influence on an aggregate, where nothing but filtered aggregates is asked for.
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

    /// Whether filtered aggregates are all that an expression is made of, constants and parameters apart. What holds
    /// where their filters do is collected.
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

    /// Finds the LEFT JOINs whose right sides have influence by filtered aggregates alone.
    ///
    /// Each row of the left side stays, once at least, whatever is joined to it. So what is joined changes nothing but how
    /// often there is a row, and what those aggregates get that speak of it.
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
                let mut joined = Joined { level, query, join, entries: Vec::new() };
                joined.enter(&join.right);
                if let Some(facts) = self.filtered_facts(&joined) {
                    self.filtered.insert((level, std::ptr::from_ref(&**join)), facts);
                }
            }
            JoinKind::Right | JoinKind::Full => {}
        }
    }

    /// What holds for what is joined where it has influence. `None` if anything else depends on it.
    fn filtered_facts(&mut self, joined: &Joined<'a>) -> Option<Facts> {
        let query = joined.query;
        let mut own: Vec<&'a Expr> = joined.join.quals.iter().collect();
        tree::exprs_of_item(&joined.join.right, &mut |expr| own.push(expr));
        let grouped: Vec<&'a Expr> =
            query.targets.iter().map(|target| &target.expr).chain(&query.having).collect();
        let is_one_of = |all: &[&'a Expr], expr: &'a Expr| all.iter().any(|one| std::ptr::eq(*one, expr));
        let mut alone = true;
        tree::exprs_of_query(query, &mut |expr| {
            alone &= is_one_of(&own, expr) || is_one_of(&grouped, expr) || !joined.is_met_in(expr);
        });
        for (index, range) in (1..).zip(&query.range_table) {
            if let RangeKind::Subquery(subquery) = &range.kind {
                alone &= joined.entries.contains(&index) || !joined.is_met_within(subquery);
            }
        }
        let mut all: Option<Facts> = None;
        let filtered = alone && grouped.iter().all(|expr| self.depends_by_filters(joined, expr, &mut all));
        all.filter(|_| filtered)
    }

    /// Whether an expression above the grouping depends on what is joined by filtered aggregates alone.
    fn depends_by_filters(&mut self, joined: &Joined<'a>, expr: &'a Expr, all: &mut Option<Facts>) -> bool {
        if let Expr::Aggregate(aggregate) = expr
            && aggregate.levels_up == 0
        {
            return match joined.is_met_in(expr) {
                true => self.filters(joined, aggregate, all),
                false => self.counts_once(aggregate),
            };
        }
        if let Expr::Sublink(sublink) = expr
            && (joined.is_met_within(&sublink.query) || aggregates_outside(sublink))
        {
            return false;
        }
        if matches!(expr, Expr::Var(_) | Expr::Opaque(_)) {
            return !joined.is_met_in(expr);
        }
        let mut filtered = true;
        tree::each_child(expr, &mut |child| {
            filtered = filtered && self.depends_by_filters(joined, child, all);
        });
        filtered
    }

    /// Whether an aggregate takes of what is joined what meets its filter, and nothing where there is nothing to join:
    /// what is not to be seen leaves such a row where it is left out.
    fn filters(&mut self, joined: &Joined<'a>, aggregate: &'a Aggregate, all: &mut Option<Facts>) -> bool {
        let Some(filter) = &aggregate.filter else { return false };
        let facts = self.arena.holds(joined.level, filter);
        let side = self.arena.outer_join(joined.level, joined.join).map(|outer| outer.side_id(Side::Right));
        let is_present = side.is_some_and(|side| self.arena.context(&facts).has(side));
        let leaves_null_out = self.is_named(aggregate, LEAVE_NULL_OUT)
            && aggregate.args.first().is_some_and(|arg| self.is_null_without(joined, &arg.expr));
        add_alternative(all, facts);
        is_present || leaves_null_out
    }

    /// Whether it makes no difference how often an aggregate gets a value.
    fn counts_once(&self, aggregate: &Aggregate) -> bool {
        !aggregate.distinct.is_empty() || self.is_named(aggregate, COUNT_ONCE)
    }

    fn is_named(&self, aggregate: &Aggregate, names: &[&str]) -> bool {
        let found = self.arena.schema.functions.get(&aggregate.function);
        found.is_some_and(|found| found.is_built_in() && names.contains(&found.name.as_str()))
    }

    /// Whether an expression is NULL where there is nothing to join.
    fn is_null_without(&self, joined: &Joined<'a>, expr: &'a Expr) -> bool {
        let schema = self.arena.schema;
        if let Expr::Var(var) = expr {
            // The whole row of a join is one of NULLs there.
            return var.levels_up == 0 && var.attribute > 0 && joined.entries.contains(&var.range);
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
        tree::each_child(expr, &mut |child| is_null |= is_strict && self.is_null_without(joined, child));
        is_null
    }
}

/// Aggregates that leave out the rows where their first argument is NULL.
const LEAVE_NULL_OUT: &[&str] = &[
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

/// Aggregates to which it makes no difference how often they get a value.
const COUNT_ONCE: &[&str] = &["bit_and", "bit_or", "bool_and", "bool_or", "every", "max", "min"];

/// The right side of a LEFT JOIN.
struct Joined<'a> {
    level: LevelId,
    query: &'a Query,
    join: &'a Join,
    entries: Vec<RangeIndex>,
}

impl<'a> Joined<'a> {
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

    /// Whether an expression speaks of it.
    fn is_met_in(&self, expr: &'a Expr) -> bool {
        let mut met = false;
        tree::columns(expr, 0, &mut |var| met |= self.is_met_as(var));
        met
    }

    /// Whether a subquery speaks of it.
    fn is_met_within(&self, query: &'a Query) -> bool {
        let mut met = false;
        tree::columns_of_query(query, 1, &mut |var| met |= self.is_met_as(var));
        met
    }

    /// Whether a column is one of what is joined, or one of a join around that stands for such.
    fn is_met_as(&self, var: &Var) -> bool {
        if self.entries.contains(&var.range) {
            return true;
        }
        let Some(RangeKind::Join { columns, .. }) = self.query.range(var.range).map(|range| &range.kind)
        else {
            return false;
        };
        let position = usize::try_from(var.attribute).ok().and_then(|number| number.checked_sub(1));
        // 0 is all of them.
        position.is_none_or(|position| columns.get(position).is_none_or(|column| self.is_met_in(column)))
    }
}

/// Whether a subquery has an aggregate that goes over rows of the level around it, or further out.
fn aggregates_outside(sublink: &Sublink) -> bool {
    fn goes_outside(query: &Query, depth: usize) -> bool {
        let mut outside = false;
        tree::exprs_of_query(query, &mut |expr| {
            tree::each_expr(expr, &mut |expr| {
                if let Expr::Aggregate(aggregate) = expr {
                    outside |= aggregate.levels_up >= depth;
                }
            });
        });
        tree::subqueries(query, &mut |query| outside |= goes_outside(query, depth + 1));
        outside
    }
    goes_outside(&sublink.query, 1)
}

/// Adds what holds in one more case.
fn add_alternative(all: &mut Option<Facts>, facts: Facts) {
    *all = Some(match all.take() {
        Some(all) => all.or(&facts),
        None => facts,
    });
}
