//! INSERT, UPDATE, DELETE and MERGE: the events of what they write, the facts about RETURNING, and the existing rows that
//! ON CONFLICT and MERGE access.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::arena::{Arena, LevelId};
use super::context::Context;
use super::events::{Access, Arbiter, Occurrence, RowWrite, Value};
use super::facts::{Fact, Facts};
use super::liveness::implies_live;
use super::terms::{EntryId, Term, TermId, is_null};
use super::walk::Walk;
use crate::infer::same::same;
use crate::schema::{Column, Table};
use crate::tree::walk as tree;
use crate::tree::{
    Command, Expr, FromItem, MergeAction, MergeMatch, Oid, OnConflict, Query, RangeKind, Target, Var,
    VarReturning,
};

/// The table that a statement writes to, directly or through a view.
struct Base {
    table: Oid,
    entry: EntryId,
    /// For each column of the target (table or view) the column of the table.
    columns: Vec<Option<i32>>,
}

impl<'a> Arena<'a> {
    /// The table that a statement writes to. `None` if its target is not understood.
    fn base(&mut self, level: LevelId) -> Option<Base> {
        let query = self.levels[level].query;
        let index = query.result_relation?;
        let (table, entry) = self.base_entry(level, index)?;
        let count = i32::try_from(query.range(index)?.column_names.len()).ok()?;
        let columns = (1..=count).map(|number| {
            let term = self.old(level, number)?;
            match self.terms.get(term) {
                Term::Column(found, column) if *found == entry => Some(*column),
                Term::Column(..) | Term::Param(_) | Term::Const(..) => None,
            }
        });
        Some(Base { table, entry, columns: columns.collect() })
    }

    /// The table of an entry, which is that table itself or a view over it. Each view must select from one entry only.
    fn base_entry(&self, level: LevelId, index: usize) -> Option<(Oid, EntryId)> {
        let entry = *self.levels[level].entries.get(index.checked_sub(1)?)?;
        if let Some(table) = self.entries[entry].table {
            return Some((table, entry));
        }
        let nested = self.entries[entry].nested?;
        match self.levels[nested].query.from.items.as_slice() {
            [FromItem::Range(index)] => self.base_entry(nested, *index),
            _ => None,
        }
    }

    /// A column of the target's old row.
    fn old(&mut self, level: LevelId, number: i32) -> Option<TermId> {
        let range = self.levels[level].query.result_relation?;
        let var = Var {
            range,
            attribute: number,
            type_oid: 0,
            typmod: -1,
            // Nothing is compared here, so the collation does not matter.
            collation: 0,
            levels_up: 0,
            returning: VarReturning::Old,
            location: None,
        };
        self.resolve(level, &var)
    }

    /// What holds for the rows of RETURNING: for each column the value that is assigned, or the old one if it is kept.
    pub(super) fn returned_facts(&mut self, level: LevelId) -> Facts {
        let query = self.levels[level].query;
        let mut facts = Facts::default();
        let Some(base) = self.base(level) else { return facts };
        let result = self.levels[level].result;
        for (position, column) in base.columns.iter().enumerate() {
            let (Ok(number), Some(column)) = (i32::try_from(position + 1), column) else { continue };
            let Some(found) = self.schema.column(base.table, *column) else { continue };
            let row = self.column(result, number);
            let same = |value: TermId| Fact::Same(row, value);
            let fact = match query.command {
                Command::Delete => self.old(level, number).map(same),
                Command::Insert | Command::Update if self.is_generated(base.table, found) => None,
                Command::Update => match query.targets.iter().find(|target| assigns(target, number)) {
                    Some(target) => self.assigned_fact(level, row, &target.expr),
                    None => self.old(level, number).map(same),
                },
                Command::Insert if is_overridden(query.overriding_user, found) => None,
                Command::Insert => {
                    let stays = query.on_conflict.as_ref().is_none_or(|conflict| {
                        !conflict.update
                            || (self.arbiter_columns(level, conflict).contains(&number)
                                && !conflict.set.iter().any(|target| assigns(target, number)))
                    });
                    match query.targets.iter().find(|target| assigns(target, number)) {
                        _ if !stays => None,
                        Some(target) => self.assigned_fact(level, row, &target.expr),
                        None => self.is_left_null(level, &base, found).then_some(Fact::Null(row)),
                    }
                }
                Command::Merge | Command::Select | Command::Utility | Command::Nothing => None,
            };
            if let Some(fact) = fact {
                facts.push(fact, None);
            }
        }
        facts
    }

    /// The fact about a column of a written row to which this expression is assigned.
    fn assigned_fact(&mut self, level: LevelId, row: TermId, expr: &'a Expr) -> Option<Fact> {
        if is_null(expr) {
            return Some(Fact::Null(row));
        }
        self.term(level, expr).map(|value| Fact::Same(row, value))
    }

    /// Whether a new row has NULL in a column that INSERT does not name, because the column has no default, identity or
    /// generation expression. Not for views, which can have their own defaults.
    fn is_left_null(&self, level: LevelId, base: &Base, column: &Column) -> bool {
        let query = self.levels[level].query;
        let is_direct = query
            .result_relation
            .and_then(|index| self.levels[level].entries.get(index.checked_sub(1)?))
            .is_some_and(|entry| *entry == base.entry);
        is_direct && !(column.has_default || column.identity)
    }

    fn is_generated(&self, table: Oid, column: &Column) -> bool {
        self.schema.table(table).is_none_or(|table| self.schema.is_generated(table, column))
    }

    /// The columns of the target that are in every unique index by which the conflict can be found. In these the existing row
    /// has the values of the new row.
    fn arbiter_columns(&self, level: LevelId, conflict: &OnConflict) -> BTreeSet<i32> {
        let Some(table) = self.conflict_table(level) else { return BTreeSet::new() };
        let Some(found) = self.schema.table(table) else { return BTreeSet::new() };
        let is_exact = |number: &i32| {
            found
                .column(*number)
                .is_some_and(|column| self.schema.equals_exactly(column.type_oid, column.collation))
        };
        if conflict.constraint != 0 || conflict.arbiter.is_empty() {
            // The index is not known (ON CONSTRAINT), or can be any (no target): the columns that all of them have.
            let keys = found.unique.iter().map(|key| key.columns.iter().copied().collect::<BTreeSet<_>>());
            return keys
                .reduce(|all, key| &all & &key)
                .unwrap_or_default()
                .into_iter()
                .filter(is_exact)
                .collect();
        }
        // In the schema 0 stands for an indexed expression.
        let columns: BTreeSet<i32> = conflict
            .arbiter
            .iter()
            .map(|expr| if let Expr::Var(var) = expr { var.attribute } else { 0 })
            .collect();
        // An index can be unique by another operator class than the type's default one. Then `holds` is false.
        let all_hold = found
            .unique
            .iter()
            .filter(|key| key.columns.iter().copied().collect::<BTreeSet<_>>() == columns)
            .all(|key| key.holds);
        let is_column = |number: &i32| *number > 0;
        if all_hold {
            columns.into_iter().filter(is_column).filter(is_exact).collect()
        } else {
            BTreeSet::new()
        }
    }

    fn conflict_table(&self, level: LevelId) -> Option<Oid> {
        let index = self.levels[level].query.result_relation?;
        self.entries[*self.levels[level].entries.get(index.checked_sub(1)?)?].table
    }

    /// Whether every unique index by which the conflict can be found contains only rows that are not deleted.
    fn arbiter_is_live(&self, level: LevelId, conflict: &OnConflict) -> bool {
        let Some(found) = self.conflict_table(level).and_then(|table| self.schema.table(table)) else {
            return false;
        };
        let mark = self.policy.soft_delete_column(found).and_then(|soft| found.column(soft));
        let Some(mark) = mark else { return false };
        let columns: BTreeSet<i32> = conflict
            .arbiter
            .iter()
            .map(|expr| if let Expr::Var(var) = expr { var.attribute } else { 0 })
            .collect();
        let mut fitting = found
            .unique
            .iter()
            .filter(|key| {
                conflict.constraint != 0 || key.columns.iter().copied().collect::<BTreeSet<_>>() == columns
            })
            .peekable();
        fitting.peek().is_some()
            && fitting.all(|key| {
                key.predicate.as_ref().is_some_and(|predicate| implies_live(self.schema, predicate, mark))
            })
    }
}

impl<'a> Walk<'_, 'a> {
    /// Records a write of these targets to the table.
    fn row_write(
        &mut self,
        level: LevelId,
        base: &Base,
        targets: &'a [Target],
        insert: bool,
        overriding: bool,
        context: &Rc<Context>,
    ) {
        let mut columns = Vec::new();
        for target in targets.iter().filter(|target| !target.junk) {
            let Some(column) =
                target.number.checked_sub(1).and_then(|position| *base.columns.get(position)?)
            else {
                self.unknown("a column is written through a view that computes it", target.expr.location());
                continue;
            };
            let found = self.arena.schema.column(base.table, column);
            if !found.is_some_and(|found| is_overridden(overriding, found)) {
                columns.push((column, self.arena.values(level, &target.expr)));
            }
        }
        let generated = self.generated(base.table, &columns, insert);
        // A partition can compute a column that the whole table does not.
        columns.retain(|(column, _)| !generated.iter().any(|(found, _)| found == column));
        columns.extend(generated);
        self.events.writes.push(RowWrite {
            table: base.table,
            row: base.entry,
            insert,
            columns,
            context: Rc::clone(context),
        });
    }

    /// The generated columns that are computed from the written ones. They get an unknown value. A partition can compute a
    /// column from others than the whole table does.
    fn generated(&self, table: Oid, columns: &[(i32, Vec<Value>)], insert: bool) -> Vec<(i32, Vec<Value>)> {
        let schema = self.arena.schema;
        let Some(whole) = schema.table(table) else { return Vec::new() };
        let at = columns.iter().flat_map(|(_, values)| values).find_map(|value| value.at);
        let mut changed = BTreeSet::new();
        for holder in schema.holders(whole) {
            let own = |number: i32| Some(whole.column_named(&holder.column(number)?.name)?.number);
            for column in &holder.columns {
                let Some(expr) = &column.generated else { continue };
                let computes_alike = |other: &Table| {
                    let other = other.column_named(&column.name).and_then(|column| column.generated.as_ref());
                    other.is_some_and(|other| same(schema, expr, other))
                };
                // An UPDATE can move the row to another partition.
                let mut with_rows = schema.holders(whole).filter(|holder| holder.kind != 'p');
                let mut changes = insert || !with_rows.all(computes_alike);
                tree::each_expr(expr, &mut |expr| {
                    if let Expr::Var(var) = expr {
                        let read = own(var.attribute);
                        changes |= columns.iter().any(|(column, _)| Some(*column) == read);
                    }
                });
                changed.extend(own(column.number).filter(|_| changes));
            }
        }
        let unknown = || vec![Value { term: None, choice: Vec::new(), null: false, default: false, at }];
        changed.into_iter().map(|column| (column, unknown())).collect()
    }

    fn returning(&mut self, level: LevelId, query: &'a Query, context: &Rc<Context>) {
        let returned = self.arena.levels[level].returned.clone();
        let context = &self.arena.with_facts(context, &returned);
        self.arena.levels[level].returning = true;
        for target in &query.returning {
            self.expr(level, &target.expr, context);
        }
        self.arena.levels[level].returning = false;
    }

    /// The table that a statement writes to. If it is not understood, this is recorded.
    fn target(&mut self, level: LevelId) -> Option<Base> {
        let base = self.arena.base(level);
        if base.is_none() {
            self.unknown("the target of this statement is not supported", None);
        }
        base
    }

    pub(super) fn write_update_or_delete(&mut self, level: LevelId, query: &'a Query, context: &Rc<Context>) {
        let Some(base) = self.target(level) else { return };
        for target in &query.targets {
            self.expr(level, &target.expr, context);
        }
        if query.command == Command::Delete {
            self.events.deletes.push((base.table, base.entry));
        } else {
            self.row_write(level, &base, &query.targets, false, false, context);
        }
        self.returning(level, query, context);
    }

    pub(super) fn insert(&mut self, level: LevelId, query: &'a Query) {
        let Some(base) = self.target(level) else { return };
        let through_view = query
            .result_relation
            .and_then(|index| query.range(index))
            .is_some_and(|range| !matches!(range.kind, RangeKind::Relation { relkind: 'r' | 'p', .. }));
        for table in self.target_relations(level) {
            let Some(found) = self.arena.schema.table(table) else { continue };
            if found.has_rules || found.triggers.iter().any(|trigger| trigger.is_instead()) {
                self.unknown(
                    format!("`{}` has rules or INSTEAD OF triggers, which are not analysed", found.name),
                    None,
                );
            }
        }
        let context = self.arena.context(&self.arena.levels[level].facts);
        self.from(level, &query.from, &context, Access::Read);
        for target in &query.targets {
            self.expr(level, &target.expr, &context);
        }
        self.row_write(level, &base, &query.targets, true, query.overriding_user, &context);
        if let Some(conflict) = &query.on_conflict {
            if through_view {
                self.unknown("ON CONFLICT through a view is not supported", None);
            }
            self.on_conflict(level, query, &base, conflict, &context);
        }
        self.returning(level, query, &context);
    }

    /// The views and the table that an INSERT writes through.
    fn target_relations(&self, level: LevelId) -> Vec<Oid> {
        let mut found = Vec::new();
        let (mut level, mut index) = (level, self.arena.levels[level].query.result_relation);
        while let Some(at) = index {
            let Some(range) = self.arena.levels[level].query.range(at) else { break };
            if let RangeKind::Relation { table, .. } = &range.kind {
                found.push(*table);
            }
            let entry = self.arena.levels[level].entries[at - 1];
            let Some(nested) = self.arena.entries[entry].nested else { break };
            level = nested;
            index = match self.arena.levels[level].query.from.items.as_slice() {
                [FromItem::Range(index)] => Some(*index),
                _ => None,
            };
        }
        found
    }

    /// ON CONFLICT. The existing row that DO UPDATE changes is an occurrence.
    fn on_conflict(
        &mut self,
        level: LevelId,
        query: &'a Query,
        base: &Base,
        conflict: &'a OnConflict,
        context: &Rc<Context>,
    ) {
        let nothing = Rc::default();
        for expr in conflict.arbiter.iter().chain(&conflict.arbiter_where) {
            self.expr(level, expr, &nothing);
        }
        let columns = self.arena.arbiter_columns(level, conflict);
        self.events.arbiters.push(Arbiter { table: base.table, row: base.entry, columns: columns.clone() });
        if !conflict.update {
            return;
        }
        let mut facts = Facts::default();
        let excluded = conflict
            .excluded
            .checked_sub(1)
            .and_then(|index| self.arena.levels[level].entries.get(index))
            .copied();
        for target in query.targets.iter().filter(|target| !target.junk) {
            let (Some(excluded), Ok(number)) = (excluded, i32::try_from(target.number)) else { continue };
            let proposed = self.arena.column(excluded, number);
            let column = self.arena.schema.column(base.table, number);
            let is_kept = column.is_some_and(|column| !is_overridden(query.overriding_user, column));
            if let Some(value) = self.arena.term(level, &target.expr).filter(|_| is_kept) {
                facts.push(Fact::Same(proposed, value), None);
            }
            if columns.contains(&number) {
                let met = self.arena.column(base.entry, number);
                facts.push(Fact::Same(met, proposed), None);
            }
        }
        if self.arena.arbiter_is_live(level, conflict)
            && let Some(table) = self.arena.schema.table(base.table)
            && let Some(mark) =
                self.arena.policy.soft_delete_column(table).and_then(|soft| table.column(soft))
        {
            let met = self.arena.column(base.entry, mark.number);
            let at = conflict.arbiter_where.as_ref().and_then(Expr::location);
            facts.extend(&self.arena.live_facts(met, mark, at));
        }
        if let Some(filter) = &conflict.filter {
            let filter = self.arena.holds(level, filter);
            facts.extend(&filter);
        }
        let met = self.arena.with_facts(context, &facts);
        self.events.occurrences.push(Occurrence {
            entry: base.entry,
            table: base.table,
            access: Access::Write,
            context: Rc::clone(&met),
            join: None,
        });
        for target in &conflict.set {
            self.expr(level, &target.expr, &met);
        }
        if let Some(filter) = &conflict.filter {
            self.condition(level, filter, &met);
        }
        self.row_write(level, base, &conflict.set, false, false, &met);
    }

    pub(super) fn merge(&mut self, level: LevelId, query: &'a Query) {
        let Some(base) = self.target(level) else { return };
        let Some(target) = query.result_relation else { return };
        if self.arena.entries[self.arena.levels[level].entries[target - 1]].table.is_none() {
            self.unknown("MERGE through a view is not supported", None);
        }
        let has = |matched: MergeMatch| query.merge_actions.iter().any(|action| action.matched == matched);
        let (unmatched, orphaned) =
            (has(MergeMatch::NotMatchedByTarget), has(MergeMatch::NotMatchedBySource));
        let on = self.arena.quals_facts(level, query.from.quals.as_ref());
        let mut sources: Vec<&'a FromItem> = Vec::new();
        let mut source = Facts::default();
        for (item, facts) in query.from.items.iter().zip(&self.arena.levels[level].items) {
            if !matches!(item, FromItem::Range(index) if *index == target) {
                sources.push(item);
                source.extend(facts);
            }
        }
        let tested = self.tested_by_actions(level, query, &on);
        let source_only = self.arena.context(&source);
        let matched_context = self.arena.with_facts(&source_only, &on);
        // With an action for rows without a match, such source or target rows have influence even if ON is false for them.
        let seen = if unmatched { &source_only } else { &matched_context };
        let source_context = self.arena.with_facts(seen, &tested);
        let target_context = if orphaned {
            let met = self.met_or_tested(level, query, &source.and(&on));
            self.arena.context(&met)
        } else {
            Rc::clone(&matched_context)
        };
        for item in sources {
            self.merge_source(level, item, &source_context);
        }
        self.entry(level, target, &target_context, Access::Write);
        if let Some(quals) = &query.from.quals {
            self.condition(level, quals, &matched_context);
        }
        for action in &query.merge_actions {
            let place = match action.matched {
                MergeMatch::Matched => &matched_context,
                MergeMatch::NotMatchedByTarget => &source_only,
                MergeMatch::NotMatchedBySource => &Rc::default(),
            };
            self.merge_action(level, &base, action, place);
        }
        self.returning(level, query, &Rc::default());
    }

    fn merge_source(&mut self, level: LevelId, item: &'a FromItem, context: &Rc<Context>) {
        let from = std::slice::from_ref(item);
        for item in from {
            self.item(level, item, context, Access::Read);
        }
    }

    /// What holds for a source row with which some action does anything. Other source rows have no influence.
    fn tested_by_actions(&mut self, level: LevelId, query: &'a Query, on: &Facts) -> Facts {
        let mut all: Option<Facts> = None;
        for action in query.merge_actions.iter().filter(|action| action.command != Command::Nothing) {
            let mut facts = self.arena.quals_facts(level, action.condition.as_ref());
            match action.matched {
                MergeMatch::Matched => facts.extend(on),
                MergeMatch::NotMatchedByTarget => {}
                // Whether a target row has no match depends on all source rows.
                MergeMatch::NotMatchedBySource => return Facts::default(),
            }
            all = Some(match all {
                Some(all) => all.or(&facts),
                None => facts,
            });
        }
        all.unwrap_or_default()
    }

    /// What holds for each target row that has influence if there are actions for target rows without a match: it has a match,
    /// or meets the condition of such an action. Other rows are not changed.
    fn met_or_tested(&mut self, level: LevelId, query: &'a Query, matched: &Facts) -> Facts {
        let is_orphans = |action: &&MergeAction| {
            action.matched == MergeMatch::NotMatchedBySource && action.command != Command::Nothing
        };
        let mut met = matched.clone();
        for action in query.merge_actions.iter().filter(is_orphans) {
            met = met.or(&self.arena.quals_facts(level, action.condition.as_ref()));
        }
        met
    }

    fn merge_action(&mut self, level: LevelId, base: &Base, action: &'a MergeAction, place: &Rc<Context>) {
        if let Some(condition) = &action.condition {
            self.condition(level, condition, place);
        }
        let condition = self.arena.quals_facts(level, action.condition.as_ref());
        let context = self.arena.with_facts(place, &condition);
        for target in &action.targets {
            self.expr(level, &target.expr, &context);
        }
        match action.command {
            Command::Insert => {
                self.row_write(level, base, &action.targets, true, action.overriding_user, &context);
            }
            Command::Update => self.row_write(level, base, &action.targets, false, false, &context),
            Command::Delete => self.events.deletes.push((base.table, base.entry)),
            Command::Nothing => {}
            Command::Select | Command::Merge | Command::Utility => {
                self.unknown("an action of MERGE is not supported", None);
            }
        }
    }
}

/// Whether OVERRIDING USER VALUE replaces the value for a column by the next number of its sequence.
fn is_overridden(overriding: bool, column: &Column) -> bool {
    overriding && column.identity
}

fn assigns(target: &Target, number: i32) -> bool {
    !target.junk && i32::try_from(target.number) == Ok(number)
}
