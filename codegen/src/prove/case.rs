//! One statement before its judges: what it does, what it claims, and how it is spoken of.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::arena::{Arena, Container, LevelId};
use super::closure::{Closure, NodeId};
use super::context::Context;
use super::events::{Access, Events, Occurrence};
use super::facts::{Atom, ConditionId, Fact, Facts};
use super::policy::{Guard, ScopePolicy, Way};
use super::terms::{EntryId, Term, TermId};
use crate::parse::QueryDecl;
use crate::schema::Table;
use crate::tree::{Location, Oid};

/// What a statement claims to be about.
pub(super) enum Claims<'a> {
    /// There is nothing to claim: the configuration has no scopes.
    Free,
    /// It says nothing.
    Nothing,
    /// `scope system`
    System,
    /// `scope creator, organization`
    Scopes(Vec<&'a ScopePolicy>),
}

/// Why something holds.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub(super) because: String,
    pub(super) at: Location,
}

/// What a rule says of one thing. There is no third answer.
pub(super) enum Verdict {
    /// It holds, for that reason.
    Holds(Reason),
    /// It does not.
    Fails(Failure),
}

/// Why a rule does not hold.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) help: String,
    /// Further places that explain it.
    pub(super) notes: Vec<(usize, String)>,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure { message: message.into(), help: help.into(), notes: Vec::new() }
    }

    pub(super) fn note(mut self, at: Location, note: impl Into<String>) -> Failure {
        self.notes.extend(at.map(|at| (at, note.into())));
        self
    }
}

/// What a finding is about.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// The entry, which is underlined.
    pub(super) entry: Option<EntryId>,
    /// A place that is more exact than the entry.
    pub(super) at: Location,
    /// The table, for waivers and the derivation.
    pub(super) table: Option<Oid>,
}

/// A step from one term to another that equals it, and where that is said.
type Step = (TermId, TermId, Atom);

/// A statement before its judges.
pub(super) struct Case<'c, 'a> {
    pub(super) arena: &'c mut Arena<'a>,
    pub(super) events: &'c Events,
    pub(super) claims: &'c Claims<'a>,
    pub(super) decl: &'a QueryDecl,
    /// The level of the statement itself.
    pub(super) root: LevelId,
    pub(super) searched: Searched,
}

/// What searches for ways into a scope have found.
#[derive(Default)]
pub(super) struct Searched {
    /// Entries from which a search led nowhere.
    hopeless: FxHashMap<Search, BTreeSet<EntryId>>,
    /// Ways that led nowhere, each with the value by which it was taken.
    dead_ends: FxHashSet<Passage>,
    /// What is known in each of the alternatives of a condition, by the context that they add to.
    alternatives: FxHashMap<(*const Context, ConditionId), Vec<Rc<Context>>>,
    /// Contexts that were made for a search, whose addresses the others know.
    made: Vec<Rc<Context>>,
}

/// A way in a search, and the class of the value by which it is taken.
type Passage = (Search, *const Way, NodeId);

/// A search for a way into a scope: the scope, whether rows are read, and what is known.
type Search = (*const ScopePolicy, bool, *const Context);

fn search(scope: &ScopePolicy, access: Access, context: &Context) -> Search {
    (std::ptr::from_ref(scope), access == Access::Read, std::ptr::from_ref(context))
}

impl<'a> Case<'_, 'a> {
    /// The claimed scopes; none in system scope.
    pub(super) fn scopes(&self) -> Vec<&'a ScopePolicy> {
        match self.claims {
            Claims::Scopes(scopes) => scopes.clone(),
            Claims::Free | Claims::Nothing | Claims::System => Vec::new(),
        }
    }

    /// Whether the rules about scopes have nothing to say.
    pub(super) fn is_unscoped(&self) -> bool {
        matches!(self.claims, Claims::Free | Claims::System)
    }

    pub(super) fn table(&self, oid: Oid) -> Option<&'a Table> {
        self.arena.schema.table(oid)
    }

    /// The `$n` that a scope's token fills.
    pub(super) fn scope_param(&self, scope: &ScopePolicy) -> Option<TermId> {
        let name = scope.param.as_deref()?;
        let position = self.decl.sql.params.iter().position(|param| param.name == name)?;
        self.param(position + 1)
    }

    /// `$n`
    pub(super) fn param(&self, number: usize) -> Option<TermId> {
        self.arena.terms.find(&Term::Param(number))
    }

    pub(super) fn column(&self, entry: EntryId, number: i32) -> Option<TermId> {
        self.arena.terms.find(&Term::Column(entry, number))
    }

    /// Whether a value is the scope's own: its parameter, or an element of it.
    pub(super) fn is_own(&self, closure: &Closure, scope: &ScopePolicy, term: TermId) -> bool {
        let Some(param) = self.scope_param(scope) else { return false };
        if scope.set { closure.is_member(term, param) } else { closure.same(term, param) }
    }

    /// Why the rows of an occurrence are in scope, or `None`. The context is one that stays: what was found is noted
    /// under its address.
    pub(super) fn in_scope(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        table: Oid,
        access: Access,
        context: &Context,
    ) -> Option<Reason> {
        self.in_scope_but_for(scope, entry, table, access, context, &Context::default())
    }

    /// The same, where alternatives that are known in `before` have been looked at.
    fn in_scope_but_for(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        table: Oid,
        access: Access,
        context: &Context,
        before: &Context,
    ) -> Option<Reason> {
        let mut met = BTreeSet::new();
        let found = self.reaches(scope, entry, table, access, context, &mut met);
        if found.is_some() {
            return found;
        }
        for entry in &met {
            self.dead_ends(scope, *entry, access, context);
        }
        self.searched.hopeless.entry(search(scope, access, context)).or_default().extend(met);
        for condition in self.alternatives(scope, entry, context) {
            if before.closure.holds(condition) {
                continue;
            }
            // Each row meets one of them, and if it is in scope whichever that is, it is in scope.
            let each = self.each_alternative(context, condition);
            let each =
                each.iter().map(|inner| self.in_scope_but_for(scope, entry, table, access, inner, context));
            if let Some(reasons) = each.collect::<Option<Vec<_>>>() {
                let at = reasons.iter().find_map(|reason| reason.at);
                let mut because: Vec<String> = reasons.into_iter().map(|reason| reason.because).collect();
                because.dedup();
                return Some(Reason { because: because.join(", or "), at });
            }
        }
        None
    }

    /// The conditions with alternatives that are about an entry, or one on a way from it, or about what equals a column
    /// of theirs.
    fn alternatives(&self, scope: &ScopePolicy, entry: EntryId, context: &Context) -> BTreeSet<ConditionId> {
        let known =
            self.arena.alternatives.keys().copied().filter(|condition| context.closure.holds(*condition));
        let known: BTreeSet<ConditionId> = known.collect();
        if known.is_empty() {
            return known;
        }
        let mut entries = vec![entry];
        let mut next = 0;
        while let Some(entry) = entries.get(next).copied() {
            next += 1;
            let table = self.arena.entries[entry].table;
            for way in table.and_then(|table| scope.via.get(&table)).into_iter().flatten() {
                let own = way.pairs.first().and_then(|(own, _)| self.column(entry, *own));
                let others = own.map(|own| self.candidates(context, own, way.table)).unwrap_or_default();
                for other in others {
                    self.arena.count(1);
                    if !entries.contains(&other) && self.is_joined(entry, other, way, context) {
                        entries.push(other);
                    }
                }
            }
        }
        let columns = entries.iter().flat_map(|entry| context.columns_of(*entry));
        let terms = columns.flat_map(|column| context.closure.class(column));
        let conditions = terms.filter_map(|term| self.arena.conditions_about.get(&term)).flatten().copied();
        conditions.filter(|condition| known.contains(condition)).collect()
    }

    /// What is known in each of the alternatives.
    fn each_alternative(&mut self, context: &Context, condition: ConditionId) -> Vec<Rc<Context>> {
        let key = (std::ptr::from_ref(context), condition);
        if let Some(found) = self.searched.alternatives.get(&key) {
            return found.clone();
        }
        let each = self.arena.alternatives[&condition].iter().map(|facts| {
            let mut inner = context.clone();
            self.arena.assume(&mut inner, facts);
            Rc::new(inner)
        });
        let each: Vec<_> = each.collect();
        self.searched.alternatives.insert(key, each.clone());
        each
    }

    /// The context in which these facts hold as well; it stays.
    pub(super) fn further(&mut self, context: &Rc<Context>, facts: &Facts) -> Rc<Context> {
        let made = self.arena.further(context, facts);
        self.searched.made.push(Rc::clone(&made));
        made
    }

    /// Notes by which values no way leads on from an entry.
    fn dead_ends(&mut self, scope: &'a ScopePolicy, entry: EntryId, access: Access, context: &Context) {
        let Some(table) = self.arena.entries[entry].table else { return };
        for way in scope.via.get(&table).into_iter().flatten() {
            self.searched.dead_ends.extend(self.passage(scope, entry, way, access, context));
        }
    }

    /// A way with the value by which it is taken. Where that is all that matters, other entries with that value get as far.
    fn passage(
        &self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        way: &'a Way,
        access: Access,
        context: &Context,
    ) -> Option<Passage> {
        let [(own, _)] = way.pairs.as_slice() else { return None };
        let value = context.closure.root(self.column(entry, *own)?)?;
        Some((search(scope, access, context), std::ptr::from_ref(way), value))
    }

    /// The same for an occurrence, or for one that it is joined to. `met` are the entries that were looked at on the way
    /// here: they prove nothing about themselves, and what they did not lead to they do not lead to on another way either.
    fn reaches(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        table: Oid,
        access: Access,
        context: &Context,
        met: &mut BTreeSet<EntryId>,
    ) -> Option<Reason> {
        let by_itself = self.reaches_by_itself(scope, entry, table, access, context, met);
        by_itself.or_else(|| self.by_twin(scope, entry, table, access, context, met))
    }

    /// The same, whatever other entries have the same row.
    pub(super) fn reaches_by_itself(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        table: Oid,
        access: Access,
        context: &Context,
        met: &mut BTreeSet<EntryId>,
    ) -> Option<Reason> {
        if let Some(number) = scope.owners.get(&table)
            && let Some(owner) = self.column(entry, *number)
            && self.is_own(&context.closure, scope, owner)
        {
            return Some(self.equality(context, entry, owner, self.scope_param(scope)?));
        }
        let owned = scope.owners.contains_key(&table);
        let is_first = met.is_empty();
        met.insert(entry);
        // Whose a row that is written is, its own column says; that of a row on the way to it may be said by others.
        if !(owned && access != Access::Read && is_first) {
            for way in scope.via.get(&table).into_iter().flatten() {
                if let Some(reason) = self.by_way(scope, entry, way, access, context, met) {
                    return Some(reason);
                }
            }
        }
        if access == Access::Read
            && let Some(rows) = scope.rows.get(&table)
        {
            return self.by_rows(entry, table, rows, context);
        }
        None
    }

    /// Joined by a foreign key to an occurrence that is itself in scope.
    fn by_way(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        way: &'a Way,
        access: Access,
        context: &Context,
        met: &mut BTreeSet<EntryId>,
    ) -> Option<Reason> {
        let table = self.arena.entries[entry].table?;
        let (first, _) = way.pairs.first()?;
        let own = self.column(entry, *first)?;
        // Another entry with the same value there has led nowhere by that way.
        let passage = self.passage(scope, entry, way, access, context);
        if passage.is_some_and(|passage| self.searched.dead_ends.contains(&passage)) {
            return None;
        }
        for other in self.candidates(context, own, way.table) {
            self.arena.count(1);
            if met.contains(&other) || self.is_hopeless(scope, other, access, context) {
                continue;
            }
            let mut link = None;
            let joined = way.pairs.iter().all(|(near, far)| {
                let (Some(near_term), Some(far_term)) = (self.column(entry, *near), self.column(other, *far))
                else {
                    return false;
                };
                let column_is_set = |table: Oid, number: i32| {
                    self.arena.schema.column(table, number).is_some_and(|column| column.not_null)
                };
                link.get_or_insert((near_term, far_term));
                context.closure.same(near_term, far_term)
                    && (context.closure.is_not_null(near_term)
                        || column_is_set(table, *near)
                        || (column_is_set(way.table, *far) && !self.may_be_padded(other)))
            });
            if !joined || !way.guard.as_ref().is_none_or(|guard| self.follows(guard, other, context)) {
                continue;
            }
            if let Some(reason) = self.reaches(scope, other, way.table, access, context, met) {
                let (near, far) = link?;
                let link = self.equality(context, entry, near, far);
                let name = self.name(other);
                return Some(Reason {
                    because: format!("{}, {name}: {}", link.because, reason.because),
                    at: link.at.or(reason.at),
                });
            }
        }
        None
    }

    /// Whether a search from an entry has led nowhere.
    pub(super) fn is_hopeless(
        &self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        access: Access,
        context: &Context,
    ) -> bool {
        let hopeless = self.searched.hopeless.get(&search(scope, access, context));
        hopeless.is_some_and(|hopeless| hopeless.contains(&entry))
    }

    /// Whether a row has the values by which a way leads to another, or both have NULL there.
    fn is_joined(&self, entry: EntryId, other: EntryId, way: &Way, context: &Context) -> bool {
        way.pairs.iter().all(|(near, far)| match (self.column(entry, *near), self.column(other, *far)) {
            (Some(near), Some(far)) => context.closure.same(near, far),
            (None, _) | (_, None) => false,
        })
    }

    /// The entries of a table that may have a column which equals a term, in order.
    pub(super) fn candidates(&self, context: &Context, term: TermId, table: Oid) -> Vec<EntryId> {
        let all = self.arena.tables.get(&table).map(Vec::as_slice).unwrap_or_default();
        if all.len() <= context.closure.class_size(term) {
            return all.to_vec();
        }
        let is_of_table = |entry: &EntryId| self.arena.entries[*entry].table == Some(table);
        let class = context.closure.class(term);
        let entries = class.into_iter().filter_map(|term| self.arena.terms.entry(term));
        let entries: BTreeSet<EntryId> = entries.filter(is_of_table).collect();
        entries.into_iter().collect()
    }

    /// Whether an outer join may put NULL in place of an entry's row, so that NOT NULL says nothing.
    pub(super) fn may_be_padded(&self, mut entry: EntryId) -> bool {
        loop {
            let level = &self.arena.levels[self.arena.entries[entry].level];
            if level.padded.contains(&entry) {
                return true;
            }
            match level.container {
                Container::Entry(around) => entry = around,
                Container::Nothing | Container::Expression(_) => return false,
            }
        }
    }

    fn by_rows(
        &mut self,
        entry: EntryId,
        table: Oid,
        rows: &'a super::policy::Rows,
        context: &Context,
    ) -> Option<Reason> {
        if let Some(guard) = &rows.guard
            && !self.follows(guard, entry, context)
        {
            return None;
        }
        if let Some(columns) = &rows.columns {
            let guarded = rows.guard.iter().flat_map(|guard| guard.columns.iter().copied());
            let soft = self.table(table).and_then(|table| self.arena.policy.soft_delete_column(table));
            let allowed: BTreeSet<i32> = columns.iter().copied().chain(guarded).chain(soft).collect();
            let used = self.arena.used.get(&entry).cloned().unwrap_or_default();
            // 0 is the whole row; a system column that matters is opaque.
            if used.iter().any(|number| *number >= 0 && !allowed.contains(number)) {
                return None;
            }
        }
        let because = match &rows.guard {
            Some(guard) => format!("readable where {}", guard.text),
            None => "readable in this scope, in these columns".to_owned(),
        };
        Some(Reason { because, at: None })
    }

    /// Whether a guard is met by each row of an entry.
    pub(super) fn follows(&mut self, guard: &'a Guard, entry: EntryId, context: &Context) -> bool {
        self.arena.follows(guard, entry, context)
    }

    /// How an equality of two terms is known, in words, seen from an entry.
    pub(super) fn equality(&self, context: &Context, entry: EntryId, from: TermId, to: TermId) -> Reason {
        let Some(steps) = self.steps(context, from, to) else {
            let because =
                format!("{} = {} by other columns", self.term_name(from, entry), self.term_name(to, entry));
            return Reason { because, at: context.closure.place(from) };
        };
        let mut words = Vec::new();
        for (here, there, atom) in &steps {
            let (left, right) = (self.term_name(*here, entry), self.term_name(*there, entry));
            let is_member = matches!(atom.fact, Fact::Member(_, set) if set == *there);
            words.push(if is_member {
                format!("{left} = any({right})")
            } else {
                format!("{left} = {right}")
            });
        }
        words.dedup();
        if words.is_empty() {
            words.push(format!("{} = {}", self.term_name(from, entry), self.term_name(to, entry)));
        }
        Reason { because: words.join(", "), at: steps.iter().find_map(|(_, _, atom)| atom.at) }
    }

    /// The shortest way from a term to one that equals it, unless that would tire the reader.
    fn steps(&self, context: &Context, from: TermId, to: TermId) -> Option<Vec<Step>> {
        const MOST_TERMS: usize = 200;
        let mut reached: Vec<TermId> = vec![from];
        let mut before: BTreeMap<TermId, Step> = BTreeMap::new();
        let mut next = 0;
        while next < reached.len() && from != to && !before.contains_key(&to) {
            let here = reached[next];
            next += 1;
            for atom in context.closure.facts_about(here) {
                let (a, b) = match atom.fact {
                    Fact::Equal(a, b) | Fact::Same(a, b) | Fact::Member(a, b) => (a, b),
                    Fact::Null(_)
                    | Fact::NotNull(_)
                    | Fact::AtMost(..)
                    | Fact::EqualUnlessNull(..)
                    | Fact::Condition(_) => continue,
                };
                let there = if a == here { b } else { a };
                if there != from && !before.contains_key(&there) && reached.len() < MOST_TERMS {
                    before.insert(there, (here, there, atom));
                    reached.push(there);
                }
            }
        }
        let mut steps = Vec::new();
        let mut at = to;
        while let Some(step) = before.get(&at) {
            steps.push(*step);
            at = step.0;
        }
        steps.reverse();
        (at == from).then_some(steps)
    }

    /// The alias of an entry.
    pub(super) fn name(&self, entry: EntryId) -> &str {
        &self.arena.entries[entry].name
    }

    /// A term as its author would write it, seen from an entry.
    pub(super) fn term_name(&self, term: TermId, from: EntryId) -> String {
        match self.arena.terms.get(term) {
            Term::Column(entry, number) => {
                let column = self.column_name(*entry, *number);
                if *entry == from { column } else { format!("{}.{column}", self.name(*entry)) }
            }
            Term::Param(number) => match self.decl.sql.params.get(number - 1) {
                Some(param) => format!(":{}", param.name),
                None => format!("${number}"),
            },
            Term::Const(_, value) => match std::str::from_utf8(value) {
                Ok(text) if !text.contains('\0') => format!("'{text}'"),
                _ => "a constant".to_owned(),
            },
        }
    }

    pub(super) fn column_name(&self, entry: EntryId, number: i32) -> String {
        let found = &self.arena.entries[entry];
        let of_table = found.table.and_then(|table| self.arena.schema.column(table, number));
        if let Some(column) = of_table {
            return column.name.clone();
        }
        let range = self.arena.levels[found.level].query.range(found.index);
        let named =
            usize::try_from(number).ok().and_then(|number| range?.column_names.get(number.checked_sub(1)?));
        named.cloned().unwrap_or_else(|| format!("column {number}"))
    }

    /// The occurrences of the statement.
    pub(super) fn occurrences(&self) -> Vec<Occurrence> {
        self.events.occurrences.clone()
    }
}
