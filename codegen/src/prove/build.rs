//! Lays a query out in the arena: adds its levels, and finds for each level the facts, the output terms, and what may be
//! pushed down into it.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::arena::{Arena, Container, LevelId, Pushdown, Recursion};
use super::facts::{Fact, Facts};
use super::functions::default_arguments;
use super::grouping::has_empty_set;
use super::terms::{EntryId, TermId, are_integers, compares_alike};
use crate::tree::{
    Call, Command, Cte, Expr, Oid, Query, RangeKind, SetKind, SetOperation, Sublink, SublinkKind,
};

impl<'a> Arena<'a> {
    /// Lays out a query with all levels within it.
    pub(super) fn build(
        &mut self,
        query: &'a Query,
        parent: Option<LevelId>,
        container: Container,
        arguments: Option<Rc<Vec<Option<TermId>>>>,
        stored: bool,
    ) -> LevelId {
        let level = self.add_level(query, parent, container, arguments, stored);
        if self.too_large {
            return level;
        }
        self.fill(level, None);
        level
    }

    /// The level of a sublink in an expression.
    pub(super) fn sublink_level(&mut self, level: LevelId, sublink: &'a Sublink) -> LevelId {
        self.nested_once(level, std::ptr::from_ref(sublink).cast(), |arena| {
            let (arguments, stored) = (arena.levels[level].arguments.clone(), arena.levels[level].stored);
            let nested =
                arena.build(&sublink.query, Some(level), Container::Expression(level), arguments, stored);
            // More than one row is an error, which also depends on rows that a condition outside would drop.
            if sublink.kind == SublinkKind::Scalar {
                arena.levels[nested].pushdown = Pushdown::Nothing;
            }
            nested
        })
    }

    /// The level of the body of a user's function, with the call's arguments in place of its parameters. `None` if the body
    /// is not SQL-standard, or is anything but one SELECT.
    pub(super) fn body_level(
        &mut self,
        level: LevelId,
        call: &'a Call,
        container: Container,
    ) -> Option<LevelId> {
        let schema = self.schema;
        let function = schema.functions.get(&call.function)?;
        let [body] = function.body.as_deref()? else { return None };
        if body.command != Command::Select {
            return None;
        }
        let mut arguments: Vec<_> = function.parameters.iter().map(|_| None).collect();
        for (number, default) in default_arguments(function, call) {
            arguments[number] = self.term(level, default);
        }
        for (number, arg) in call.parameters.iter().zip(&call.args) {
            *arguments.get_mut(*number)? = self.term(level, arg);
        }
        let arguments = arguments.into_iter().map(|found| found.or_else(|| Some(self.unknown(level))));
        let arguments: Vec<_> = arguments.collect();
        Some(self.nested_once(level, std::ptr::from_ref(call).cast(), |arena| {
            let built = arena.build(body, None, container, Some(Rc::new(arguments)), true);
            arena.levels[built].sees_own_writes = function.volatility == 'v';
            built
        }))
    }

    /// Fills in the entries of a level, then its facts and outputs. For the query of a recursive CTE, `recursive` is the level
    /// with the WITH clause and the CTE's name.
    fn fill(&mut self, level: LevelId, recursive: Option<(LevelId, &str)>) {
        let query = self.levels[level].query;
        let step = recursive.and_then(|_| step_of(query));
        for index in 1..=query.range_table.len() {
            if step.as_ref().is_none_or(|step: &BTreeSet<usize>| !step.contains(&index)) {
                self.fill_entry(level, index);
            }
        }
        if let (Some((with, name)), Some(step)) = (recursive, &step) {
            self.fill_step(level, with, name, step);
        }
        let mut facts = self.level_facts(level);
        if let (Some(operation), None) = (&query.set_operation, &step) {
            let arms = operation.arms().into_iter().map(|arm| self.arm_row(level, arm)).collect();
            facts.extend(&self.either(arms));
        }
        self.levels[level].facts = self.share(level, facts);
        self.levels[level].outputs = self.level_outputs(level);
        // In a recursive CTE a row that a condition outside drops has been used to compute others.
        let pushdown = if step.is_some() { Pushdown::Nothing } else { self.level_pushdown(level) };
        self.levels[level].pushdown = pushdown;
    }

    fn fill_entry(&mut self, level: LevelId, index: usize) {
        let query = self.levels[level].query;
        let entry = self.levels[level].entries[index - 1];
        let Some(range) = query.range(index) else { return };
        let schema = self.schema;
        let (arguments, stored) = (self.levels[level].arguments.clone(), self.levels[level].stored);
        let nested = match &range.kind {
            RangeKind::Subquery(subquery) => {
                Some(self.build(subquery, Some(level), Container::Entry(entry), arguments, stored))
            }
            RangeKind::Relation { table, relkind: 'v', .. } => {
                match schema.table(*table).and_then(|table| table.view.as_ref()) {
                    // A view's tree has entries OLD and NEW, which are not in FROM and read nothing.
                    Some(view) if range.in_from || query.result_relation == Some(index) => {
                        Some(self.build(view, None, Container::Entry(entry), None, true))
                    }
                    _ => None,
                }
            }
            RangeKind::Cte { name, levels_up, self_reference: false } => {
                self.fill_cte(level, entry, name, *levels_up)
            }
            RangeKind::Function { functions, .. } => match functions.as_slice() {
                [(Expr::Function { call, .. }, _)] if self.is_unnest(call) => {
                    let column = self.column(entry, 1);
                    self.entries[entry].assumed = self.element_facts(level, call, column);
                    None
                }
                // A function that does not return a set gives one row of NULLs if its query finds none.
                [(Expr::Function { call, set: true, .. }, columns)] => {
                    let body = self.body_level(level, call, Container::Entry(entry));
                    body.filter(|body| self.levels[*body].outputs.len() == *columns)
                }
                _ => None,
            },
            RangeKind::Cte { name, levels_up, self_reference: true } => {
                let assumed = self.assumed_facts(level, entry, name, *levels_up, range.column_names.len());
                self.entries[entry].assumed = assumed;
                None
            }
            RangeKind::Values(rows) if rows.len() > 1 => {
                self.entries[entry].assumed = self.values_facts(level, entry, rows);
                None
            }
            RangeKind::Relation { .. }
            | RangeKind::Join { .. }
            | RangeKind::TableFunction(_)
            | RangeKind::Values(_)
            | RangeKind::Result
            | RangeKind::Group(_)
            | RangeKind::Opaque(_) => None,
        };
        if let (Some(body), RangeKind::Function { ordinality: true, .. }) = (nested, &range.kind) {
            self.levels[body].pushdown = Pushdown::Nothing;
        }
        self.entries[entry].nested = nested;
    }

    /// The columns of VALUES that have the same value in all rows.
    fn values_facts(&mut self, level: LevelId, entry: EntryId, rows: &'a [Vec<Expr>]) -> Facts {
        let mut facts = Facts::default();
        let Some((first, others)) = rows.split_first() else { return facts };
        for (position, expr) in first.iter().enumerate() {
            let (Some(term), Ok(number)) = (self.term(level, expr), i32::try_from(position + 1)) else {
                continue;
            };
            let same = others
                .iter()
                .all(|row| row.get(position).is_some_and(|expr| self.term(level, expr) == Some(term)));
            if same {
                let column = self.column(entry, number);
                facts.push(Fact::Same(column, term), None);
            }
        }
        facts
    }

    /// The CTE that a reference means, and the level with its WITH clause.
    pub(super) fn cte(&self, level: LevelId, name: &str, levels_up: usize) -> Option<(LevelId, &'a Cte)> {
        let with = self.up(level, levels_up)?;
        let query = self.levels[with].query;
        Some((with, query.ctes.iter().find(|cte| cte.name == name)?))
    }

    fn fill_cte(&mut self, level: LevelId, entry: EntryId, name: &str, levels_up: usize) -> Option<LevelId> {
        let (with, cte) = self.cte(level, name, levels_up)?;
        Some(self.cte_level(with, cte, Container::Entry(entry)))
    }

    /// Facts about the columns of `row`, turned into facts about the columns of `entry`.
    fn renamed(&mut self, facts: &Facts, row: EntryId, entry: EntryId, columns: usize) -> Facts {
        let mut facts = facts.clone();
        for number in 1..=i32::try_from(columns).unwrap_or(0) {
            let (own, other) = (self.column(entry, number), self.column(row, number));
            facts.push(Fact::Same(own, other), None);
        }
        self.project(&facts, &|term| self.terms.entry(term) != Some(row))
    }

    /// Lays out a CTE once more, for one of the entries that read it.
    pub(super) fn cte_level(&mut self, with: LevelId, cte: &'a Cte, container: Container) -> LevelId {
        let (arguments, stored) = (self.levels[with].arguments.clone(), self.levels[with].stored);
        let level = self.add_level(&cte.query, Some(with), container, arguments, stored);
        if !self.too_large {
            self.fill(level, cte.recursive.then_some((with, cte.name.as_str())));
            if cte.recursive {
                // A row that a condition outside drops has been used to compute others.
                self.levels[level].pushdown = Pushdown::Nothing;
            }
        }
        level
    }

    /// Lays out the recursive term of a recursive CTE, and finds facts by induction. The hypothesis begins with the facts of
    /// the non-recursive term, and is weakened until the recursive term implies it again.
    fn fill_step(&mut self, level: LevelId, with: LevelId, name: &str, step: &BTreeSet<usize>) {
        let query = self.levels[level].query;
        let Some(SetOperation::Node { left, right, .. }) = &query.set_operation else { return };
        let row = self.levels[level].result;
        let mut assumed = self.arm_facts(level, left);
        for round in 0.. {
            // Usual queries need a few rounds. After that nothing is assumed.
            if round > 8 {
                assumed = Facts::default();
            }
            self.recursions.push(Recursion { with, name: name.to_owned(), row, assumed: assumed.clone() });
            for index in step {
                self.fill_entry(level, *index);
            }
            self.recursions.pop();
            if self.too_large || assumed.is_empty() {
                return;
            }
            let after = assumed.or(&self.arm_facts(level, right));
            if self.implies_all(&after, &assumed) {
                return;
            }
            assumed = after;
        }
    }

    /// Whether `after` implies `before`.
    fn implies_all(&self, after: &Facts, before: &Facts) -> bool {
        let after = super::closure::Closure::of(after);
        before.atoms().iter().all(|atom| match atom.fact {
            Fact::Equal(a, b) | Fact::Same(a, b) => after.same(a, b),
            Fact::Null(a) => after.is_null(a),
            Fact::NotNull(a) => after.is_not_null(a),
            Fact::Member(a, set) => after.is_member(a, set),
            Fact::Condition(condition) => after.holds(condition),
            Fact::AtMost(..) | Fact::EqualUnlessNull(..) => false,
        })
    }

    /// What holds for each row of a level.
    fn level_facts(&mut self, level: LevelId) -> Facts {
        let query = self.levels[level].query;
        if query.opaque.is_some() {
            return Facts::default();
        }
        if let Some(operation) = &query.set_operation {
            return self.arm_facts(level, operation);
        }
        match query.command {
            Command::Select => self.select_facts(level),
            Command::Insert | Command::Update | Command::Delete | Command::Merge => self.row_facts(level),
            Command::Utility | Command::Nothing => Facts::default(),
        }
    }

    fn select_facts(&mut self, level: LevelId) -> Facts {
        let query = self.levels[level].query;
        let mut facts = self.row_facts(level);
        if let Some(having) = query.having.as_ref().filter(|_| !query.group_by.is_empty()) {
            facts.extend(&self.having_facts(level, having));
        }
        facts
    }

    /// What holds for each row of an entry.
    pub(super) fn entry_facts(&mut self, level: LevelId, index: usize) -> Facts {
        let Some(entry) = index.checked_sub(1).and_then(|index| self.levels[level].entries.get(index)) else {
            return Facts::default();
        };
        let entry = *entry;
        let facts = self.padded_facts(level, index, entry);
        let Some(nested) = self.entries[entry].nested else { return facts.and(&self.entries[entry].assumed) };
        if self.always_returns_row(nested) {
            return facts;
        }
        facts.and(&self.levels[nested].facts).and(&self.levels[nested].returned)
    }

    /// For an entry that an outer join may pad: the equalities of its columns that hold only for rows that are not padded.
    fn padded_facts(&mut self, level: LevelId, index: usize, entry: EntryId) -> Facts {
        let mut facts = Facts::default();
        let Some(range) = self.levels[level].query.range(index) else { return facts };
        if !self.levels[level].padded.contains(&entry) || matches!(range.kind, RangeKind::Function { .. }) {
            return facts;
        }
        for position in 0..range.column_names.len() {
            if let (Some(found), Ok(number)) =
                (self.defining_term(level, entry, position), i32::try_from(position + 1))
                && self.survives_padding(level, entry, found)
            {
                let column = self.column(entry, number);
                facts.push(Fact::Same(column, found), None);
            }
        }
        facts
    }

    /// The induction hypothesis about a recursive CTE's previous row, for the entry that reads it.
    fn assumed_facts(
        &mut self,
        level: LevelId,
        entry: EntryId,
        name: &str,
        levels_up: usize,
        columns: usize,
    ) -> Facts {
        let Some(with) = self.up(level, levels_up) else { return Facts::default() };
        let found = self.recursions.iter().rev().find(|found| found.with == with && found.name == name);
        let Some(Recursion { row, assumed, .. }) = found.cloned() else { return Facts::default() };
        // The row that the recursive term computes is another one than the row that it reads.
        self.renamed(&assumed, row, entry, columns)
    }

    /// Whether a level can give a row even if no input row meets its conditions: it aggregates without GROUP BY, or with an
    /// empty grouping set. Then its facts do not hold for that row.
    pub(super) fn always_returns_row(&self, level: LevelId) -> bool {
        let query = self.levels[level].query;
        if query.set_operation.is_some() || query.command != Command::Select {
            return false;
        }
        let aggregates = query.has_aggregates || query.having.is_some() || !query.grouping_sets.is_empty();
        let blank = !query.grouping_sets.is_empty() && query.grouping_sets.iter().all(has_empty_set);
        (aggregates && query.group_by.is_empty()) || blank
    }

    fn level_outputs(&mut self, level: LevelId) -> Vec<Option<TermId>> {
        let query = self.levels[level].query;
        if query.opaque.is_some() {
            return Vec::new();
        }
        if query.set_operation.is_some() {
            let row = self.levels[level].result;
            let columns = query.output().count();
            return (1..=i32::try_from(columns).unwrap_or(0))
                .map(|number| Some(self.column(row, number)))
                .collect();
        }
        let kept = self.kept_references(level);
        self.levels[level].returning = query.command != Command::Select;
        let outputs = query.output().enumerate().map(|(position, target)| {
            let found =
                self.term(level, &target.expr).or_else(|| self.unnested(level, position, &target.expr));
            // A grouping set replaces keys that are not its own by NULL, but not other outputs of the same value.
            found.filter(|_| self.is_kept(level, &kept, target))
        });
        let outputs = outputs.collect();
        self.levels[level].returning = false;
        if query.command != Command::Select {
            self.levels[level].returned = self.returned_facts(level);
        }
        outputs
    }

    /// What holds for each row of a set operation, or of an arm of it.
    fn arm_facts(&mut self, level: LevelId, operation: &SetOperation) -> Facts {
        match operation {
            SetOperation::Leaf(index) => {
                let facts = self.arm_row(level, *index);
                let nested = self.arm_level(level, *index);
                let hidden = |term: TermId| nested.is_some_and(|nested| self.is_within(term, nested));
                self.project(&facts, &|term| !hidden(term))
            }
            SetOperation::Node { kind, left, right, all: _, collations: _ } => {
                let left_facts = self.arm_facts(level, left);
                match kind {
                    SetKind::Except => left_facts,
                    SetKind::Intersect => left_facts.and(&self.arm_facts(level, right)),
                    SetKind::Union => left_facts.or(&self.arm_facts(level, right)),
                }
            }
        }
    }

    /// For each column of a set operation, whether rows that it takes for equal have the same value there. They need not
    /// under a nondeterministic collation, or in a type of an extension.
    pub(super) fn exact_columns(&mut self, level: LevelId) -> Rc<Vec<bool>> {
        if let Some(found) = &self.levels[level].exact {
            return Rc::clone(found);
        }
        let query = self.levels[level].query;
        let is_exact = |oid: Oid| self.schema.equals_exactly(oid, 0);
        let mut exact: Vec<bool> =
            query.output().map(|target| target.expr.type_oid().is_some_and(is_exact)).collect();
        if let Some(operation) = &query.set_operation {
            self.keep_exact(operation, &mut exact);
        }
        let exact = Rc::new(exact);
        self.levels[level].exact = Some(Rc::clone(&exact));
        exact
    }

    fn keep_exact(&self, operation: &SetOperation, exact: &mut [bool]) {
        let SetOperation::Node { collations, left, right, .. } = operation else { return };
        for (position, exact) in exact.iter_mut().enumerate() {
            *exact &= collations
                .get(position)
                .is_some_and(|collation| !self.schema.nondeterministic_collations.contains(collation));
        }
        self.keep_exact(left, exact);
        self.keep_exact(right, exact);
    }

    /// Whether a set operation passes an arm's column on unchanged. It casts the arms to a common type, and such a cast may
    /// round, unless both types are compared alike or are integers.
    pub(super) fn is_passed_uncast(&self, level: LevelId, arm: LevelId, position: usize) -> bool {
        let column = |level: LevelId| self.levels[level].query.output().nth(position)?.expr.type_oid();
        match (column(arm), column(level)) {
            (Some(made), Some(passed)) => {
                compares_alike(self.schema, made, passed) || are_integers(made, passed)
            }
            _ => false,
        }
    }

    /// The level of an arm.
    pub(super) fn arm_level(&self, level: LevelId, index: usize) -> Option<LevelId> {
        let entry = *self.levels[level].entries.get(index.checked_sub(1)?)?;
        self.entries[entry].nested
    }

    /// What holds for each row of an arm, and which terms of the arm the set operation's columns equal.
    pub(super) fn arm_row(&mut self, level: LevelId, index: usize) -> Facts {
        let Some(nested) = self.arm_level(level, index) else { return Facts::default() };
        let mut facts = if self.always_returns_row(nested) {
            Facts::default()
        } else {
            self.levels[nested].facts.clone()
        };
        let (row, exact) = (self.levels[level].result, self.exact_columns(level));
        for (position, output) in self.levels[nested].outputs.clone().into_iter().enumerate() {
            let is_exact =
                exact.get(position) != Some(&false) && self.is_passed_uncast(level, nested, position);
            if let (Some(output), Ok(number), true) = (output, i32::try_from(position + 1), is_exact) {
                let column = self.column(row, number);
                facts.push(Fact::Same(column, output), None);
            }
        }
        facts
    }
}

/// The arms of a recursive CTE's recursive term: all leaves of the right side.
fn step_of(query: &Query) -> Option<BTreeSet<usize>> {
    let Some(SetOperation::Node { right, .. }) = &query.set_operation else { return None };
    let mut found = BTreeSet::new();
    leaves(right, &mut found);
    Some(found)
}

fn leaves(operation: &SetOperation, found: &mut BTreeSet<usize>) {
    match operation {
        SetOperation::Leaf(index) => {
            found.insert(*index);
        }
        SetOperation::Node { left, right, .. } => {
            leaves(left, found);
            leaves(right, found);
        }
    }
}
