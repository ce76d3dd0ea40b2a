//! The walk visits a statement from the outside in. It carries the context of each place, and records an event for every
//! table and everything that is not understood. `expressions`, `writes`, `filtered` and `implied` are further parts of it.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::arena::{Arena, Container, LevelId};
use super::context::Context;
use super::events::{Access, Events, Occurrence, OuterJoin, Unknown};
use super::facts::Facts;
use super::joins::{Side, Sides};
use super::terms::EntryId;
use crate::tree::walk as tree;
use crate::tree::{
    Command, Expr, From, FromItem, Join, Location, Oid, Query, RangeEntry, RangeKind, SetOperation,
};

/// What the walk has visited.
#[derive(Default)]
pub(super) struct Visited {
    queries: FxHashSet<*const Query>,
    levels: BTreeSet<LevelId>,
    entries: FxHashSet<EntryId>,
    /// The types of expressions.
    pub(super) types: FxHashSet<Oid>,
    /// The implicit calls that were recorded as not understood, by kind and type.
    pub(super) implicit_calls: FxHashSet<(&'static str, Oid)>,
}

/// The walk over one statement.
pub(super) struct Walk<'w, 'a> {
    pub(super) arena: &'w mut Arena<'a>,
    pub(super) events: Events,
    /// The innermost outer join around the visited item of FROM.
    join: Option<OuterJoin>,
    pub(super) visited: Visited,
    /// What holds for the right side of a LEFT JOIN that has influence through filtered aggregates only.
    pub(super) filtered: FxHashMap<(LevelId, *const Join), Facts>,
}

impl<'w, 'a> Walk<'w, 'a> {
    /// All events of the statement with this level.
    pub(super) fn over(arena: &'w mut Arena<'a>, level: LevelId) -> Events {
        let (events, visited, filtered) = Default::default();
        let mut walk = Walk { arena, events, join: None, visited, filtered };
        walk.level(level, Rc::default(), Access::Read);
        if walk.arena.too_large {
            walk.events.incomplete = true;
            walk.unknown("the query is too large after its CTEs, views and functions are expanded", None);
        }
        walk.check_complete(level);
        walk.events
    }

    /// Checks that every query and every table in FROM was visited. Otherwise this module has a mistake, and the statement must
    /// be rejected.
    fn check_complete(&mut self, level: LevelId) {
        let mut complete = true;
        tree::each_query(self.arena.levels[level].query, &mut |query| {
            complete &= self.visited.queries.contains(&std::ptr::from_ref(query));
        });
        for level in &self.visited.levels {
            let level = &self.arena.levels[*level];
            for (range, entry) in level.query.range_table.iter().zip(&level.entries) {
                let counts = range.in_from && matches!(range.kind, RangeKind::Relation { .. });
                complete &= !counts || self.visited.entries.contains(entry);
            }
        }
        if !complete && !self.events.incomplete {
            self.events.incomplete = true;
            self.unknown("a part of this query was not analysed", None);
        }
    }

    pub(super) fn unknown(&mut self, what: impl Into<String>, at: Location) {
        let help = "rewrite it, or waive it with `--@ allow opaque: \"reason\"` after a review";
        self.unknown_with(what, help, at);
    }

    /// Records something that is not understood, with specific help.
    pub(super) fn unknown_with(&mut self, what: impl Into<String>, help: &'static str, at: Location) {
        self.events.unknown.push(Unknown { what: what.into(), help, at, entry: None, table: None });
    }

    fn unknown_entry(&mut self, what: impl Into<String>, entry: EntryId) {
        self.unknown(what, None);
        if let Some(last) = self.events.unknown.last_mut() {
            last.entry = Some(entry);
        }
    }

    /// Visits a level. `outer` is the context outside, without what must not be pushed down. `access` is how the tables of a
    /// view are accessed.
    pub(super) fn level(&mut self, level: LevelId, outer: Rc<Context>, access: Access) {
        if self.arena.too_large {
            return;
        }
        let query = self.arena.levels[level].query;
        self.visited.queries.insert(std::ptr::from_ref(query));
        self.visited.levels.insert(level);
        if let Some(what) = &query.opaque {
            self.events.incomplete = true;
            self.unknown(format!("a part of this query is not supported ({what})"), None);
            return;
        }
        let join = self.join.take();
        self.with_clause(level, query);
        // Rows are locked or written before a condition outside could drop them.
        let outer = if query.row_marks.is_empty() && query.command == Command::Select {
            outer
        } else {
            Rc::default()
        };
        for (index, range) in query.range_table.iter().enumerate() {
            self.known_entry(level, index, range);
        }
        match query.command {
            Command::Select if query.set_operation.is_some() => self.set_operation(level, query, &outer),
            Command::Select => self.select(level, query, outer, access),
            Command::Update | Command::Delete => self.update_or_delete(level, query),
            Command::Insert => self.insert(level, query),
            Command::Merge => self.merge(level, query),
            Command::Utility | Command::Nothing => self.unknown("this is not a query", None),
        }
        self.join = join;
    }

    fn known_entry(&mut self, level: LevelId, index: usize, range: &RangeEntry) {
        let entry = self.arena.levels[level].entries[index];
        if let RangeKind::Opaque(what) = &range.kind {
            self.unknown_entry(format!("`{}` is not supported ({what})", range.name), entry);
        }
    }

    fn with_clause(&mut self, level: LevelId, query: &'a Query) {
        for cte in &query.ctes {
            for value in &cte.cycle_values {
                self.expr(level, value, &Rc::default());
            }
            // A modifying CTE runs once, however often it is read. It is visited here, and so is an unused CTE. Others are visited
            // where they are read.
            if cte.query.command != Command::Select || cte.references == 0 {
                let own = self.arena.cte_level(level, cte, Container::Nothing);
                self.level(own, Rc::default(), Access::Read);
            }
        }
    }

    fn set_operation(&mut self, level: LevelId, query: &'a Query, outer: &Rc<Context>) {
        let Some(operation) = &query.set_operation else { return };
        self.arms(level, operation, outer);
        self.operators(query);
        self.limits(level, query, outer);
    }

    fn arms(&mut self, level: LevelId, operation: &SetOperation, outer: &Rc<Context>) {
        match operation {
            SetOperation::Node { left, right, .. } => {
                self.arms(level, left, outer);
                self.arms(level, right, outer);
            }
            SetOperation::Leaf(index) => {
                let Some(nested) = self.arena.arm_level(level, *index) else {
                    return self.unknown("an arm of a set operation is not supported", None);
                };
                self.cast_arm(nested, level);
                // What is known of the set operation's columns holds for those rows of the arm that have influence.
                let row = self.arena.arm_row(level, *index);
                let known = self.arena.with_facts(outer, &row);
                let inside = self.arena.pushed_into(&known, nested);
                self.level(nested, inside, Access::Read);
            }
        }
    }

    fn select(&mut self, level: LevelId, query: &'a Query, outer: Rc<Context>, access: Access) {
        let filters = self.aggregate_filters(level, query);
        let rows = self.arena.with_facts(&outer, &self.arena.levels[level].facts);
        let rows = self.arena.with_facts(&rows, &filters);
        self.filter_joins(level, query);
        self.from(level, &query.from, &rows, access);
        let blank = self.arena.always_returns_row(level) || !query.grouping_sets.is_empty();
        let after = if !blank {
            Rc::clone(&rows)
        } else if query.grouping_sets.is_empty() {
            let having = self.arena.quals_facts(level, query.having.as_ref());
            self.arena.with_facts(&outer, &having)
        } else {
            Rc::clone(&outer)
        };
        for target in &query.targets {
            self.grouped_expr(level, &target.expr, &after, &rows, false);
        }
        if let Some(having) = &query.having {
            self.grouped_expr(level, having, &after, &rows, true);
        }
        self.operators(query);
        self.limits(level, query, &outer);
    }

    /// LIMIT, OFFSET and the bounds of window frames, which do not depend on a row.
    fn limits(&mut self, level: LevelId, query: &'a Query, outside: &Rc<Context>) {
        for expr in query.limit.iter().chain(&query.offset) {
            self.expr(level, expr, outside);
        }
        for window in &query.windows {
            for expr in window.start_offset.iter().chain(&window.end_offset) {
                self.expr(level, expr, outside);
            }
        }
    }

    /// FROM and WHERE. `above` is the context of their rows, in which WHERE holds already.
    pub(super) fn from(&mut self, level: LevelId, from: &'a From, above: &Rc<Context>, access: Access) {
        for item in &from.items {
            self.item(level, item, above, access);
        }
        if let Some(quals) = &from.quals {
            self.condition(level, quals, above);
        }
    }

    pub(super) fn item(&mut self, level: LevelId, item: &'a FromItem, above: &Rc<Context>, access: Access) {
        match item {
            FromItem::Range(index) => self.entry(level, *index, above, access),
            FromItem::Join(join) => self.join(level, join, above, access),
            FromItem::Nested(from) => self.from(level, from, above, access),
            FromItem::Opaque(what) => self.unknown(format!("a part of FROM is not supported ({what})"), None),
        }
    }

    /// A join. `above` is the context of its rows that have influence, with the facts of the join itself.
    fn join(&mut self, level: LevelId, join: &'a Join, above: &Rc<Context>, access: Access) {
        let around = self.join;
        let places = self.sides(level, join, above);
        for side in Side::BOTH {
            let (context, outer_join) = &places[side];
            self.join = outer_join.or(around);
            self.item(level, side.of(join), context, access);
        }
        self.join = around;
        if let Some(quals) = &join.quals {
            let matched = self.matched(level, join, above, &places);
            self.condition(level, quals, &matched);
        }
    }

    /// The context of each side of a join, and the outer join that restricts what holds there.
    fn sides(
        &mut self,
        level: LevelId,
        join: &'a Join,
        above: &Rc<Context>,
    ) -> Sides<(Rc<Context>, Option<OuterJoin>)> {
        let at = join.quals.as_ref().and_then(Expr::location);
        let at = self.arena.place(level, at);
        let outer = |nullable, full| Some(OuterJoin { nullable, full, at });
        match self.missing(level, join, above) {
            [false, false] => Sides::new((Rc::clone(above), None), (Rc::clone(above), None)),
            [true, true] => {
                let merged = self.merged(level, join, above);
                let base = self.arena.without_side(above, level, join, Side::Left);
                let base = self.arena.without_side(&base, level, join, Side::Right);
                let base = self.arena.with_facts(&base, &merged);
                let [left, right] = Side::BOTH.map(|side| self.with_side(&base, level, join, side));
                Sides::new((left, outer(true, true)), (right, outer(true, true)))
            }
            // A row of the preserved side has influence if a row of the join with it does, padded or not, so `above` holds for it.
            // A row of the nullable side has influence only if ON is true for it and such a row. What is known of the nullable
            // side itself may come from the padded row, and is forgotten.
            [false, true] => {
                let kept = self.arena.without_side(above, level, join, Side::Right);
                let mut matched = self.with_side(&kept, level, join, Side::Right);
                if let Some(filtered) = self.filtered.get(&(level, std::ptr::from_ref(join))) {
                    matched = self.arena.with_facts(&matched, filtered);
                }
                Sides::new((Rc::clone(above), outer(false, false)), (matched, outer(true, false)))
            }
            [true, false] => {
                let kept = self.arena.without_side(above, level, join, Side::Left);
                let matched = self.with_side(&kept, level, join, Side::Left);
                Sides::new((matched, outer(true, false)), (Rc::clone(above), outer(false, false)))
            }
        }
    }

    /// The context of the pairs of rows for which ON is evaluated.
    fn matched(
        &mut self,
        level: LevelId,
        join: &'a Join,
        above: &Rc<Context>,
        places: &Sides<(Rc<Context>, Option<OuterJoin>)>,
    ) -> Rc<Context> {
        match self.missing(level, join, above) {
            [_, false] => Rc::clone(&places[Side::Left].0),
            [false, true] => Rc::clone(&places[Side::Right].0),
            [true, true] => self.with_side(&places[Side::Left].0, level, join, Side::Right),
        }
    }

    /// Which sides of a join, left and right, can be missing.
    fn missing(&self, level: LevelId, join: &'a Join, above: &Context) -> [bool; 2] {
        let outer = self.arena.outer_join(level, join);
        Side::BOTH
            .map(|side| outer.is_some_and(|outer| outer.pads[side] && !above.has_side(outer.side_id(side))))
    }

    /// The context in which a side of an outer join is also present.
    fn with_side(
        &mut self,
        context: &Rc<Context>,
        level: LevelId,
        join: &'a Join,
        side: Side,
    ) -> Rc<Context> {
        match self.arena.outer_join(level, join).map(|outer| outer.side_id(side)) {
            Some(side) => self.arena.with_side(context, side),
            None => Rc::clone(context),
        }
    }

    /// What is known of the merged columns of a FULL JOIN ... USING, as facts about the columns of both sides. A row of
    /// either side with another value in its column is dropped, whether it has a match or not.
    fn merged(&mut self, level: LevelId, join: &'a Join, above: &Rc<Context>) -> Facts {
        let query = self.arena.levels[level].query;
        let Some(RangeKind::Join { columns, merged, .. }) =
            join.range.and_then(|index| query.range(index)).map(|range| &range.kind)
        else {
            return Facts::default();
        };
        let Some(entry) =
            join.range.and_then(|index| self.arena.levels[level].entries.get(index - 1)).copied()
        else {
            return Facts::default();
        };
        let mut found = Facts::default();
        for (position, column) in columns.iter().take(*merged).enumerate() {
            let Ok(number) = i32::try_from(position + 1) else { continue };
            let Expr::Coalesce { args, .. } = column else { continue };
            let merged = self.arena.column(entry, number);
            let is_own = |term: u32| {
                self.arena.outer_join(level, join).is_none_or(|join| self.arena.is_of(term, level, join))
            };
            let known = above.closure.class(merged);
            let known: Vec<_> = known.into_iter().filter(|term| *term != merged && !is_own(*term)).collect();
            for arg in args {
                let Some(term) = self.arena.term(level, arg) else { continue };
                for known in &known {
                    found.push(super::facts::Fact::Same(term, *known), None);
                }
            }
        }
        found
    }

    /// An entry of FROM with its context.
    pub(super) fn entry(&mut self, level: LevelId, index: usize, context: &Rc<Context>, access: Access) {
        let query = self.arena.levels[level].query;
        let Some(range) = query.range(index) else {
            return self.unknown("FROM refers to an entry that does not exist", None);
        };
        let entry = self.arena.levels[level].entries[index - 1];
        self.visited.entries.insert(entry);
        let access = if query.result_relation == Some(index) && query.command != Command::Insert {
            Access::Write
        } else if query.row_marks.iter().any(|mark| mark.range == index) {
            Access::Lock
        } else {
            access
        };
        match &range.kind {
            RangeKind::Relation { table, relkind, sample, inherited } => {
                if *inherited && self.arena.schema.table(*table).is_some_and(|table| table.has_children) {
                    self.unknown_entry(
                        format!(
                            "`{}` includes the rows of tables that inherit from it: use `only {0}`",
                            range.name
                        ),
                        entry,
                    );
                }
                if sample.is_some() {
                    self.unknown_entry("TABLESAMPLE reads rows before any condition applies", entry);
                }
                for expr in sample.iter().flatten() {
                    self.expr(level, expr, context);
                }
                self.relation(level, index, *table, *relkind, context, access);
            }
            RangeKind::Subquery(_) if access == Access::Lock => self.nested(entry, context, Access::Lock),
            RangeKind::Subquery(_) => self.nested(entry, context, Access::Read),
            RangeKind::Cte { name, levels_up, self_reference } => {
                let modifies = self
                    .arena
                    .cte(level, name, *levels_up)
                    .is_none_or(|(_, cte)| cte.query.command != Command::Select);
                if !modifies && !self_reference {
                    self.nested(entry, context, Access::Read);
                }
            }
            RangeKind::Function { functions, .. } => {
                for (function, _) in functions {
                    self.expr(level, function, context);
                }
                self.body(level, index, context);
            }
            RangeKind::TableFunction(exprs) => exprs.iter().for_each(|expr| self.expr(level, expr, context)),
            RangeKind::Values(rows) => rows.iter().flatten().for_each(|expr| self.expr(level, expr, context)),
            RangeKind::Join { .. } | RangeKind::Result | RangeKind::Group(_) => {}
            // `known_entry` has recorded it.
            RangeKind::Opaque(_) => {}
        }
    }

    fn relation(
        &mut self,
        level: LevelId,
        index: usize,
        table: u32,
        relkind: char,
        context: &Rc<Context>,
        access: Access,
    ) {
        let entry = self.arena.levels[level].entries[index - 1];
        let name = self.arena.entries[entry].name.clone();
        let Some(found) = self.arena.schema.table(table) else {
            return self.unknown_entry(
                format!("`{name}` is a system catalog, which describes all tenants' data"),
                entry,
            );
        };
        let replaced = found.has_rules || found.triggers.iter().any(|trigger| trigger.is_instead());
        if replaced && (relkind == 'v' || access == Access::Write) {
            let what = match access {
                Access::Write => {
                    format!("`{name}` has rules or INSTEAD OF triggers, which are not analysed")
                }
                Access::Read | Access::Lock => {
                    format!("`{name}` is a view with rules or INSTEAD OF triggers, which are not analysed")
                }
            };
            self.unknown_entry(what, entry);
            if let Some(last) = self.events.unknown.last_mut() {
                last.table = Some(table);
                last.help = "query the tables behind it instead, or waive it with `--@ allow opaque: \"reason\"` after a review";
            }
        }
        if self.arena.schema.partitions(table).any(|part| part.kind == 'f') {
            self.unknown_entry(
                format!(
                    "`{name}` has a partition that is a foreign table, whose rows come from another server"
                ),
                entry,
            );
        }
        match relkind {
            'r' | 'p' => self.events.occurrences.push(Occurrence {
                entry,
                table,
                access,
                context: Rc::clone(context),
                join: self.join,
            }),
            'v' => self.nested(entry, context, access),
            'm' => self.unknown_entry(
                format!("`{name}` is a materialized view, whose rows can be out of date"),
                entry,
            ),
            'f' => self.unknown_entry(
                format!("`{name}` is a foreign table, whose rows come from another server"),
                entry,
            ),
            'S' => self.unknown_entry(format!("`{name}` is a sequence, which all tenants share"), entry),
            _ => self.unknown_entry(format!("`{name}` is a relation of an unsupported kind"), entry),
        }
    }

    fn nested(&mut self, entry: EntryId, context: &Rc<Context>, access: Access) {
        let Some(nested) = self.arena.entries[entry].nested else {
            return self.unknown_entry("this item of FROM is not supported", entry);
        };
        let inside =
            if access == Access::Lock { Rc::default() } else { self.arena.pushed_into(context, nested) };
        self.level(nested, inside, access);
    }

    /// The body of a function in FROM. The call itself is visited by [`Walk::expr`].
    fn body(&mut self, level: LevelId, index: usize, context: &Rc<Context>) {
        let entry = self.arena.levels[level].entries[index - 1];
        if let Some(nested) = self.arena.entries[entry].nested {
            let inside = self.arena.pushed_into(context, nested);
            self.level(nested, inside, Access::Read);
        }
    }

    fn update_or_delete(&mut self, level: LevelId, query: &'a Query) {
        let context = self.arena.context(&self.arena.levels[level].facts);
        self.from(level, &query.from, &context, Access::Read);
        self.write_update_or_delete(level, query, &context);
    }
}
