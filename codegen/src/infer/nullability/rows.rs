//! The rows at one query level, and what is known of them.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::schema::Schema;
use crate::tree::walk::each_expr;
use crate::tree::{CastVia, Cte, Expr, Query, RangeIndex, RangeKind, Var, VarReturning};

use super::Outputs;
use super::checks;
use super::conditions;
use super::facts::{Column, Elements, Exprs, Facts, Value};
use super::grouping::GroupingNulls;
use super::joins::{Joins, Pad};
use super::query::Outcome;
use super::stored;
use super::written::Written;

/// The state of the analysis of one statement.
pub struct Run<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// The assumed results of the recursive CTEs that are being analysed.
    pub assumed: RefCell<Vec<(&'a Cte, Vec<Value>)>>,
    /// How many more queries may be analysed. Each level of nesting is analysed again with what is known outside, so an extremely
    /// deep statement would take long; about the rest nothing is known.
    pub budget: Cell<usize>,
    /// How many more CASE conditions may be analysed: each branch is analysed once as taken and once as not taken, which doubles
    /// with each level of nesting.
    pub cases: Cell<usize>,
    /// The nesting depth of the current query.
    pub depth: Cell<usize>,
    /// The columns of queries that see no outer query, as soon as they are known: by those parameters, and the columns known
    /// not to be NULL.
    pub uncorrelated: RefCell<HashMap<UncorrelatedKey, Vec<Value>>>,
}

/// A query, its parameters, and the columns that are known not to be NULL.
pub type UncorrelatedKey = (*const Query, Vec<Value>, Outputs);

impl<'a> Run<'a> {
    /// A new run.
    pub fn new(schema: &'a Schema) -> Self {
        Run {
            schema,
            assumed: RefCell::default(),
            budget: Cell::new(20_000),
            cases: Cell::new(5_000),
            depth: Cell::new(0),
            uncorrelated: RefCell::default(),
        }
    }
}

/// The rows at one query level: those that FROM and WHERE pass, or their groups, or those of RETURNING.
#[derive(Clone)]
pub struct Rows<'a, 'p> {
    /// What the run shares.
    pub run: &'p Run<'a>,
    /// The query.
    pub query: &'a Query,
    /// The rows of the outer query.
    pub parent: Option<&'p Rows<'a, 'p>>,
    /// What is known of `$1` and so on.
    pub params: &'p [Value],
    /// The columns of the subquery, for the comparison of an IN, ANY or ALL.
    pub sublink: Option<Rc<Vec<Value>>>,
    /// For groups, the rows that are aggregated.
    pub aggregated: Option<&'p Rows<'a, 'p>>,
    /// Whether there may be a group without rows.
    pub may_be_empty: bool,
    /// For rows about which more is known than about others: all rows, which window functions see.
    pub windowed: Option<&'p Rows<'a, 'p>>,
    /// The columns that grouping sets set to NULL.
    pub grouping_nulls: Rc<GroupingNulls>,
    /// For RETURNING, the rows that were written.
    pub written: Option<Rc<Written>>,
    /// For ON CONFLICT DO UPDATE, the rows that were to be inserted.
    pub excluded: Option<Rc<Written>>,
    /// For RETURNING, the rows before they were written, if these always exist.
    pub before: Option<&'p Rows<'a, 'p>>,
    joins: Rc<Joins<'a>>,
    conditions: Rc<Vec<(Vec<Pad>, &'a Expr)>>,
    /// The checks of the tables in FROM.
    checks: Rc<Vec<(RangeIndex, &'a Expr)>>,
    facts: Facts<'a>,
    present: BTreeSet<Pad>,
    seen: RefCell<BTreeMap<RangeIndex, Rc<Outcome<'a>>>>,
}

impl<'a, 'p> Rows<'a, 'p> {
    /// The rows that FROM and WHERE pass.
    pub fn of(
        run: &'p Run<'a>,
        query: &'a Query,
        parent: Option<&'p Rows<'a, 'p>>,
        params: &'p [Value],
    ) -> Self {
        let joins = Joins::of(run.schema, query);
        let mut rows = Rows {
            run,
            query,
            parent,
            params,
            sublink: None,
            aggregated: None,
            may_be_empty: false,
            windowed: None,
            grouping_nulls: Rc::default(),
            written: None,
            excluded: None,
            before: None,
            conditions: Rc::new(joins.conditions.clone()),
            checks: Rc::new(stored::checks(run.schema, query, joins.entries.keys().copied())),
            joins: Rc::new(joins),
            facts: Facts::default(),
            present: BTreeSet::new(),
            seen: RefCell::default(),
        };
        rows.conclude();
        rows
    }

    /// The same rows, with more known of them.
    pub fn with(&self, facts: Facts<'a>) -> Self {
        let mut rows = self.clone();
        if rows.learn(facts) {
            rows.conclude();
        }
        rows
    }

    /// Those of the rows for which this condition is true.
    pub fn where_true(&self, condition: &'a Expr) -> Self {
        self.with(conditions::when_true(self, condition).unwrap_or_default())
    }

    /// Those of the rows in which that entry has a row.
    pub fn with_row_of(&self, range: RangeIndex) -> Self {
        self.with(Facts::column(Column { levels_up: 0, range, attribute: 0 }))
    }

    /// Rows derived from these, about which only those facts still hold, and to which neither the conditions of FROM nor
    /// the checks of the tables there apply.
    pub fn rebuilt(&self, keep: impl Fn(&Column) -> bool) -> Self {
        let mut rows = self.clone();
        rows.conditions = Rc::default();
        rows.checks = Rc::default();
        rows.facts.exprs = Exprs::default();
        rows.facts.columns.retain(keep);
        rows.seen.take();
        rows
    }

    /// What is known of them.
    pub fn facts(&self) -> &Facts<'a> {
        &self.facts
    }

    /// The rows `levels` further out.
    pub fn up(&self, levels: usize) -> Option<&Rows<'a, 'p>> {
        if levels == 0 { Some(self) } else { self.parent?.up(levels - 1) }
    }

    /// If an outer join can leave that entry without a row: the first of the entries that have a row only together with it, like
    /// those of `left join (a join b)`.
    pub fn padded_with(&self, range: RangeIndex) -> Option<RangeIndex> {
        let open = |pads: &Vec<Pad>| -> Vec<Pad> {
            pads.iter().copied().filter(|pad| !self.present.contains(pad)).collect()
        };
        let missing = self.joins.entries.get(&range).map(open).filter(|pads| !pads.is_empty())?;
        self.joins.entries.iter().find(|(_, pads)| open(pads) == missing).map(|(first, _)| *first)
    }

    /// For each full join whose sides may be missing, and of which each side has some of these expressions: the rows with the
    /// left side present, and those with the right one.
    pub fn split_by_full_joins(&self, exprs: &'a [Expr]) -> impl Iterator<Item = (Self, Self)> {
        let sides: Vec<BTreeSet<Pad>> = exprs.iter().map(|expr| self.sides_of(expr)).collect();
        let stands =
            move |side: &Pad, other: &Pad| sides.iter().any(|of| of.contains(side) && !of.contains(other));
        let open = self.joins.full.iter().filter(move |(within, left, right)| {
            self.all_present(within)
                && !self.present.contains(left)
                && !self.present.contains(right)
                && stands(left, right)
                && stands(right, left)
        });
        open.map(|(_, left, right)| (self.with_side(*left), self.with_side(*right)))
    }

    /// The sides of outer joins that contain the columns of an expression.
    fn sides_of(&self, expr: &'a Expr) -> BTreeSet<Pad> {
        let mut found = BTreeSet::new();
        each_expr(expr, &mut |expr| {
            let Expr::Var(Var { range, attribute, levels_up: 0, .. }) = expr else { return };
            match self.query.range(*range).map(|entry| &entry.kind) {
                Some(RangeKind::Join { columns, .. }) => {
                    let column = usize::try_from(attribute - 1).ok().and_then(|index| columns.get(index));
                    found.extend(column.into_iter().flat_map(|column| self.sides_of(column)));
                }
                _ => found.extend(self.joins.entries.get(range).into_iter().flatten()),
            }
        });
        found
    }

    /// What is known of the elements of a column that is an array.
    pub fn var_elements(&self, var: &Var) -> Elements {
        let merged = self.up(var.levels_up).and_then(|rows| match &rows.query.range(var.range)?.kind {
            RangeKind::Join { columns, .. } if !rows.grouping_nulls.is_nulled(var.range, var.attribute) => {
                let column = columns.get(usize::try_from(var.attribute - 1).ok()?)?;
                Some(rows.elements(column))
            }
            _ => None,
        });
        merged.unwrap_or_else(|| self.var(var).elements)
    }

    fn with_side(&self, pad: Pad) -> Self {
        let mut rows = self.clone();
        rows.present.insert(pad);
        rows.conclude();
        rows
    }

    /// What is known of a column.
    pub fn var(&self, var: &Var) -> Value {
        let Some(rows) = self.up(var.levels_up) else { return Value::UNKNOWN };
        let value = rows.column(var);
        Value { non_null: value.non_null || self.knows(var), ..value }
    }

    /// Whether conditions, at this level or further out, imply that a column is not NULL.
    fn knows(&self, var: &Var) -> bool {
        let never =
            self.up(var.levels_up).is_none_or(|rows| rows.grouping_nulls.hide(var.range, var.attribute));
        if never || var.returning != VarReturning::Default {
            return false;
        }
        (0..=var.levels_up).any(|out| {
            let levels_up = var.levels_up - out;
            let column = Column { levels_up, range: var.range, attribute: var.attribute };
            self.up(out).is_some_and(|rows| rows.facts.columns.contains(&column))
        })
    }

    /// A column of one of this level's entries, by the kind of entry and whether it has a row.
    fn column(&self, var: &Var) -> Value {
        let Some(entry) = self.query.range(var.range) else { return Value::UNKNOWN };
        if self.grouping_nulls.is_nulled(var.range, var.attribute) {
            return Value::UNKNOWN;
        }
        if let Some(written) = self.written_entry(var.range) {
            return match var.returning {
                VarReturning::Default => written.value(var),
                VarReturning::New if written.is_new => written.value(var),
                VarReturning::Old => self.before.map_or(Value::UNKNOWN, |rows| {
                    rows.var(&Var { returning: VarReturning::Default, levels_up: 0, ..var.clone() })
                }),
                VarReturning::New => Value::UNKNOWN,
            };
        }
        // A deleted row has no new version.
        if var.returning == VarReturning::New {
            return Value::UNKNOWN;
        }
        match &entry.kind {
            RangeKind::Join { columns, .. } => {
                let column = usize::try_from(var.attribute - 1).ok().and_then(|index| columns.get(index));
                column.map_or(Value::UNKNOWN, |expr| self.value(expr))
            }
            RangeKind::Relation { .. }
            | RangeKind::Subquery(_)
            | RangeKind::Function { .. }
            | RangeKind::TableFunction(_)
            | RangeKind::Values(_)
            | RangeKind::Cte { .. }
            | RangeKind::Result
            | RangeKind::Group(_)
            | RangeKind::Opaque(_) => {
                let Some(pads) = self.joins.entries.get(&var.range) else { return Value::UNKNOWN };
                let value = self.when_present(var);
                Value { non_null: value.non_null && self.all_present(pads), ..value }
            }
        }
    }

    fn written_entry(&self, range: RangeIndex) -> Option<&Written> {
        [&self.written, &self.excluded]
            .into_iter()
            .flatten()
            .map(Rc::as_ref)
            .find(|written| written.has(range))
    }

    fn when_present(&self, var: &Var) -> Value {
        match usize::try_from(var.attribute - 1) {
            Ok(index) => self.entry(var.range).values.get(index).copied().unwrap_or(Value::UNKNOWN),
            Err(_) => Value { non_null: self.row_or_system_column(var), elements: Elements::Unknown },
        }
    }

    /// The columns of an entry that has a row, analysed with what is known of them here.
    fn entry(&self, range: RangeIndex) -> Rc<Outcome<'a>> {
        if let Some(seen) = self.seen.borrow().get(&range) {
            return Rc::clone(seen);
        }
        let columns =
            self.facts.columns.iter().filter(|column| column.levels_up == 0 && column.range == range);
        let known = columns.filter_map(|column| usize::try_from(column.attribute - 1).ok()).collect();
        let outcome = Rc::new(self.look_into(range, &known));
        self.seen.borrow_mut().insert(range, Rc::clone(&outcome));
        outcome
    }

    fn all_present(&self, pads: &[Pad]) -> bool {
        pads.iter().all(|pad| self.present.contains(pad))
    }

    /// Adds facts, and returns whether any of them is new.
    fn learn(&mut self, facts: Facts<'a>) -> bool {
        let mut news = false;
        for column in facts.columns {
            if self.facts.columns.insert(column) {
                news = true;
                if column.levels_up == 0 {
                    self.seen.get_mut().remove(&column.range);
                }
            }
        }
        news |= self.facts.exprs.add(facts.exprs, self.run.schema);
        if news {
            let range_table = &self.query.range_table;
            self.seen.get_mut().retain(|range, _| !range_table[*range - 1].lateral);
        }
        news
    }

    /// Whether a condition said that this very expression is not NULL.
    pub fn knows_expr(&self, expr: &Expr) -> bool {
        self.facts.exprs.know(self.run.schema, expr)
    }

    /// Draws conclusions until there are no more: a column that is not NULL has a row, and a side of a join that has a row meets
    /// the join's conditions, and the row the checks of its table.
    fn conclude(&mut self) {
        let conditions = Rc::clone(&self.conditions);
        // In a long chain of joins each new fact can lead to the next; the others are visited again only then.
        let mut met: Vec<bool> = vec![false; conditions.len()];
        loop {
            let mut news = self.note_present();
            let mut found = Facts::default();
            let mut is_first = false;
            for ((within, condition), met) in conditions.iter().zip(&mut met) {
                if !*met && self.all_present(within) {
                    (*met, is_first) = (true, true);
                    found = found.and(conditions::when_true(self, condition).unwrap_or_default());
                }
            }
            if !is_first {
                for ((_, condition), _) in conditions.iter().zip(&met).filter(|(_, met)| **met) {
                    found = found.and(conditions::when_true(self, condition).unwrap_or_default());
                }
                for (range, pads) in &self.joins.entries {
                    if self.query.range_table.get(range - 1).is_some_and(|entry| entry.lateral)
                        && self.all_present(pads)
                    {
                        found = found.and(self.entry(*range).around.clone());
                    }
                }
                found = found.and(self.checked());
            }
            news |= self.learn(found);
            if !news && !is_first {
                return;
            }
        }
    }

    /// What follows from the checks of the tables in FROM.
    fn checked(&self) -> Facts<'a> {
        if self.checks.is_empty() {
            return Facts::default();
        }
        let known = self.truths();
        self.met_checks().fold(Facts::default(), |facts, (range, check)| {
            facts.and(checks::CheckedRow::of(self, range, &known).facts(check))
        })
    }

    /// Whether a check says that one of these columns, or of their casts, is not NULL.
    pub fn any_present(&self, columns: &[Expr]) -> bool {
        fn column(expr: &Expr) -> Option<(RangeIndex, i32)> {
            match expr {
                Expr::Var(Var {
                    range, attribute, levels_up: 0, returning: VarReturning::Default, ..
                }) => Some((*range, *attribute)),
                Expr::Cast { via: CastVia::Relabel | CastVia::InOut, arg, .. } => column(arg),
                _ => None,
            }
        }
        let of_entry = |range: RangeIndex| -> BTreeSet<i32> {
            let columns = columns.iter().filter_map(column).filter(|(of, _)| *of == range);
            columns.map(|(_, attribute)| attribute).collect()
        };
        self.met_checks().any(|(range, check)| {
            let columns = of_entry(range);
            columns.len() > 1
                && checks::CheckedRow::of(self, range, &self.truths()).refuses_null(check, columns)
        })
    }

    /// The checks of the entries that have a row.
    fn met_checks(&self) -> impl Iterator<Item = (RangeIndex, &'a Expr)> {
        let is_there = |range| self.joins.entries.get(range).is_some_and(|pads| self.all_present(pads));
        self.checks.iter().filter(move |(range, _)| is_there(range)).copied()
    }

    /// The conditions of FROM and WHERE that are known to be true or false.
    pub fn truths(&self) -> Vec<checks::Truth<'a>> {
        let met = self.conditions.iter().filter(|(within, _)| self.all_present(within));
        checks::truths(self, met.map(|(_, condition)| *condition))
    }

    fn note_present(&mut self) -> bool {
        let before = self.present.len();
        for column in self.facts.columns.iter().filter(|column| column.levels_up == 0) {
            self.present.extend(self.joins.entries.get(&column.range).into_iter().flatten());
        }
        self.present.len() > before
    }
}
