//! The statement laid out: every query level and every range-table entry that its execution meets, views, CTEs and
//! function bodies included, once for each place that reads them.

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

/// One instance of a query level.
pub(super) type LevelId = usize;

/// How many levels are laid out before a statement counts as too large to be understood: a chain of CTEs that each
/// read the one before twice doubles with every link.
const MOST_LEVELS: usize = 2_000;

/// How deep levels may stand in each other. What is laid out here is walked recursively.
const DEEPEST: usize = 400;

/// A range-table entry.
#[derive(Debug)]
pub(super) struct Entry {
    /// The level that it belongs to.
    pub(super) level: LevelId,
    /// Its index in the range table, from 1; 0 is the row that the level makes.
    pub(super) index: usize,
    /// Its place among the entries of FROM.
    pub(super) order: Option<usize>,
    /// The side of an outer join that it stands on and that may be missing, the nearest.
    pub(super) side: Option<SideId>,
    /// The table, where it is one.
    pub(super) table: Option<Oid>,
    /// The name that the author knows it by.
    pub(super) name: String,
    /// The level that makes its rows: of a subquery, a view, a CTE, the body of a function.
    pub(super) nested: Option<LevelId>,
    /// What is assumed of each row: of a recursive CTE's reference to itself, of VALUES.
    pub(super) assumed: Facts,
}

/// Where a level stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// Nowhere: it is the statement, or a CTE that runs by itself.
    Nothing,
    /// It makes the rows of that entry.
    Entry(EntryId),
    /// It stands in an expression of that level.
    Expression(LevelId),
}

/// Which conditions on a level's output columns restrict the rows that it reads.
#[derive(Debug, Clone)]
pub(super) enum Passable {
    /// All: it does nothing that looks at several rows.
    All,
    /// Equalities on these terms: keys by which it keeps rows apart.
    Keys(BTreeSet<TermId>),
    /// None.
    Nothing,
}

/// A query level.
#[derive(Debug)]
pub(super) struct Level<'a> {
    /// Its query.
    pub(super) query: &'a Query,
    /// The level around it, for references upwards.
    pub(super) parent: Option<LevelId>,
    /// Where it stands.
    pub(super) container: Container,
    /// How many levels it stands in.
    pub(super) depth: usize,
    /// In the body of a function its arguments.
    pub(super) arguments: Option<Rc<Vec<Option<TermId>>>>,
    /// Whether it comes from the catalogs, so that it has no place in the author's text.
    pub(super) stored: bool,
    /// Its range table.
    pub(super) entries: Vec<EntryId>,
    /// Those that an outer join may pad with NULL.
    pub(super) padded: BTreeSet<EntryId>,
    /// The row that it makes: of a set operation, of RETURNING.
    pub(super) result: EntryId,
    /// Whether its RETURNING list is being read, where the target's columns are the result's.
    pub(super) returning: bool,
    /// What holds for each of its rows.
    pub(super) facts: Facts,
    /// What holds for the rows of RETURNING besides. It is about rows that the statement makes, so it is of use
    /// to those that read them, and to nothing in the statement itself.
    pub(super) returned: Facts,
    /// Its output columns, where they are plain.
    pub(super) outputs: Vec<Option<TermId>>,
    /// What passes into it.
    pub(super) passable: Passable,
    /// What holds for each row of the items of FROM, whatever conditions above them say.
    pub(super) items: Vec<Facts>,
    /// Its outer joins.
    pub(super) outer_joins: Vec<usize>,
    /// How many entries of FROM have their place.
    pub(super) ordered: usize,
    /// The levels that make rows for it, or stand in its expressions.
    pub(super) children: Vec<LevelId>,
    /// Of a set operation, which columns rows that are equal have the same value in, once that is asked.
    pub(super) exact: Option<Rc<Vec<bool>>>,
    /// Its facts that are shared.
    pub(super) parts: Vec<PartId>,
}

/// A context, which is kept since its address is a key, and the one that was made of it.
pub(super) type Extended = (Rc<Context>, Rc<Context>);

/// The layout of one statement, and what the rules look things up in.
pub(super) struct Arena<'a> {
    pub(super) schema: &'a Schema,
    pub(super) policy: &'a Policy,
    pub(super) terms: Terms,
    pub(super) entries: Vec<Entry>,
    pub(super) levels: Vec<Level<'a>>,
    /// Whether the statement grew too large.
    pub(super) overflown: bool,
    /// The columns that are used of each entry; 0 is all of them.
    pub(super) used: FxHashMap<EntryId, BTreeSet<i32>>,
    /// Recursive CTEs that are being laid out.
    pub(super) recursions: Vec<Recursion>,
    pub(super) conditions: Vec<BTreeSet<TermId>>,
    pub(super) condition_index: FxHashMap<String, ConditionId>,
    pub(super) conditions_about: FxHashMap<TermId, Vec<ConditionId>>,
    pub(super) outer_joins: Vec<OuterJoin>,
    pub(super) outer_join_index: FxHashMap<(LevelId, *const Join), usize>,
    /// The entries that are a table.
    pub(super) tables: FxHashMap<Oid, Vec<EntryId>>,
    /// What conditions say, once it is known.
    pub(super) held: FxHashMap<(LevelId, *const Expr, Option<LevelId>), Facts>,
    /// Contexts in which a side of an outer join is not missing, each with the one that it was made of.
    pub(super) with_sides: FxHashMap<(*const Context, SideId), Extended>,
    parts: PartId,
    steps: Cell<u64>,
    /// The conditions that a column is one of some constants.
    pub(super) value_sets: FxHashMap<ConditionId, (TermId, BTreeSet<TermId>)>,
    /// The conditions of which one alternative holds, and what holds in each.
    pub(super) alternatives: FxHashMap<ConditionId, Vec<Facts>>,
    nested_in_expressions: FxHashMap<(LevelId, *const ()), LevelId>,
    /// The subquery whose columns the test of a sublink speaks of.
    pub(super) tested: Option<LevelId>,
    fresh: i32,
}

/// A recursive CTE while its step is laid out.
#[derive(Debug, Clone)]
pub(super) struct Recursion {
    pub(super) with: LevelId,
    pub(super) name: String,
    /// The row of the CTE that `assumed` is about.
    pub(super) row: EntryId,
    /// What is assumed of the previous row.
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
            overflown: false,
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

    /// Adds a level with its entries, still without facts. Past the limit nothing grows any more.
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
        self.overflown |= id >= MOST_LEVELS || depth >= DEEPEST;
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
            stored,
            entries,
            padded: BTreeSet::new(),
            result,
            returning: false,
            facts: Facts::default(),
            returned: Facts::default(),
            outputs: Vec::new(),
            passable: Passable::Nothing,
            items: Vec::new(),
            outer_joins: Vec::new(),
            ordered: 0,
            children: Vec::new(),
            exact: None,
            parts: Vec::new(),
        });
        let mut padded = BTreeSet::new();
        // A MERGE may meet rows without a source.
        let is_merge = query.command == Command::Merge;
        query.from.items.iter().for_each(|item| self.collect_padded(id, item, is_merge, &mut padded));
        self.levels[id].padded = padded;
        id
    }

    /// The entries of an item of FROM that may be missing from a row.
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

    /// What a column of an entry is besides itself: the output of the subquery, or the value in VALUES, that makes it.
    /// What an outer join may pad is that only below the join, unless it is NULL where its subquery is padded.
    pub(super) fn made_of(&mut self, level: LevelId, entry: EntryId, position: usize) -> Option<TermId> {
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

    /// Whether a term is what a padded entry's column is below the join alone.
    pub(super) fn outlives_padding(&self, level: LevelId, entry: EntryId, made_of: TermId) -> bool {
        let within = |nested| self.is_within(made_of, nested);
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

    /// Notes that there was something to do.
    pub(super) fn count(&self, steps: usize) {
        self.steps.set(self.steps.get() + steps as u64);
    }

    /// How much there was to do.
    pub(super) fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// The same facts, so that contexts that know them already notice it.
    pub(super) fn share(&mut self, level: LevelId, facts: Facts) -> Facts {
        if facts.width() < 2 {
            return facts;
        }
        self.parts += 1;
        self.levels[level].parts.push(self.parts);
        facts.shared(self.parts)
    }

    /// The level of a sublink or of a function call in an expression of `level`, laid out by `build` the first time.
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

    /// A term that nothing is known of: a column that no entry has.
    pub(super) fn unknown(&mut self, level: LevelId) -> TermId {
        self.fresh -= 1;
        let (entry, number) = (self.levels[level].result, i32::MIN / 2 + self.fresh);
        self.terms.id(Term::Column(entry, number))
    }

    /// The level that many levels up.
    pub(super) fn up(&self, mut level: LevelId, levels: usize) -> Option<LevelId> {
        for _ in 0..levels {
            level = self.levels[level].parent?;
        }
        Some(level)
    }

    /// The entry that a column belongs to, in its own level.
    pub(super) fn entry_of(&self, level: LevelId, var: &Var) -> Option<(LevelId, EntryId)> {
        let level = self.up(level, var.levels_up)?;
        let entry = *self.levels[level].entries.get(var.range.checked_sub(1)?)?;
        Some((level, entry))
    }

    /// The value that a column stands for, looked up through joins, subqueries, views and CTEs.
    pub(super) fn resolve(&mut self, level: LevelId, var: &Var) -> Option<TermId> {
        let (level, entry) = self.entry_of(level, var)?;
        // Under such a collation equal values need not be the same, here or wherever they are compared next.
        if var.attribute <= 0 || self.schema.nondeterministic_collations.contains(&var.collation) {
            return None;
        }
        let found = &self.levels[level];
        let query = found.query;
        if found.returning && query.result_relation == Some(var.range) && var.returning != VarReturning::Old {
            if query.command == Command::Delete && var.returning == VarReturning::New {
                // There is no new row; its columns are NULL.
                return None;
            }
            let result = found.result;
            return Some(self.column(result, var.attribute));
        }
        let position = usize::try_from(var.attribute).ok()?.checked_sub(1)?;
        if let Some(found) = self.made_of(level, entry, position)
            && !self.outlives_padding(level, entry, found)
            && self.is_returned_as_it_is(level, entry, var)
        {
            return Some(found);
        }
        match &query.range(var.range)?.kind {
            // The merged column of a FULL JOIN is neither side's.
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

    /// Whether a column is of the type that the query has which makes it: a function casts what its body selects to
    /// what it declares, and such a cast may truncate. So may one to the length that a column of its row type has, or
    /// that a domain asks for, and neither stands in the tree.
    fn is_returned_as_it_is(&self, level: LevelId, entry: EntryId, var: &Var) -> bool {
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

    /// The term that an expression is, below casts that change nothing.
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

    /// The type of what an expression is below casts that change nothing.
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

    /// Whether a term is a column of that level, or of what stands below it.
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

    /// Whether a condition is about terms that are kept, and nothing else.
    pub(super) fn condition_is(&self, condition: ConditionId, keep: &dyn Fn(TermId) -> bool) -> bool {
        self.conditions[condition as usize].iter().all(|term| keep(*term))
    }

    /// The facts that are about terms that are kept.
    pub(super) fn project(&self, facts: &Facts, keep: &dyn Fn(TermId) -> bool) -> Facts {
        facts.project(keep, &|condition| self.condition_is(condition, keep))
    }
}

/// The one expression of a scalar subquery that reads nothing: `(select :p)`.
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
