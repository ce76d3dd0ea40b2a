//! One statement as the rules see it: its layout, its events, the scopes that it claims, and the names that messages use.

use std::collections::{BTreeMap, BTreeSet};

use super::arena::{Arena, LevelId};
use super::closure::Closure;
use super::context::Context;
use super::events::{Events, Occurrence};
use super::facts::{Atom, Fact};
use super::policy::{Guard, ScopePolicy};
use super::search::SearchCache;
use super::terms::{EntryId, Term, TermId};
use crate::parse::QueryDecl;
use crate::schema::Table;
use crate::tree::{Location, Oid};

/// The scopes that a statement claims by `--@ scope`.
pub(super) enum Claims<'a> {
    /// The configuration has no scopes, so there are none to claim.
    Free,
    /// There are scopes, and it claims none.
    Nothing,
    /// `scope system`
    System,
    /// `scope creator, organization`
    Scopes(Vec<&'a ScopePolicy>),
}

/// The reason for which a rule holds, with the place of the condition that it comes from.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub(super) because: String,
    pub(super) at: Location,
}

/// The verdict of a rule on one event. There is no third answer.
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
    /// Further places that explain it, each with a note.
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

/// A verdict with what it is about.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// The entry, whose name is underlined unless there is a more exact place.
    pub(super) entry: Option<EntryId>,
    /// A more exact place.
    pub(super) at: Location,
    /// The table, for waivers and the derivation.
    pub(super) table: Option<Oid>,
}

/// A step from a term to one that equals it, with the fact that says so.
type Step = (TermId, TermId, Atom);

/// A statement with what the rules need to judge it.
pub(super) struct Case<'c, 'a> {
    pub(super) arena: &'c mut Arena<'a>,
    pub(super) events: &'c Events,
    pub(super) claims: &'c Claims<'a>,
    pub(super) decl: &'a QueryDecl,
    /// The level of the statement itself.
    pub(super) root: LevelId,
    pub(super) search_cache: SearchCache,
}

impl<'a> Case<'_, 'a> {
    /// The claimed scopes; none in system scope.
    pub(super) fn scopes(&self) -> Vec<&'a ScopePolicy> {
        match self.claims {
            Claims::Scopes(scopes) => scopes.clone(),
            Claims::Free | Claims::Nothing | Claims::System => Vec::new(),
        }
    }

    /// Whether the rules about scopes do not apply.
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

    /// The term of `$n`.
    pub(super) fn param(&self, number: usize) -> Option<TermId> {
        self.arena.terms.find(&Term::Param(number))
    }

    pub(super) fn column(&self, entry: EntryId, number: i32) -> Option<TermId> {
        self.arena.terms.find(&Term::Column(entry, number))
    }

    /// Whether a term is known to equal the scope's parameter, or to be an element of it if the scope is a set.
    pub(super) fn is_own(&self, closure: &Closure, scope: &ScopePolicy, term: TermId) -> bool {
        let Some(param) = self.scope_param(scope) else { return false };
        if scope.set { closure.is_member(term, param) } else { closure.same(term, param) }
    }

    /// Entries of a table, in order, with all that have a column which is known to equal a term. The caller checks which.
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

    /// Whether an entry is in the body of a function that reads with a newer snapshot than the statement.
    pub(super) fn sees_own_writes(&self, entry: EntryId) -> bool {
        let mut level = Some(self.arena.entries[entry].level);
        while let Some(found) = level {
            if self.arena.levels[found].sees_own_writes {
                return true;
            }
            level = self.arena.level_around(found);
        }
        false
    }

    /// Whether the statement writes rows of a table, of one of its partitions, or of the table that it is a partition of.
    pub(super) fn is_written(&self, table: Oid) -> bool {
        let schema = self.arena.schema;
        let is_part =
            |part: Oid, whole: Oid| schema.table(part).is_none_or(|found| schema.is_part_of(found, whole));
        self.events.writes.iter().any(|write| is_part(write.table, table) || is_part(table, write.table))
    }

    /// Whether each row of an entry meets a guard.
    pub(super) fn follows(&mut self, guard: &'a Guard, entry: EntryId, context: &Context) -> bool {
        self.arena.follows(guard, entry, context)
    }

    /// The reason for which two terms are equal, as text. Columns of `entry` are named without its alias.
    pub(super) fn equality(&self, context: &Context, entry: EntryId, from: TermId, to: TermId) -> Reason {
        let Some(steps) = self.steps(context, from, to) else {
            let because = format!(
                "{} = {} through other columns",
                self.term_name(from, entry),
                self.term_name(to, entry)
            );
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

    /// The shortest chain of facts from a term to one that equals it. `None` if it is not found among the first terms.
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

    /// A term as its author would write it. Columns of `from` are named without its alias.
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
