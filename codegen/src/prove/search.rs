//! The search for why rows are in scope: by their owner column, or by foreign keys to rows that are.

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

/// What searches have found.
#[derive(Default)]
pub(super) struct Searched {
    in_vain: FxHashMap<Kind, InVain>,
    /// What is known in each of the alternatives of a condition, by the context that they add to.
    alternatives: FxHashMap<(*const Context, ConditionId), Vec<Rc<Context>>>,
    /// Contexts that were made for a search, whose addresses the others know.
    made: Vec<Rc<Context>>,
}

/// What searches have in common that get equally far: the scope, whether rows are read, and what is known.
type Kind = (*const ScopePolicy, bool, *const Context);

/// What led nowhere.
#[derive(Default)]
struct InVain {
    /// Entries from which none of all ways leads on.
    entries: BTreeSet<EntryId>,
    /// Steps, each with the class of the value by which it was taken.
    passages: FxHashSet<Passage>,
}

/// A step from one entry to others.
#[derive(PartialEq, Eq, Hash)]
enum Step {
    /// By a foreign key.
    Way(*const Way),
    /// To the same row of that table.
    Twin(Oid),
}

type Passage = (Step, NodeId);

impl<'a> Case<'_, 'a> {
    /// Why the rows of an occurrence are in scope, or `None`. The context is one that stays: what was found is noted
    /// under its address.
    pub(super) fn in_scope(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        access: Access,
        context: &Context,
    ) -> Option<Reason> {
        Search { case: self, scope, access, context, met: BTreeSet::new() }.run(entry, &BTreeSet::new())
    }

    /// The columns of an entry that are used, beyond those that may be read; 0 is the whole row.
    pub(super) fn columns_beyond(&self, entry: EntryId, rows: &Rows) -> Vec<i32> {
        let Some(columns) = &rows.columns else { return Vec::new() };
        let table = self.arena.entries[entry].table.and_then(|table| self.table(table));
        let soft = table.and_then(|table| self.arena.policy.soft_delete_column(table));
        let guarded = rows.guard.iter().flat_map(|guard| guard.columns.iter().copied());
        let allowed: BTreeSet<i32> = columns.iter().copied().chain(guarded).chain(soft).collect();
        let used = self.arena.used.get(&entry).into_iter().flatten();
        // A system column that matters is opaque.
        used.copied().filter(|number| *number >= 0 && !allowed.contains(number)).collect()
    }

    /// The context in which these facts hold as well; it stays.
    pub(super) fn further(&mut self, context: &Rc<Context>, facts: &Facts) -> Rc<Context> {
        let made = self.arena.further(context, facts);
        self.searched.made.push(Rc::clone(&made));
        made
    }

    /// Whether a row led that way before the statement wrote it: what it reads was in scope then, or never.
    pub(super) fn leads_as_found(&self, way: &Way, other: EntryId) -> bool {
        let far = way.pairs.iter().map(|(_, far)| *far);
        let guarded = way.guard.iter().flat_map(|guard| guard.columns.iter().copied());
        self.is_as_found(other, &far.chain(guarded).collect(), way.refers)
    }

    /// Whether an entry has what it has in these columns from before the statement. A function can see what the statement
    /// has written so far. A new row will do where it matters only to those that refer to it: there are none.
    fn is_as_found(&self, entry: EntryId, decisive: &BTreeSet<i32>, new_will_do: bool) -> bool {
        let Some(table) = self.arena.entries[entry].table else { return true };
        if self.is_written(table) && self.is_in_function(entry) {
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
    /// The entries that were looked at on the way here: they prove nothing about themselves, and what they did not lead
    /// to they do not lead to on another way either.
    met: BTreeSet<EntryId>,
}

impl<'c, 'a> Search<'_, 'c, 'a> {
    /// The same search where more is known.
    fn within<'w>(&'w mut self, context: &'w Context) -> Search<'w, 'c, 'a> {
        Search { case: self.case, scope: self.scope, access: self.access, context, met: BTreeSet::new() }
    }

    /// Searches from an entry, and then in the alternatives that are known. `split` are the conditions in whose
    /// alternatives this search is, or which were looked at before those: in one order they are taken together, and where
    /// there are many each by itself.
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
            // Each row meets one of them, and if it is in scope whichever that is, it is in scope.
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

    /// From an entry, or from another one with the same rows.
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
        // Whose a row that is written is, its own column says; that of a row on the way to it may be said by others.
        if !(owned && self.access != Access::Read && is_first) {
            let mut ways = scope.via.get(&table).into_iter().flatten();
            if let Some(reason) = ways.find_map(|way| self.by_way(entry, way)) {
                return Some(reason);
            }
        }
        let rows = scope.rows.get(&table).filter(|_| self.access == Access::Read)?;
        self.by_rows(entry, rows)
    }

    /// Joined by a foreign key to an entry that is itself in scope.
    fn by_way(&mut self, entry: EntryId, way: &'a Way) -> Option<Reason> {
        let (near, far) = way.pairs.first()?;
        let near = self.case.column(entry, *near)?;
        // Another entry with the same value there has led nowhere by that way.
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

    /// In scope because another entry has the same row, and there it is.
    fn by_twin(&mut self, entry: EntryId) -> Option<Reason> {
        // Which columns may be used is a matter of each entry.
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

    /// Goes on from the others that are meant, until one is in scope.
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

    /// Whether an entry has, for each row of another one, that to which its key leads.
    fn leads_to(&self, entry: EntryId, way: &Way, other: EntryId) -> bool {
        let is_set = |entry, number| {
            let column = self.table(entry).and_then(|table| self.case.arena.schema.column(table, number));
            column.is_some_and(|column| column.not_null)
        };
        let is_given = |near, own, far| {
            self.context.closure.is_not_null(near)
                || is_set(entry, own)
                || (is_set(other, far) && !self.case.may_be_padded(other))
        };
        let is_there = |(own, far): &(i32, i32)| {
            self.case.column(entry, *own).is_some_and(|near| is_given(near, *own, *far))
        };
        self.is_joined(entry, way, other) && way.pairs.iter().all(is_there)
    }

    /// Whether a row has the values by which a way leads to another, or both have NULL there.
    fn is_joined(&self, entry: EntryId, way: &Way, other: EntryId) -> bool {
        way.pairs.iter().all(|(near, far)| {
            let (near, far) = (self.case.column(entry, *near), self.case.column(other, *far));
            near.zip(far).is_some_and(|(near, far)| self.context.closure.same(near, far))
        })
    }

    /// A row that may be read, in the columns that may be used.
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

    /// A way with the value by which it is taken. Where that is all that matters, other entries with that value get as far.
    fn by_way_from(&self, entry: EntryId, way: &'a Way) -> Option<Passage> {
        let [(own, _)] = way.pairs.as_slice() else { return None };
        let value = self.context.closure.root(self.case.column(entry, *own)?)?;
        Some((Step::Way(std::ptr::from_ref(way)), value))
    }

    /// The same for the step to another entry with the same row.
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

    /// Whether that was in vain before.
    fn has_failed(&self, is_it: impl Fn(&InVain) -> bool) -> bool {
        self.case.searched.in_vain.get(&self.kind()).is_some_and(is_it)
    }

    /// Notes that nothing of what was met leads anywhere.
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

    /// The conditions with alternatives that are about an entry, or one on a way from it, or about what equals a column
    /// of theirs.
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

    /// What is known in each of the alternatives.
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
