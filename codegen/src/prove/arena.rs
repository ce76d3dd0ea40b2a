//! The intermediate representation of one statement: every query level and every range-table entry that its execution
//! meets. Views, CTEs and function bodies are expanded, once for each place that reads them.
//!
//! `build` fills it; `walk` and the rules read it. All parts refer to each other by index.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::context::Context;
use super::facts::{ConditionId, Facts, PartId};
use super::joins::{OuterJoin, SideId};
use super::policy::Policy;
use super::terms::{EntryId, Term, TermId, Terms, compares_alike, constant, plain};
use crate::schema::{Schema, TypeKind};
use crate::tree::{
    Command, Expr, FromItem, Join, JoinKind, Oid, ParamKind, Query, RangeKind, Sublink, SublinkKind, Var,
    VarReturning,
};

/// The index of a level. A query that is read in two places has two.
pub(super) type LevelId = usize;

/// The maximum number of levels. Expansion can be exponential: in a chain of CTEs of which each reads the previous one twice,
/// every CTE doubles the number of levels. A statement with more is rejected.
const MOST_LEVELS: usize = 2_000;

/// The maximum depth of nested levels, since they are visited recursively. A statement with deeper ones is rejected.
const DEEPEST: usize = 400;

/// A range-table entry.
#[derive(Debug)]
pub(super) struct Entry {
    /// The level that it belongs to.
    pub(super) level: LevelId,
    /// Its index in the range table, from 1. 0 is an additional entry for the row that the level produces.
    pub(super) index: usize,
    /// Its position among the entries of FROM, if it is in FROM.
    pub(super) order: Option<usize>,
    /// The innermost nullable side of an outer join that contains it.
    pub(super) side: Option<SideId>,
    /// The table, if it is one.
    pub(super) table: Option<Oid>,
    /// Its alias in the query, for messages.
    pub(super) name: String,
    /// The level that produces its rows, if it is a subquery, a view, a CTE or a function with a body.
    pub(super) nested: Option<LevelId>,
    /// Further facts about its rows: of a recursive CTE's reference to itself, of VALUES, and of `unnest`.
    pub(super) assumed: Facts,
}

/// What contains a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// Nothing: it is the statement, or a CTE that runs whether or not it is read.
    Nothing,
    /// It produces the rows of that entry.
    Entry(EntryId),
    /// It is in an expression of that level: a sublink or a function call.
    Expression(LevelId),
}

/// Which conditions on a level's output columns may be pushed down into it, so that they also restrict the rows that it
/// reads.
#[derive(Debug, Clone)]
pub(super) enum Pushdown {
    /// All: no output row depends on more than one input row.
    All,
    /// Equalities on these terms: the keys of GROUP BY, DISTINCT ON or PARTITION BY. Rows with other keys are in other
    /// groups or partitions.
    Keys(BTreeSet<TermId>),
    /// None.
    Nothing,
}

/// A query level.
#[derive(Debug)]
pub(super) struct Level<'a> {
    /// Its query.
    pub(super) query: &'a Query,
    /// The level that outer references (`levels_up`) are resolved in. A view or a function body has none.
    pub(super) parent: Option<LevelId>,
    /// What contains it.
    pub(super) container: Container,
    /// The number of levels that contain it.
    pub(super) depth: usize,
    /// If it is the body of a function, or part of one: the arguments of the call.
    pub(super) arguments: Option<Rc<Vec<Option<TermId>>>>,
    /// Whether it is the body of a volatile function, which reads with a newer snapshot than the statement and so sees what
    /// the statement has written so far. Other functions read with the snapshot of the query that calls them.
    pub(super) sees_own_writes: bool,
    /// Whether it comes from the catalogs and so has no place in the author's text.
    pub(super) stored: bool,
    /// Its range table.
    pub(super) entries: Vec<EntryId>,
    /// The entries that an outer join may pad with NULL.
    pub(super) padded: BTreeSet<EntryId>,
    /// The additional entry for the row that it produces: by a set operation, by RETURNING, or by `unnest` in its output.
    pub(super) result: EntryId,
    /// Whether its RETURNING list is being resolved. There the target's columns are those of `result`.
    pub(super) returning: bool,
    /// What holds for each of its rows.
    pub(super) facts: Facts,
    /// What also holds for the rows of RETURNING. It is about the rows as written, so only the readers of RETURNING may
    /// use it, and not the statement's own conditions.
    pub(super) returned: Facts,
    /// Its output columns as terms; `None` for those that are not plain.
    pub(super) outputs: Vec<Option<TermId>>,
    /// The conditions that may be pushed down into it.
    pub(super) pushdown: Pushdown,
    /// For each item of FROM, what holds for its rows without WHERE.
    pub(super) items: Vec<Facts>,
    /// Its outer joins, by index.
    pub(super) outer_joins: Vec<usize>,
    /// The number of entries of FROM that have a position already.
    pub(super) ordered: usize,
    /// The levels that it directly contains.
    pub(super) children: Vec<LevelId>,
    /// Of a set operation: the columns in which rows that it takes for equal have the same value. Computed on demand.
    pub(super) exact: Option<Rc<Vec<bool>>>,
    /// The shared facts that are about it.
    pub(super) parts: Vec<PartId>,
}

/// A context, kept alive because its address is a key of a cache, and the context that was derived from it.
pub(super) type Extended = (Rc<Context>, Rc<Context>);

/// The layout of one statement.
pub(super) struct Arena<'a> {
    pub(super) schema: &'a Schema,
    pub(super) policy: &'a Policy,
    pub(super) terms: Terms,
    pub(super) entries: Vec<Entry>,
    pub(super) levels: Vec<Level<'a>>,
    /// Whether the statement is too large or too deep, so that its layout is incomplete.
    pub(super) too_large: bool,
    /// The columns of each entry that the statement uses; 0 is the whole row.
    pub(super) used: FxHashMap<EntryId, BTreeSet<i32>>,
    /// The recursive CTEs whose recursive terms are being laid out, the innermost last.
    pub(super) recursions: Vec<Recursion>,
    /// The interned conditions, each with the terms that it is about.
    pub(super) conditions: Vec<BTreeSet<TermId>>,
    pub(super) condition_index: FxHashMap<String, ConditionId>,
    pub(super) conditions_about: FxHashMap<TermId, Vec<ConditionId>>,
    pub(super) outer_joins: Vec<OuterJoin>,
    pub(super) outer_join_index: FxHashMap<(LevelId, *const Join), usize>,
    /// The entries of each table.
    pub(super) tables: FxHashMap<Oid, Vec<EntryId>>,
    /// A cache: what holds where a condition is true. The last part of the key is `tested`.
    pub(super) held: FxHashMap<(LevelId, *const Expr, Option<LevelId>), Facts>,
    /// A cache: contexts in which a side of an outer join is present, each with the context that it was derived from.
    pub(super) with_sides: FxHashMap<(*const Context, SideId), Extended>,
    parts: PartId,
    steps: Cell<u64>,
    /// The conditions of the form "this column is one of these constants".
    pub(super) value_sets: FxHashMap<ConditionId, (TermId, BTreeSet<TermId>)>,
    /// The conditions of the form "one of these alternatives holds", with the facts of each alternative.
    pub(super) alternatives: FxHashMap<ConditionId, Vec<Facts>>,
    nested_in_expressions: FxHashMap<(LevelId, *const ()), LevelId>,
    /// The subquery whose output columns the test of the current sublink refers to, as in `x IN (select ...)`.
    pub(super) tested: Option<LevelId>,
    fresh: i32,
}

/// A recursive CTE while its recursive term is laid out.
#[derive(Debug, Clone)]
pub(super) struct Recursion {
    pub(super) with: LevelId,
    pub(super) name: String,
    /// The entry whose columns `assumed` is about.
    pub(super) row: EntryId,
    /// The induction hypothesis: what is assumed of the previous row.
    pub(super) assumed: Facts,
}

impl<'a> Arena<'a> {
    /// An empty layout.
    pub(super) fn new(schema: &'a Schema, policy: &'a Policy) -> Self {
        Arena {
            schema,
            policy,
            terms: Terms::default(),
            entries: Vec::new(),
            levels: Vec::new(),
            too_large: false,
            used: FxHashMap::default(),
            recursions: Vec::new(),
            conditions: Vec::new(),
            condition_index: FxHashMap::default(),
            conditions_about: FxHashMap::default(),
            outer_joins: Vec::new(),
            outer_join_index: FxHashMap::default(),
            tables: FxHashMap::default(),
            held: FxHashMap::default(),
            with_sides: FxHashMap::default(),
            parts: 0,
            steps: Cell::new(0),
            value_sets: FxHashMap::default(),
            alternatives: FxHashMap::default(),
            nested_in_expressions: FxHashMap::default(),
            tested: None,
            fresh: 0,
        }
    }

    /// Adds a level with its entries, without facts yet. Past the limits it sets `too_large`.
    pub(super) fn add_level(
        &mut self,
        query: &'a Query,
        parent: Option<LevelId>,
        container: Container,
        arguments: Option<Rc<Vec<Option<TermId>>>>,
        stored: bool,
    ) -> LevelId {
        let id = self.levels.len();
        let around = match container {
            Container::Nothing => None,
            Container::Entry(entry) => Some(self.entries[entry].level),
            Container::Expression(around) => Some(around),
        };
        let depth = around.map_or(0, |around| self.levels[around].depth + 1);
        self.too_large |= id >= MOST_LEVELS || depth >= DEEPEST;
        self.count(1 + query.range_table.len());
        if let Some(around) = around {
            self.levels[around].children.push(id);
        }
        let result = self.add_entry(id, 0, None, "the row".to_owned());
        let entries = query.range_table.iter().map(|range| {
            let table = match &range.kind {
                RangeKind::Relation { table, relkind: 'r' | 'p', .. } => Some(*table),
                RangeKind::Relation { .. }
                | RangeKind::Subquery(_)
                | RangeKind::Join { .. }
                | RangeKind::Function { .. }
                | RangeKind::TableFunction(_)
                | RangeKind::Values(_)
                | RangeKind::Cte { .. }
                | RangeKind::Result
                | RangeKind::Group(_)
                | RangeKind::Opaque(_) => None,
            };
            (table, range.name.clone())
        });
        let entries: Vec<_> = entries.collect();
        let entries = (1..).zip(entries);
        let entries = entries.map(|(index, (table, name))| self.add_entry(id, index, table, name)).collect();
        if let Some(target) = query.result_relation.and_then(|index| query.range(index))
            && let RangeKind::Relation { table, relkind: 'r' | 'p', .. } = &target.kind
        {
            self.entries[result].table = Some(*table);
            self.tables.entry(*table).or_default().push(result);
            self.entries[result].name.clone_from(&target.name);
        }
        self.levels.push(Level {
            query,
            parent,
            container,
            depth,
            arguments,
            sees_own_writes: false,
            stored,
            entries,
            padded: BTreeSet::new(),
            result,
            returning: false,
            facts: Facts::default(),
            returned: Facts::default(),
            outputs: Vec::new(),
            pushdown: Pushdown::Nothing,
            items: Vec::new(),
            outer_joins: Vec::new(),
            ordered: 0,
            children: Vec::new(),
            exact: None,
            parts: Vec::new(),
        });
        let mut padded = BTreeSet::new();
        // MERGE can join its target and its source by an outer join, for actions on rows without a match.
        let is_merge = query.command == Command::Merge;
        query.from.items.iter().for_each(|item| self.collect_padded(id, item, is_merge, &mut padded));
        self.levels[id].padded = padded;
        id
    }

    /// Collects the entries of an item of FROM that an outer join may pad with NULL.
    fn collect_padded(
        &self,
        level: LevelId,
        item: &FromItem,
        is_padded: bool,
        found: &mut BTreeSet<EntryId>,
    ) {
        let entry = |index: usize| self.levels[level].entries.get(index.checked_sub(1)?).copied();
        match item {
            FromItem::Range(index) => found.extend(entry(*index).filter(|_| is_padded)),
            FromItem::Opaque(_) => {}
            FromItem::Nested(from) => {
                from.items.iter().for_each(|item| self.collect_padded(level, item, is_padded, found));
            }
            FromItem::Join(join) => {
                found.extend(join.range.and_then(entry).filter(|_| is_padded));
                let right = is_padded || matches!(join.kind, JoinKind::Left | JoinKind::Full);
                let left = is_padded || matches!(join.kind, JoinKind::Right | JoinKind::Full);
                self.collect_padded(level, &join.left, left, found);
                self.collect_padded(level, &join.right, right, found);
            }
        }
    }

    /// The term that produces a column of an entry: an output of its subquery, or the value in a VALUES list of one row.
    ///
    /// If an outer join may pad the entry, the two are equal below the join, but above it only if the term is NULL for padded
    /// rows too: see [`Arena::survives_padding`].
    pub(super) fn defining_term(
        &mut self,
        level: LevelId,
        entry: EntryId,
        position: usize,
    ) -> Option<TermId> {
        if let Some(nested) = self.entries[entry].nested {
            return *self.levels[nested].outputs.get(position)?;
        }
        let index = self.entries[entry].index;
        match &self.levels[level].query.range(index)?.kind {
            RangeKind::Values(rows) => match rows.as_slice() {
                [row] => self.term(level, row.get(position)?),
                _ => None,
            },
            RangeKind::Relation { .. }
            | RangeKind::Join { .. }
            | RangeKind::Subquery(_)
            | RangeKind::Function { .. }
            | RangeKind::TableFunction(_)
            | RangeKind::Cte { .. }
            | RangeKind::Result
            | RangeKind::Group(_)
            | RangeKind::Opaque(_) => None,
        }
    }

    /// Whether the term that produces an entry's column keeps its value where the entry is padded with NULL, so that the two
    /// are equal only below the outer join.
    pub(super) fn survives_padding(&self, level: LevelId, entry: EntryId, defining_term: TermId) -> bool {
        let within = |nested| self.is_within(defining_term, nested);
        self.levels[level].padded.contains(&entry) && !self.entries[entry].nested.is_some_and(within)
    }

    fn add_entry(&mut self, level: LevelId, index: usize, table: Option<Oid>, name: String) -> EntryId {
        let (order, side, nested) = (None, None, None);
        let assumed = Facts::default();
        if let Some(table) = table {
            self.tables.entry(table).or_default().push(self.entries.len());
        }
        self.entries.push(Entry { level, index, order, side, table, name, nested, assumed });
        self.entries.len() - 1
    }

    /// Counts steps of the proof.
    pub(super) fn count(&self, steps: usize) {
        self.steps.set(self.steps.get() + steps as u64);
    }

    /// The number of steps that were counted.
    pub(super) fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// Wraps facts into a numbered part, so that a context that has learned the part once skips it.
    pub(super) fn share(&mut self, level: LevelId, facts: Facts) -> Facts {
        if facts.width() < 2 {
            return facts;
        }
        self.parts += 1;
        self.levels[level].parts.push(self.parts);
        facts.shared(self.parts)
    }

    /// The level of a sublink or of a function call in an expression of `level`. `build` lays it out the first time only.
    pub(super) fn nested_once(
        &mut self,
        level: LevelId,
        node: *const (),
        build: impl FnOnce(&mut Self) -> LevelId,
    ) -> LevelId {
        if let Some(found) = self.nested_in_expressions.get(&(level, node)) {
            return *found;
        }
        let found = build(self);
        self.nested_in_expressions.insert((level, node), found);
        found
    }

    /// The term of a column.
    pub(super) fn column(&mut self, entry: EntryId, number: i32) -> TermId {
        self.terms.id(Term::Column(entry, number))
    }

    /// A new term of which nothing is known: a column of `result` that does not exist.
    pub(super) fn unknown(&mut self, level: LevelId) -> TermId {
        self.fresh -= 1;
        let (entry, number) = (self.levels[level].result, i32::MIN / 2 + self.fresh);
        self.terms.id(Term::Column(entry, number))
    }

    /// The level that `levels` outer references up from a level lead to.
    pub(super) fn up(&self, mut level: LevelId, levels: usize) -> Option<LevelId> {
        for _ in 0..levels {
            level = self.levels[level].parent?;
        }
        Some(level)
    }

    /// The entry that a column belongs to, and the level of that entry.
    pub(super) fn entry_of(&self, level: LevelId, var: &Var) -> Option<(LevelId, EntryId)> {
        let level = self.up(level, var.levels_up)?;
        let entry = *self.levels[level].entries.get(var.range.checked_sub(1)?)?;
        Some((level, entry))
    }

    /// The term of a column, resolved through joins, subqueries, views and CTEs. `None` if equal values of
    /// it need not be the same value.
    pub(super) fn resolve(&mut self, level: LevelId, var: &Var) -> Option<TermId> {
        let (level, entry) = self.entry_of(level, var)?;
        // Under a nondeterministic collation equal values can differ, here and in later comparisons.
        if var.attribute <= 0 || self.schema.nondeterministic_collations.contains(&var.collation) {
            return None;
        }
        let found = &self.levels[level];
        let query = found.query;
        if found.returning && query.result_relation == Some(var.range) && var.returning != VarReturning::Old {
            if query.command == Command::Delete && var.returning == VarReturning::New {
                // DELETE has no new row: the columns of NEW are NULL.
                return None;
            }
            let result = found.result;
            return Some(self.column(result, var.attribute));
        }
        let position = usize::try_from(var.attribute).ok()?.checked_sub(1)?;
        if let Some(found) = self.defining_term(level, entry, position)
            && !self.survives_padding(level, entry, found)
            && self.is_returned_uncast(level, entry, var)
        {
            return Some(found);
        }
        match &query.range(var.range)?.kind {
            // The merged column of a FULL JOIN ... USING is no column of either side, so it is a term of its own.
            RangeKind::Join { columns, .. } => match self.term(level, columns.get(position)?) {
                Some(found) => Some(found),
                None => Some(self.column(entry, var.attribute)),
            },
            RangeKind::Relation { .. }
            | RangeKind::Subquery(_)
            | RangeKind::Function { .. }
            | RangeKind::TableFunction(_)
            | RangeKind::Values(_)
            | RangeKind::Cte { .. }
            | RangeKind::Result
            | RangeKind::Group(_)
            | RangeKind::Opaque(_) => Some(self.column(entry, var.attribute)),
        }
    }

    /// Whether a function's column has the value that its body selects. PostgreSQL casts the body's result to the declared
    /// type, to the length of the row type's column, and to a domain. These casts are not in the tree and may truncate.
    fn is_returned_uncast(&self, level: LevelId, entry: EntryId, var: &Var) -> bool {
        let is_function = matches!(
            self.levels[level].query.range(var.range).map(|range| &range.kind),
            Some(RangeKind::Function { .. })
        );
        let made = self.entries[entry].nested.and_then(|nested| {
            let position = usize::try_from(var.attribute).ok()?.checked_sub(1)?;
            Some(&self.levels[nested].query.output().nth(position)?.expr)
        });
        !is_function || made.is_some_and(|made| self.is_declared_as(made, var))
    }

    fn is_declared_as(&self, made: &Expr, declared: &Var) -> bool {
        let Some(type_oid) = made.type_oid() else { return false };
        let is_domain = self
            .schema
            .types
            .get(&declared.type_oid)
            .is_none_or(|found| matches!(found.kind, TypeKind::Domain { .. }));
        let length =
            if let Expr::Var(Var { typmod, .. }) | Expr::Cast { typmod, .. } = made { *typmod } else { -1 };
        compares_alike(self.schema, type_oid, declared.type_oid)
            && (!is_domain || type_oid == declared.type_oid)
            && (declared.typmod == -1 || length == declared.typmod)
    }

    /// The term that an expression is, below casts that do not change the value. `None` if it is not plain.
    pub(super) fn term(&mut self, level: LevelId, expr: &'a Expr) -> Option<TermId> {
        let expr = plain(self.schema, expr)?;
        if let Expr::Var(var) = expr {
            return self.resolve(level, var);
        }
        if let Expr::Const(value) = expr {
            let term = constant(self.schema, value)?;
            return Some(self.terms.id(term));
        }
        if let Expr::Param { kind: ParamKind::Extern, id, .. } = expr {
            return match self.levels[level].arguments.clone() {
                None => Some(self.terms.id(Term::Param(*id))),
                Some(arguments) => *arguments.get(id.checked_sub(1)?)?,
            };
        }
        if let Expr::Param { kind: ParamKind::Sublink, id, .. } = expr {
            return *self.levels[self.tested?].outputs.get(id.checked_sub(1)?)?;
        }
        if let Expr::Sublink(sublink) = expr {
            let query = plain_select(sublink)?;
            let nested = self.sublink_level(level, sublink);
            return self.term(nested, query);
        }
        None
    }

    /// The type of an expression below casts that do not change the value.
    pub(super) fn plain_type(&self, expr: &Expr) -> Option<Oid> {
        let expr = plain(self.schema, expr)?;
        if let Expr::Sublink(sublink) = expr
            && sublink.kind == SublinkKind::Scalar
        {
            let given = plain_select(sublink).or_else(|| Some(&sublink.query.output().next()?.expr))?;
            return plain(self.schema, given)?.type_oid();
        }
        expr.type_oid()
    }

    /// Whether a term is a column of that level, or of a level within it.
    pub(super) fn is_within(&self, term: TermId, level: LevelId) -> bool {
        self.terms.entry(term).is_some_and(|entry| self.level_is_within(self.entries[entry].level, level))
    }

    fn level_is_within(&self, mut inner: LevelId, level: LevelId) -> bool {
        loop {
            if inner == level {
                return true;
            }
            inner = match self.levels[inner].container {
                Container::Nothing => return false,
                Container::Entry(entry) => self.entries[entry].level,
                Container::Expression(around) => around,
            };
        }
    }

    /// Whether all terms that a condition is about are kept.
    pub(super) fn condition_is(&self, condition: ConditionId, keep: &dyn Fn(TermId) -> bool) -> bool {
        self.conditions[condition as usize].iter().all(|term| keep(*term))
    }

    /// What follows from facts about the terms that are kept.
    pub(super) fn project(&self, facts: &Facts, keep: &dyn Fn(TermId) -> bool) -> Facts {
        facts.project(keep, &|condition| self.condition_is(condition, keep))
    }
}

/// The only output of a scalar subquery that reads nothing: `(select :p)`.
fn plain_select(sublink: &Sublink) -> Option<&Expr> {
    let query = &sublink.query;
    let reads_nothing = query.from.items.is_empty()
        && query.from.quals.is_none()
        && query.ctes.is_empty()
        && query.set_operation.is_none()
        && query.group_by.is_empty()
        && query.grouping_sets.is_empty()
        && query.having.is_none()
        && query.limit.is_none()
        && query.offset.is_none()
        && !query.has_aggregates
        && !query.has_window_functions
        && !query.has_target_srfs
        && query.opaque.is_none();
    match query.targets.as_slice() {
        [target] if reads_nothing && sublink.kind == SublinkKind::Scalar => Some(&target.expr),
        _ => None,
    }
}
