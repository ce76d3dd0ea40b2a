//! The search for the reason why the rows of an entry are in scope: by their owner column, by foreign keys to rows that are,
//! or because the policy lets them be read.
//!
//! It is a depth-first search from the entry through ways and twins. Entries and steps that led nowhere are remembered for
//! the whole statement, for each scope, access and context. Without this, chains of joins would take exponential time.

use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::case::{Case, Reason};
use super::closure::NodeId;
use super::context::Context;
use super::events::Access;
use super::facts::{ConditionId, Facts};
use super::policy::{Rows, ScopePolicy, Way};
use super::terms::{EntryId, TermId};
use crate::tree::{Command, Oid, Target};

/// What the searches in one statement remember.
#[derive(Default)]
pub(super) struct Searched {
    in_vain: FxHashMap<Kind, InVain>,
    /// The contexts in the alternatives of a condition, by the context that they extend.
    alternatives: FxHashMap<(*const Context, ConditionId), Vec<Rc<Context>>>,
    /// Contexts that were made for a search. They are kept alive because their addresses are keys.
    made: Vec<Rc<Context>>,
}

/// What the result of a search from an entry depends on: the scope, whether rows are only read, and the context.
type Kind = (*const ScopePolicy, bool, *const Context);

/// What has failed before.
#[derive(Default)]
struct InVain {
    /// The entries that are not in scope.
    entries: BTreeSet<EntryId>,
    /// The steps that led to no entry in scope.
    passages: FxHashSet<Passage>,
}

/// A step from one entry to others.
#[derive(PartialEq, Eq, Hash)]
enum Step {
    /// By a foreign key.
    Way(*const Way),
    /// To a twin, of that table.
    Twin(Oid),
}

/// A step, and the class of the key by which it is taken. Other entries with the same value get to the same rows by it.
type Passage = (Step, NodeId);

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
        Search { case: self, scope, access, context, met: BTreeSet::new() }.run(entry, &BTreeSet::new())
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
    pub(super) fn further(&mut self, context: &Rc<Context>, facts: &Facts) -> Rc<Context> {
        let made = self.arena.further(context, facts);
        self.searched.made.push(Rc::clone(&made));
        made
    }

    /// Whether the row at the other end of a way had its key and met the guard before the statement. Otherwise the statement
    /// could bring rows into scope by writing it.
    pub(super) fn leads_as_found(&self, way: &Way, other: EntryId) -> bool {
        let far = way.pairs.iter().map(|(_, far)| *far);
        let guarded = way.guard.iter().flat_map(|guard| guard.columns.iter().copied());
        self.is_as_found(other, &far.chain(guarded).collect(), way.refers)
    }

    /// Whether the values of an entry in these columns are from before the statement. In a volatile function they need not be, since
    /// it sees what the statement has written so far. With `new_will_do` a new row is accepted as well: no older row refers to
    /// it, so it brings none into scope.
    fn is_as_found(&self, entry: EntryId, decisive: &BTreeSet<i32>, new_will_do: bool) -> bool {
        let Some(table) = self.arena.entries[entry].table else { return true };
        if self.is_written(table) && self.is_read_anew(entry) {
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
                new_will_do && !conflict.is_some_and(|conflict| changes(&conflict.set))
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
    met: BTreeSet<EntryId>,
}

impl<'c, 'a> Search<'_, 'c, 'a> {
    /// The same search with another context.
    fn within<'w>(&'w mut self, context: &'w Context) -> Search<'w, 'c, 'a> {
        Search { case: self.case, scope: self.scope, access: self.access, context, met: BTreeSet::new() }
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
        self.give_up();
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

    /// Searches from an entry or one of its twins.
    fn reaches(&mut self, entry: EntryId) -> Option<Reason> {
        self.reaches_by_itself(entry).or_else(|| self.by_twin(entry))
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
        let is_first = self.met.is_empty();
        self.met.insert(entry);
        // A row that is written or locked must have its own owner column checked. For the rows that it refers to, other ways
        // are enough.
        if !(owned && self.access != Access::Read && is_first) {
            let mut ways = scope.via.get(&table).into_iter().flatten();
            if let Some(reason) = ways.find_map(|way| self.by_way(entry, way)) {
                return Some(reason);
            }
        }
        let rows = scope.rows.get(&table).filter(|_| self.access == Access::Read)?;
        self.by_rows(entry, rows)
    }

    /// In scope by a foreign key: joined to an entry that is itself in scope.
    fn by_way(&mut self, entry: EntryId, way: &'a Way) -> Option<Reason> {
        let (near, far) = way.pairs.first()?;
        let near = self.case.column(entry, *near)?;
        // This way has failed before from an entry with the same value.
        if self.is_dead_end(self.by_way_from(entry, way)) {
            return None;
        }
        let others = self.case.candidates(self.context, near, way.table);
        let (other, reason) = self.by_one_of(others, Self::reaches, |search, other| {
            search.leads_to(entry, way, other)
                && search.case.leads_as_found(way, other)
                && way.guard.as_ref().is_none_or(|guard| search.case.follows(guard, other, search.context))
        })?;
        let link = self.case.equality(self.context, entry, near, self.case.column(other, *far)?);
        let name = self.case.name(other);
        Some(Reason {
            because: format!("{}, {name}: {}", link.because, reason.because),
            at: link.at.or(reason.at),
        })
    }

    /// In scope because a twin is.
    fn by_twin(&mut self, entry: EntryId) -> Option<Reason> {
        // If only some columns may be used, this is checked for each entry by itself.
        if self.scope.rows.get(&self.table(entry)?).is_some_and(|rows| rows.columns.is_some()) {
            return None;
        }
        if self.is_dead_end(self.by_twin_from(entry)) {
            return None;
        }
        let others = self.case.possible_twins(entry, self.context);
        let (other, reason) = self.by_one_of(others, Self::reaches_by_itself, |search, other| {
            search.case.are_twins(entry, other, search.context)
        })?;
        let because = format!("the same row as {}: {}", self.case.name(other), reason.because);
        Some(Reason { because, at: reason.at })
    }

    /// Continues from those of the other entries that the step leads to, until one is in scope.
    fn by_one_of(
        &mut self,
        others: Vec<EntryId>,
        go_on: impl Fn(&mut Self, EntryId) -> Option<Reason>,
        is_meant: impl Fn(&mut Self, EntryId) -> bool,
    ) -> Option<(EntryId, Reason)> {
        others.into_iter().find_map(|other| {
            self.case.arena.count(1);
            let is_open = !self.met.contains(&other)
                && !self.has_failed(|in_vain| in_vain.entries.contains(&other))
                && is_meant(self, other);
            is_open.then(|| go_on(self, other))?.map(|reason| (other, reason))
        })
    }

    /// Whether for each row of `entry` the row of `other` is the one that the key leads to: the columns are equal and not NULL.
    fn leads_to(&self, entry: EntryId, way: &Way, other: EntryId) -> bool {
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
        self.is_joined(entry, way, other) && way.pairs.iter().all(is_there)
    }

    /// Whether the columns of a way are equal in two entries, or both NULL.
    fn is_joined(&self, entry: EntryId, way: &Way, other: EntryId) -> bool {
        way.pairs.iter().all(|(near, far)| {
            let (near, far) = (self.case.column(entry, *near), self.case.column(other, *far));
            near.zip(far).is_some_and(|(near, far)| self.context.closure.same(near, far))
        })
    }

    /// In scope because the policy lets the row be read, and only permitted columns are used.
    fn by_rows(&mut self, entry: EntryId, rows: &'a Rows) -> Option<Reason> {
        if let Some(guard) = &rows.guard
            && !(self.case.is_as_found(entry, &guard.columns, true)
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

    /// The step by a way from an entry, if its result depends on the value of one column only.
    fn by_way_from(&self, entry: EntryId, way: &'a Way) -> Option<Passage> {
        let [(own, _)] = way.pairs.as_slice() else { return None };
        let value = self.context.closure.root(self.case.column(entry, *own)?)?;
        Some((Step::Way(std::ptr::from_ref(way)), value))
    }

    /// The step from an entry to its twins, if its result depends on the value of one column only.
    fn by_twin_from(&self, entry: EntryId) -> Option<Passage> {
        let value = self.case.key_of_twins(entry, self.context)?;
        Some((Step::Twin(self.table(entry)?), value))
    }

    fn is_dead_end(&self, passage: Option<Passage>) -> bool {
        passage.is_some_and(|passage| self.has_failed(|in_vain| in_vain.passages.contains(&passage)))
    }

    fn kind(&self) -> Kind {
        (std::ptr::from_ref(self.scope), self.access == Access::Read, std::ptr::from_ref(self.context))
    }

    /// Whether something has failed before.
    fn has_failed(&self, is_it: impl Fn(&InVain) -> bool) -> bool {
        self.case.searched.in_vain.get(&self.kind()).is_some_and(is_it)
    }

    /// Remembers that the search has failed for all entries that it has visited.
    fn give_up(&mut self) {
        let mut passages = Vec::new();
        for entry in &self.met {
            let ways = self.table(*entry).and_then(|table| self.scope.via.get(&table)).into_iter().flatten();
            passages.extend(ways.filter_map(|way| self.by_way_from(*entry, way)));
            passages.extend(self.by_twin_from(*entry));
        }
        let in_vain = self.case.searched.in_vain.entry(self.kind()).or_default();
        in_vain.passages.extend(passages);
        in_vain.entries.append(&mut self.met);
    }

    /// The known conditions with alternatives that are about an entry, about entries that ways lead to from it, or about
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
            for way in self.table(entry).and_then(|table| self.scope.via.get(&table)).into_iter().flatten() {
                let own = way.pairs.first().and_then(|(own, _)| self.case.column(entry, *own));
                let candidates = |own: TermId| self.case.candidates(context, own, way.table);
                for other in own.map(candidates).unwrap_or_default() {
                    arena.count(1);
                    if !entries.contains(&other) && self.is_joined(entry, way, other) {
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
        if let Some(found) = self.case.searched.alternatives.get(&key) {
            return found.clone();
        }
        let each = self.case.arena.alternatives[&condition].iter().map(|facts| {
            let mut inner = self.context.clone();
            self.case.arena.assume(&mut inner, facts);
            Rc::new(inner)
        });
        let each: Vec<_> = each.collect();
        self.case.searched.alternatives.insert(key, each.clone());
        each
    }

    fn table(&self, entry: EntryId) -> Option<Oid> {
        self.case.arena.entries[entry].table
    }
}
