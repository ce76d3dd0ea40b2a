//! The search for the reason why the rows of an entry are in scope: by their owner column, by foreign keys to rows that are,
//! or because the policy lets them be read.
//!
//! It is a depth-first search from the entry along foreign keys of the policy (`via`) and to other entries with the same row.
//! Entries and steps that failed are remembered for the whole statement, for each scope, access and context. Without this,
//! chains of joins would take exponential time.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::case::{Case, Reason};
use super::closure::NodeId;
use super::context::Context;
use super::events::Access;
use super::facts::{ConditionId, Facts};
use super::policy::{Rows, ScopePolicy, Via};
use super::terms::{EntryId, TermId};
use crate::tree::{Command, Oid, Target};

/// What all searches in one statement share.
#[derive(Default)]
pub(super) struct SearchCache {
    dead_ends: FxHashMap<SearchKey, DeadEnds>,
    /// The contexts in the alternatives of a condition, by the context that they extend.
    alternatives: FxHashMap<(*const Context, ConditionId), Vec<Rc<Context>>>,
    /// Contexts that were made for a search. They are kept alive because their addresses are keys.
    kept_alive: Vec<Rc<Context>>,
}

/// What the result of a search from an entry depends on: the scope, whether rows are only read, and the context.
type SearchKey = (*const ScopePolicy, bool, *const Context);

/// What has failed before.
#[derive(Default)]
struct DeadEnds {
    /// The entries that are not in scope.
    entries: BTreeSet<EntryId>,
    /// The steps that led to no entry in scope.
    steps: FxHashSet<StepFrom>,
}

/// A step from one entry to others.
#[derive(PartialEq, Eq, Hash)]
enum Step {
    /// By a foreign key.
    Via(*const Via),
    /// To another entry of that table with the same row.
    SameRow(Oid),
}

/// A step, and the class of the key that it follows. It leads from every entry with this key value to the same rows.
type StepFrom = (Step, NodeId);

impl<'a> Case<'_, 'a> {
    /// The reason why the rows of an entry are in scope, if there is one. The context must live as long as the statement is
    /// judged, since failures are remembered under its address.
    pub(super) fn in_scope(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        access: Access,
        context: &Context,
    ) -> Option<Reason> {
        Search { case: self, scope, access, context, visited: BTreeSet::new() }.run(entry, &BTreeSet::new())
    }

    /// The columns of an entry that the statement uses although `rows` does not allow it; 0 is the whole row.
    pub(super) fn columns_beyond(&self, entry: EntryId, rows: &Rows) -> Vec<i32> {
        let Some(columns) = &rows.columns else { return Vec::new() };
        let table = self.arena.entries[entry].table.and_then(|table| self.table(table));
        let soft = table.and_then(|table| self.arena.policy.soft_delete_column(table));
        let guarded = rows.guard.iter().flat_map(|guard| guard.columns.iter().copied());
        let allowed: BTreeSet<i32> = columns.iter().copied().chain(guarded).chain(soft).collect();
        let used = self.arena.used.get(&entry).into_iter().flatten();
        // System columns have negative numbers; the rule `opaque` rejects those that reveal anything.
        used.copied().filter(|number| *number >= 0 && !allowed.contains(number)).collect()
    }

    /// A context with further facts, which is kept alive.
    pub(super) fn with_facts(&mut self, context: &Rc<Context>, facts: &Facts) -> Rc<Context> {
        let made = self.arena.with_facts(context, facts);
        self.search_cache.kept_alive.push(Rc::clone(&made));
        made
    }

    /// Whether the row at the other end of a foreign key had its key and met the guard before the statement. Otherwise the statement
    /// could bring rows into scope by writing it.
    pub(super) fn link_is_unchanged(&self, via: &Via, other: EntryId) -> bool {
        let far = via.pairs.iter().map(|(_, far)| *far);
        let guarded = via.guard.iter().flat_map(|guard| guard.columns.iter().copied());
        self.is_unchanged(other, &far.chain(guarded).collect(), via.refers)
    }

    /// Whether the values of an entry in these columns are from before the statement. In a volatile function they need not be, since
    /// it sees what the statement has written so far. With `allow_new` a new row is accepted as well: no older row refers to
    /// it, so it brings none into scope.
    fn is_unchanged(&self, entry: EntryId, decisive: &BTreeSet<i32>, allow_new: bool) -> bool {
        let Some(table) = self.arena.entries[entry].table else { return true };
        if self.is_written(table) && self.sees_own_writes(entry) {
            return false;
        }
        let level = &self.arena.levels[self.arena.entries[entry].level];
        if level.result != entry {
            return true;
        }
        let schema = self.arena.schema;
        let is_computed = |number: &i32| {
            let found = schema.table(table).zip(schema.column(table, *number));
            found.is_none_or(|(table, column)| schema.is_generated(table, column))
        };
        let changes = |targets: &[Target]| {
            let assigned = targets.iter().filter(|target| !target.junk);
            let mut numbers = assigned.map(|target| i32::try_from(target.number));
            !targets.is_empty() && decisive.iter().any(is_computed)
                || numbers.any(|number| number.is_ok_and(|number| decisive.contains(&number)))
        };
        match level.query.command {
            Command::Select | Command::Delete => true,
            Command::Insert => {
                let conflict = level.query.on_conflict.as_ref();
                allow_new && !conflict.is_some_and(|conflict| changes(&conflict.set))
            }
            Command::Update => !changes(&level.query.targets),
            Command::Merge | Command::Utility | Command::Nothing => false,
        }
    }
}

/// One search.
struct Search<'s, 'c, 'a> {
    case: &'s mut Case<'c, 'a>,
    scope: &'a ScopePolicy,
    access: Access,
    context: &'s Context,
    /// The entries that this search has visited. They are not visited again: a cycle proves nothing, and what failed once fails
    /// by any other path.
    visited: BTreeSet<EntryId>,
}

impl<'c, 'a> Search<'_, 'c, 'a> {
    /// The same search with another context.
    fn within<'w>(&'w mut self, context: &'w Context) -> Search<'w, 'c, 'a> {
        Search { case: self.case, scope: self.scope, access: self.access, context, visited: BTreeSet::new() }
    }

    /// Searches from an entry. If that fails, searches in each alternative of a condition that is known, which is a proof by
    /// cases. `split` are the conditions that are not to be split (again): combinations are tried in one order only, and if
    /// there are many conditions, each is split by itself.
    fn run(mut self, entry: EntryId, split: &BTreeSet<ConditionId>) -> Option<Reason> {
        const MOST_TOGETHER: usize = 6;
        let found = self.reaches(entry);
        if found.is_some() {
            return found;
        }
        self.remember_failure();
        let conditions = self.alternatives(entry);
        let mut done = split.clone();
        if conditions.len() > MOST_TOGETHER {
            done.extend(&conditions);
        }
        for condition in conditions.difference(split).copied() {
            done.insert(condition);
            // Each row meets at least one alternative, so it is in scope if it is in scope in each of them.
            let each = self.each_alternative(condition);
            let each = each.iter().map(|inner| self.within(inner).run(entry, &done));
            if let Some(reasons) = each.collect::<Option<Vec<_>>>() {
                let at = reasons.iter().find_map(|reason| reason.at);
                let mut because: Vec<String> = reasons.into_iter().map(|reason| reason.because).collect();
                because.dedup();
                return Some(Reason { because: because.join(", or "), at });
            }
        }
        None
    }

    /// Searches from an entry, or from another one with the same row.
    fn reaches(&mut self, entry: EntryId) -> Option<Reason> {
        self.reaches_by_itself(entry).or_else(|| self.by_same_row(entry))
    }

    fn reaches_by_itself(&mut self, entry: EntryId) -> Option<Reason> {
        let (scope, table) = (self.scope, self.table(entry)?);
        if let Some(number) = scope.owners.get(&table)
            && let Some(owner) = self.case.column(entry, *number)
            && self.case.is_own(&self.context.closure, scope, owner)
        {
            return Some(self.case.equality(self.context, entry, owner, self.case.scope_param(scope)?));
        }
        let owned = scope.owners.contains_key(&table);
        let is_first = self.visited.is_empty();
        self.visited.insert(entry);
        // A row that is written or locked must have its own owner column checked. The rows that it refers to need not.
        if !(owned && self.access != Access::Read && is_first) {
            let mut vias = scope.via.get(&table).into_iter().flatten();
            if let Some(reason) = vias.find_map(|via| self.by_via(entry, via)) {
                return Some(reason);
            }
        }
        let rows = scope.rows.get(&table).filter(|_| self.access == Access::Read)?;
        self.by_rows(entry, rows)
    }

    /// In scope by a foreign key: joined to an entry that is itself in scope.
    fn by_via(&mut self, entry: EntryId, via: &'a Via) -> Option<Reason> {
        let (near, far) = via.pairs.first()?;
        let near = self.case.column(entry, *near)?;
        // This step has failed before, from an entry with the same value.
        if self.is_dead_end(self.via_step(entry, via)) {
            return None;
        }
        let others = self.case.candidates(self.context, near, via.table);
        let (other, reason) = self.by_one_of(others, Self::reaches, |search, other| {
            search.leads_to(entry, via, other)
                && search.case.link_is_unchanged(via, other)
                && via.guard.as_ref().is_none_or(|guard| search.case.follows(guard, other, search.context))
        })?;
        let link = self.case.equality(self.context, entry, near, self.case.column(other, *far)?);
        let name = self.case.name(other);
        Some(Reason {
            because: format!("{}, {name}: {}", link.because, reason.because),
            at: link.at.or(reason.at),
        })
    }

    /// In scope because another entry with the same row is.
    fn by_same_row(&mut self, entry: EntryId) -> Option<Reason> {
        // If only some columns may be used, this is checked for each entry by itself.
        if self.scope.rows.get(&self.table(entry)?).is_some_and(|rows| rows.columns.is_some()) {
            return None;
        }
        if self.is_dead_end(self.same_row_step(entry)) {
            return None;
        }
        let others = self.case.same_row_candidates(entry, self.context);
        let (other, reason) = self.by_one_of(others, Self::reaches_by_itself, |search, other| {
            search.case.are_same_row(entry, other, search.context)
        })?;
        let because = format!("the same row as {}: {}", self.case.name(other), reason.because);
        Some(Reason { because, at: reason.at })
    }

    /// Continues from those of the other entries that the step leads to, until one is in scope.
    fn by_one_of(
        &mut self,
        others: Vec<EntryId>,
        go_on: impl Fn(&mut Self, EntryId) -> Option<Reason>,
        applies: impl Fn(&mut Self, EntryId) -> bool,
    ) -> Option<(EntryId, Reason)> {
        others.into_iter().find_map(|other| {
            self.case.arena.count(1);
            let is_open = !self.visited.contains(&other)
                && !self.has_failed(|dead_ends| dead_ends.entries.contains(&other))
                && applies(self, other);
            is_open.then(|| go_on(self, other))?.map(|reason| (other, reason))
        })
    }

    /// Whether for each row of `entry` the row of `other` is the one that the key leads to: the columns are equal and not NULL.
    fn leads_to(&self, entry: EntryId, via: &Via, other: EntryId) -> bool {
        let is_set = |entry, number| {
            let column = self.table(entry).and_then(|table| self.case.arena.schema.column(table, number));
            column.is_some_and(|column| column.not_null)
        };
        let is_given = |near, own, far| {
            self.context.closure.is_not_null(near)
                || is_set(entry, own)
                || (is_set(other, far) && self.case.arena.is_present(self.context, other))
        };
        let is_there = |(own, far): &(i32, i32)| {
            self.case.column(entry, *own).is_some_and(|near| is_given(near, *own, *far))
        };
        self.is_joined(entry, via, other) && via.pairs.iter().all(is_there)
    }

    /// Whether the columns of a foreign key are equal in two entries, or both NULL.
    fn is_joined(&self, entry: EntryId, via: &Via, other: EntryId) -> bool {
        via.pairs.iter().all(|(near, far)| {
            let (near, far) = (self.case.column(entry, *near), self.case.column(other, *far));
            near.zip(far).is_some_and(|(near, far)| self.context.closure.same(near, far))
        })
    }

    /// In scope because the policy lets the row be read, and only permitted columns are used.
    fn by_rows(&mut self, entry: EntryId, rows: &'a Rows) -> Option<Reason> {
        if let Some(guard) = &rows.guard
            && !(self.case.is_unchanged(entry, &guard.columns, true)
                && self.case.follows(guard, entry, self.context))
        {
            return None;
        }
        if !self.case.columns_beyond(entry, rows).is_empty() {
            return None;
        }
        let because = match &rows.guard {
            Some(guard) => format!("readable where {}", guard.text),
            None => "readable in this scope, in these columns".to_owned(),
        };
        Some(Reason { because, at: None })
    }

    /// The step by a foreign key from an entry, if its result depends on the value of one column only.
    fn via_step(&self, entry: EntryId, via: &'a Via) -> Option<StepFrom> {
        let [(own, _)] = via.pairs.as_slice() else { return None };
        let value = self.context.closure.root(self.case.column(entry, *own)?)?;
        Some((Step::Via(std::ptr::from_ref(via)), value))
    }

    /// The step to entries with the same row, if its result depends on the value of one column only.
    fn same_row_step(&self, entry: EntryId) -> Option<StepFrom> {
        let value = self.case.same_row_key(entry, self.context)?;
        Some((Step::SameRow(self.table(entry)?), value))
    }

    fn is_dead_end(&self, step: Option<StepFrom>) -> bool {
        step.is_some_and(|step| self.has_failed(|dead_ends| dead_ends.steps.contains(&step)))
    }

    fn key(&self) -> SearchKey {
        (std::ptr::from_ref(self.scope), self.access == Access::Read, std::ptr::from_ref(self.context))
    }

    /// Whether something has failed before.
    fn has_failed(&self, is_it: impl Fn(&DeadEnds) -> bool) -> bool {
        self.case.search_cache.dead_ends.get(&self.key()).is_some_and(is_it)
    }

    /// Remembers that the search has failed for all entries that it has visited.
    fn remember_failure(&mut self) {
        let mut steps = Vec::new();
        for entry in &self.visited {
            let vias = self.table(*entry).and_then(|table| self.scope.via.get(&table)).into_iter().flatten();
            steps.extend(vias.filter_map(|via| self.via_step(*entry, via)));
            steps.extend(self.same_row_step(*entry));
        }
        let dead_ends = self.case.search_cache.dead_ends.entry(self.key()).or_default();
        dead_ends.steps.extend(steps);
        dead_ends.entries.append(&mut self.visited);
    }

    /// The known conditions with alternatives that are about an entry, about entries that foreign keys lead to from it, or about
    /// terms that equal a column of these.
    fn alternatives(&self, entry: EntryId) -> BTreeSet<ConditionId> {
        let (context, arena) = (self.context, &self.case.arena);
        let known = arena.alternatives.keys().copied().filter(|condition| context.closure.holds(*condition));
        let known: BTreeSet<ConditionId> = known.collect();
        if known.is_empty() {
            return known;
        }
        let mut entries = vec![entry];
        let mut next = 0;
        while let Some(entry) = entries.get(next).copied() {
            next += 1;
            for via in self.table(entry).and_then(|table| self.scope.via.get(&table)).into_iter().flatten() {
                let own = via.pairs.first().and_then(|(own, _)| self.case.column(entry, *own));
                let candidates = |own: TermId| self.case.candidates(context, own, via.table);
                for other in own.map(candidates).unwrap_or_default() {
                    arena.count(1);
                    if !entries.contains(&other) && self.is_joined(entry, via, other) {
                        entries.push(other);
                    }
                }
            }
        }
        let columns = entries.iter().flat_map(|entry| context.columns_of(*entry));
        let terms = columns.flat_map(|column| context.closure.class(column));
        let conditions = terms.filter_map(|term| arena.conditions_about.get(&term)).flatten().copied();
        conditions.filter(|condition| known.contains(condition)).collect()
    }

    /// The context in each alternative of a condition.
    fn each_alternative(&mut self, condition: ConditionId) -> Vec<Rc<Context>> {
        let key = (std::ptr::from_ref(self.context), condition);
        if let Some(found) = self.case.search_cache.alternatives.get(&key) {
            return found.clone();
        }
        let each = self.case.arena.alternatives[&condition].iter().map(|facts| {
            let mut inner = self.context.clone();
            self.case.arena.assume(&mut inner, facts);
            Rc::new(inner)
        });
        let each: Vec<_> = each.collect();
        self.case.search_cache.alternatives.insert(key, each.clone());
        each
    }

    fn table(&self, entry: EntryId) -> Option<Oid> {
        self.case.arena.entries[entry].table
    }
}
