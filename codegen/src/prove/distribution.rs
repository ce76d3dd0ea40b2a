//! How many shards a query needs on a database whose tables are distributed over nodes by the value of a column. It is for
//! `sqlward audit --distribution`.
//!
//! It is not a rule, but uses the same events and facts: a query needs one shard if all rows that have influence and all rows
//! that are written have the same value in that column, and this value is an argument of the call or a constant. Then rows
//! of other shards have no influence. A query that is not understood may need all shards.

mod schema;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use super::arena::Arena;
use super::case::{Case, Claims};
use super::events::Access;
use super::search::SearchCache;
use super::terms::EntryId;
use super::{Judged, Policy, lay_out, places};
use crate::infer::{Param, ParamFrom};
use crate::parse::{QueryDecl, TokenSpans, Variant};
use crate::schema::Schema;
use crate::source::Sources;
use crate::tree::{Location, Oid, Query};
use crate::variants;

/// The column by which each table is distributed over shards. Rows with the same value are on the same shard, also if they are
/// of different tables.
#[derive(Debug, Default)]
pub struct Distribution {
    columns: BTreeMap<Oid, i32>,
}

/// How many shards a query needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shards {
    /// It uses no distributed table.
    None,
    /// One, which the arguments determine.
    One,
    /// Possibly all.
    Many,
}

/// On which shards the rows of a query are.
#[derive(Debug, Clone)]
pub struct Placement {
    /// How many shards it needs.
    pub shards: Shards,
    /// The value that determines the one shard: `:organization_id`. Variants can have different ones.
    pub keys: BTreeSet<String>,
    /// The reasons, for each use of a distributed table. If the query may need all shards, only those that say why.
    pub parts: Vec<Part>,
    /// The tables that are not distributed. If the query also uses distributed ones, every node needs a copy of them.
    pub copied: BTreeSet<String>,
}

/// The reason for one use of a table in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The table; empty if it is about none.
    pub table: String,
    /// The table's alias in the query.
    pub alias: String,
    /// Whether its rows are on the query's one shard.
    pub pinned: bool,
    /// Why they are, or why not and what to change.
    pub because: String,
    /// The line of the condition that is the reason, or else that of the table.
    pub line: usize,
}

impl Distribution {
    /// The placement of a query, for all of its variants.
    pub fn place(&self, sources: &Sources, schema: &Schema, policy: &Policy, query: &Judged) -> Placement {
        let policy = policy.of_computing_functions(schema);
        // Each item of a copy or a batch has its own values for these parameters.
        let is_own = |param: &Param| query.decl().takes_each() && !matches!(param.from, ParamFrom::Scope(_));
        let params = (1..).zip(&query.signature().params);
        let own: Vec<usize> = params.filter(|(_, param)| is_own(param)).map(|(number, _)| number).collect();
        let text =
            |decl: &QueryDecl, tree: &Query| self.place_text(sources, schema, &policy, decl, tree, &own);
        let variants = &query.typed.variants;
        if variants.is_empty() {
            return text(query.decl(), query.tree());
        }
        let placed = variants.iter().map(|found| (found.variant, text(&found.decl, &found.tree)));
        let mut placed: Vec<(Variant, Placement)> = placed.collect();
        // Each variant can be on one shard, and their combination on several: the covered variants are looked at too.
        if placed.iter().flat_map(|(_, placement)| &placement.keys).collect::<BTreeSet<_>>().len() > 1 {
            let further = query.typed.covered.iter().filter_map(|found| Some((found.variant, found.read()?)));
            placed.extend(further.map(|(variant, found)| (variant, text(&found.decl, &found.tree))));
        }
        join(query.decl(), placed)
    }

    fn place_text(
        &self,
        sources: &Sources,
        schema: &Schema,
        policy: &Policy,
        decl: &QueryDecl,
        tree: &Query,
        own: &[usize],
    ) -> Placement {
        let mut arena = Arena::new(schema, policy);
        let (root, events) = lay_out(&mut arena, decl, tree);
        let places = places::places(&arena, &decl.sql.text, root);
        let spans = TokenSpans::of(&decl.sql);
        let line = |at: Location, entry: Option<EntryId>| {
            let at = at.or_else(|| places.get(&entry?).copied());
            sources.line(at.map_or(decl.name.span, |at| spans.at(at)))
        };
        let case = &Case {
            arena: &mut arena,
            events: &events,
            claims: &Claims::Free,
            decl,
            root,
            search_cache: SearchCache::default(),
        };
        let table_name = |oid: Option<Oid>| {
            let table = oid.and_then(|oid| schema.table(oid));
            table.map(|table| table.display_name()).unwrap_or_default()
        };

        let mut uses = self.uses(case);
        let own: Vec<_> = own.iter().filter_map(|number| case.param(*number)).collect();
        uses.iter_mut().for_each(|table_use| table_use.forget(&own));
        let key = uses::common(&uses);
        let part =
            |table_use: &uses::TableUse| table_use.part(case, key, |at| line(at, Some(table_use.entry)));
        let mut parts: Vec<Part> = uses.iter().map(part).collect();
        let mut copied = BTreeSet::new();
        for (entry, table, access) in self.undistributed(case) {
            let table = table_name(Some(table));
            copied.insert(table.clone());
            if access != Access::Read && !uses.is_empty() {
                let because = "its rows are changed or locked on every node".to_owned();
                let alias = case.name(entry).to_owned();
                parts.push(Part { table, alias, pinned: false, because, line: line(None, Some(entry)) });
            }
        }
        for found in self.conflicts(case) {
            let because = "ON CONFLICT uses a key that spans all shards".to_owned();
            let (table, alias) = (table_name(Some(found.table)), case.name(found.row).to_owned());
            let line = line(None, Some(found.row));
            parts.push(Part { table, alias, pinned: false, because, line });
        }
        for (row, table, reached) in self.cascades(case) {
            let because = format!("foreign keys also remove or change rows of {}", reached.display_name());
            let (table, alias) = (table_name(Some(table)), case.name(row).to_owned());
            parts.push(Part { table, alias, pinned: false, because, line: line(None, Some(row)) });
        }
        for found in &events.unknown {
            let alias = found.entry.map(|entry| case.name(entry).to_owned()).unwrap_or_default();
            let because = format!("not understood: {}", found.what);
            let line = line(found.at, found.entry);
            parts.push(Part { table: table_name(found.table), alias, pinned: false, because, line });
        }

        let shards = match parts.iter().all(|part| part.pinned) {
            true if uses.is_empty() => Shards::None,
            true => Shards::One,
            false => Shards::Many,
        };
        let key = key.filter(|_| shards == Shards::One);
        let keys = key.map(|key| case.term_name(key, case.arena.levels[root].result)).into_iter().collect();
        // Without a common value even the rows with a known value are part of the reason.
        let telling = |part: &Part| shards != Shards::Many || !part.pinned;
        Placement { shards, keys, parts: once(parts.into_iter().filter(telling)), copied }
    }

    fn column(&self, table: Oid) -> Option<i32> {
        self.columns.get(&table).copied()
    }
}

/// Joins the placements of all variants: the query needs as many shards as the variant that needs most. A reason that holds
/// only in some variants names these.
fn join(decl: &QueryDecl, placed: Vec<(Variant, Placement)>) -> Placement {
    let all = placed.len();
    let shards = placed.iter().map(|(_, placement)| placement.shards).max().unwrap_or(Shards::Many);
    let mut joined = Placement { shards, keys: BTreeSet::new(), parts: Vec::new(), copied: BTreeSet::new() };
    let mut parts: Vec<(Part, Vec<Variant>)> = Vec::new();
    for (variant, placement) in placed {
        joined.copied.extend(placement.copied);
        if placement.shards != shards {
            continue;
        }
        joined.keys.extend(placement.keys);
        for part in placement.parts {
            match parts.iter_mut().find(|(known, _)| *known == part) {
                Some((_, having)) => having.push(variant),
                None => parts.push((part, vec![variant])),
            }
        }
    }
    let said = parts.into_iter().map(|(mut part, having)| {
        if let Some(when) = variants::when(decl, all, &having) {
            part.because.push_str(&format!(", {when}"));
        }
        part
    });
    joined.parts = once(said);
    joined
}

/// The parts without repetitions, which views and CTEs that are read several times cause.
fn once(parts: impl Iterator<Item = Part>) -> Vec<Part> {
    let mut found = Vec::new();
    for part in parts {
        if !found.contains(&part) {
            found.push(part);
        }
    }
    found
}
