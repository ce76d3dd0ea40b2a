//! How many shards a query asks, on a database whose tables are spread over nodes by the value of a column: for
//! `sqlward audit --distribution`.
//!
//! It is no rule: it judges the events and facts that the rules judge, and asks one thing of them, whether all rows that
//! have influence and all that are written have one value in that column, which the call's arguments tell. Then the rows
//! of all other shards could be missing, and nobody would see it. What is not understood may ask all of them.

mod schema;
mod stakes;

use std::collections::{BTreeMap, BTreeSet};

use super::arena::Arena;
use super::case::{Case, Claims};
use super::events::Access;
use super::search::Searched;
use super::terms::EntryId;
use super::{Judged, Policy, lay_out, places};
use crate::infer::{Param, ParamFrom};
use crate::parse::{QueryDecl, TokenSpans, Variant};
use crate::schema::Schema;
use crate::source::Sources;
use crate::tree::{Location, Oid, Query};
use crate::variants;

/// The column by which each table is spread over shards. Rows of the same value are on the same shard, whatever table they
/// are of.
#[derive(Debug, Default)]
pub struct Distribution {
    columns: BTreeMap<Oid, i32>,
}

/// How many shards a query asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shards {
    /// It touches no table that is spread.
    None,
    /// One, which the arguments tell.
    One,
    /// All, for all that is known.
    Many,
}

/// Where the rows of a query are.
#[derive(Debug, Clone)]
pub struct Placement {
    /// How many shards it asks.
    pub shards: Shards,
    /// What tells the one shard: `:organization_id`. In some variants it can be another value than in others.
    pub keys: BTreeSet<String>,
    /// Why, for each thing that it does with a table that is spread; of several shards what is not on one.
    pub parts: Vec<Part>,
    /// The tables that are not spread. Beside one that is, every node needs a copy of them.
    pub copied: BTreeSet<String>,
}

/// Something that a query does with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The table; empty where it is about none.
    pub table: String,
    /// The name by which the query calls it.
    pub alias: String,
    /// Whether it is on the query's shard.
    pub pinned: bool,
    /// Why it is, or why not and what it would take.
    pub because: String,
    /// The line where that is said, or else the table.
    pub line: usize,
}

impl Distribution {
    /// Where the rows of a query are, in all of its variants.
    pub fn place(&self, sources: &Sources, schema: &Schema, policy: &Policy, query: &Judged) -> Placement {
        let policy = policy.of_computing_functions(schema);
        // The items of a copy and the calls of a batch each have values of their own.
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
        // What each condition reads can be on one shard, and on different ones.
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
            searched: Searched::default(),
        };
        let table_name = |oid: Option<Oid>| {
            let table = oid.and_then(|oid| schema.table(oid));
            table.map(|table| table.display_name()).unwrap_or_default()
        };

        let mut stakes = self.stakes(case);
        let own: Vec<_> = own.iter().filter_map(|number| case.param(*number)).collect();
        stakes.iter_mut().for_each(|stake| stake.forget(&own));
        let key = stakes::common(&stakes);
        let part = |stake: &stakes::Stake| stake.part(case, key, |at| line(at, Some(stake.entry)));
        let mut parts: Vec<Part> = stakes.iter().map(part).collect();
        let mut copied = BTreeSet::new();
        for (entry, table, access) in self.undistributed(case) {
            let table = table_name(Some(table));
            copied.insert(table.clone());
            if access != Access::Read && !stakes.is_empty() {
                let because = "its rows change, or are locked, on every node that has a copy".to_owned();
                let alias = case.name(entry).to_owned();
                parts.push(Part { table, alias, pinned: false, because, line: line(None, Some(entry)) });
            }
        }
        for found in self.conflicts(case) {
            let because = "ON CONFLICT asks a key that holds over all shards".to_owned();
            let (table, alias) = (table_name(Some(found.table)), case.name(found.row).to_owned());
            let line = line(None, Some(found.row));
            parts.push(Part { table, alias, pinned: false, because, line });
        }
        for found in &events.unknown {
            let alias = found.entry.map(|entry| case.name(entry).to_owned()).unwrap_or_default();
            let because = format!("not understood: {}", found.what);
            let line = line(found.at, found.entry);
            parts.push(Part { table: table_name(found.table), alias, pinned: false, because, line });
        }

        let shards = match parts.iter().all(|part| part.pinned) {
            true if stakes.is_empty() => Shards::None,
            true => Shards::One,
            false => Shards::Many,
        };
        let key = key.filter(|_| shards == Shards::One);
        let keys = key.map(|key| case.term_name(key, case.arena.levels[root].result)).into_iter().collect();
        // Where rows are pinned to values that need not be the same, all of them are of interest.
        let telling = |part: &Part| shards != Shards::Many || !part.pinned;
        Placement { shards, keys, parts: once(parts.into_iter().filter(telling)), copied }
    }

    fn column(&self, table: Oid) -> Option<i32> {
        self.columns.get(&table).copied()
    }
}

/// Puts the variants together: the query asks as many shards as the worst of them. What is said of some alone says of which.
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

/// Each once: a table that a view or a CTE reads can be met on several ways.
fn once(parts: impl Iterator<Item = Part>) -> Vec<Part> {
    let mut found = Vec::new();
    for part in parts {
        if !found.contains(&part) {
            found.push(part);
        }
    }
    found
}
