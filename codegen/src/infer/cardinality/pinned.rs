//! Whether a query returns at most one row: every entry of FROM is pinned to one row, for instance by a unique key whose
//! columns equal values, or columns of entries that are pinned already.

use std::collections::BTreeSet;

use crate::infer::same::same_of_entry;
use crate::schema::{Schema, Table, TypeKind, UniqueKey};
use crate::tree::walk::{each_expr, exprs_of_query, subqueries};
use crate::tree::{
    BoolOp, CastVia, Command, Expr, Oid, Query, RangeIndex, RangeKind, SetKind, SetOperation, SortGroup,
    SublinkKind,
};

use super::conditions::{INTEGERS, Source, base_column, element_equality, equalities, upper_bound};
use super::{Run, cte, limit};
use crate::infer::trace::Scope;

/// Whether a query gives at most one row.
pub fn at_most_one_row(schema: &Schema, query: &Query) -> bool {
    at_most_one(&Run::new(schema), &Scope::root(query), &BTreeSet::new())
}

/// Whether a query returns at most one row in which its `fixed` columns, counted from 0, have given values.
pub(super) fn at_most_one(run: &Run<'_>, scope: &Scope<'_>, fixed: &BTreeSet<usize>) -> bool {
    let query = scope.query;
    if query.opaque.is_some() || query.has_target_srfs {
        return false;
    }
    if !query.limit_with_ties && query.limit.as_ref().and_then(limit).is_some_and(|limit| limit <= 1) {
        return true;
    }
    // DISTINCT leaves one of the rows that agree.
    let is_fixed = |key: &SortGroup| {
        let mut outputs =
            query.output().enumerate().filter(|(_, target)| target.sort_group_ref == key.target);
        run.schema.groups_equals(key.equality) && outputs.any(|(index, _)| fixed.contains(&index))
    };
    if !query.distinct.is_empty() && query.distinct.iter().all(is_fixed) {
        return true;
    }
    if let Some(operation) = &query.set_operation {
        return arm_at_most_one(run, scope, operation, fixed);
    }
    let picks = query.has_window_functions || !query.distinct.is_empty();
    if query.command == Command::Select && picks && query.grouping_sets.is_empty() {
        let search = Search::of(run, scope, fixed);
        let is_one = |key: &SortGroup| search.is_one_key(key, fixed);
        let mut given = query.output().enumerate().filter(|(index, _)| fixed.contains(index));
        if (!query.distinct.is_empty() && query.distinct.iter().all(is_one))
            || given.any(|(_, target)| search.numbers_all(&target.expr, fixed))
        {
            return true;
        }
    }
    match query.command {
        Command::Select if query.has_aggregates || query.having.is_some() || !query.group_by.is_empty() => {
            query.grouping_sets.is_empty() && Search::of(run, scope, fixed).has_one_group(fixed)
        }
        Command::Select => query.grouping_sets.is_empty() && Search::of(run, scope, fixed).is_pinned(),
        Command::Insert | Command::Update | Command::Delete => {
            !is_replaced(run.schema, query) && Search::of(run, scope, &BTreeSet::new()).is_pinned()
        }
        Command::Merge | Command::Utility | Command::Nothing => false,
    }
}

/// Whether rules put other statements in the place of this one.
fn is_replaced(schema: &Schema, query: &Query) -> bool {
    match query.result_relation.and_then(|range| query.range(range)).map(|entry| &entry.kind) {
        Some(RangeKind::Relation { table, .. }) => has_rules(schema, *table),
        _ => true,
    }
}

/// Whether a table has rules, or one below a view.
fn has_rules(schema: &Schema, table: Oid) -> bool {
    let Some(found) = schema.table(table) else { return true };
    let entries = found.view.iter().flat_map(|view| &view.range_table);
    // A view's own tree can begin with the view itself, as OLD and NEW.
    let mut below = entries.filter_map(|entry| match entry.kind {
        RangeKind::Relation { table: below, .. } if below != table => Some(below),
        _ => None,
    });
    found.has_rules || below.any(|below| has_rules(schema, below))
}

pub(super) fn arm_at_most_one(
    run: &Run<'_>,
    scope: &Scope<'_>,
    operation: &SetOperation,
    fixed: &BTreeSet<usize>,
) -> bool {
    match operation {
        SetOperation::Leaf(range) => match scope.query.range(*range).map(|entry| &entry.kind) {
            Some(RangeKind::Subquery(arm)) => {
                // Different values of an arm can become one value of the whole, where they are cast.
                let is_kept = |index: &usize| keeps_values(run.schema, arm, scope.query, *index);
                at_most_one(run, &scope.child(arm), &fixed.iter().copied().filter(is_kept).collect())
            }
            _ => false,
        },
        SetOperation::Node { kind: SetKind::Union, .. } => false,
        SetOperation::Node { kind: SetKind::Intersect, left, right, .. } => {
            arm_at_most_one(run, scope, left, fixed) || arm_at_most_one(run, scope, right, fixed)
        }
        SetOperation::Node { kind: SetKind::Except, left, .. } => arm_at_most_one(run, scope, left, fixed),
    }
}

/// Whether an arm's column has the same values in the set operation: it has the same type, or both are integers.
fn keeps_values(schema: &Schema, arm: &Query, whole: &Query, index: usize) -> bool {
    let base = |query: &Query| Some(schema.base_type(query.output().nth(index)?.expr.type_oid()?)?.oid);
    match (base(arm), base(whole)) {
        (Some(arm), Some(whole)) => arm == whole || [arm, whole].iter().all(|oid| INTEGERS.contains(oid)),
        _ => false,
    }
}

/// The search for pinned entries of FROM.
pub(super) struct Search<'a> {
    run: &'a Run<'a>,
    schema: &'a Schema,
    query: &'a Query,
    scope: Scope<'a>,
    source: Source<'a>,
    /// Columns with given values, and the pinned entries.
    equal: Vec<(RangeIndex, i32, &'a Expr)>,
    fixed: BTreeSet<(RangeIndex, i32)>,
    pinned: BTreeSet<RangeIndex>,
}

impl<'a> Search<'a> {
    fn of(run: &'a Run<'a>, scope: &Scope<'a>, fixed: &BTreeSet<usize>) -> Self {
        let query = scope.query;
        let outputs = query.output().enumerate().filter(|(index, _)| fixed.contains(index));
        let fixed = outputs.filter_map(|(_, target)| match &target.expr {
            Expr::Var(var) if var.levels_up == 0 => base_column(query, var),
            _ => None,
        });
        Search::by(run, scope, &fixed.collect())
    }

    /// The search, given values for these columns.
    pub(super) fn by(run: &'a Run<'a>, scope: &Scope<'a>, fixed: &BTreeSet<(RangeIndex, i32)>) -> Self {
        let query = scope.query;
        let schema = run.schema;
        let source = Source::of(query);
        let equal = source.conditions.iter().flat_map(|condition| {
            let mut found = equalities(schema, query, condition.expr);
            let element = element_equality(schema, query, condition.expr);
            found.extend(element.filter(|(.., array)| has_one_element(run, scope, array)));
            found.into_iter().filter(|(range, ..)| condition.restricts(*range))
        });
        let equal = equal.collect();
        let mut search = Search {
            run,
            schema,
            query,
            scope: scope.clone(),
            equal,
            fixed: fixed.clone(),
            source,
            pinned: BTreeSet::new(),
        };
        search.run();
        search
    }

    fn run(&mut self) {
        loop {
            let open = self.source.entries.iter().copied().filter(|range| !self.pinned.contains(range));
            let found: Vec<RangeIndex> = open.filter(|range| self.pins(*range)).collect();
            if found.is_empty() {
                return;
            }
            self.pinned.extend(found);
        }
    }

    /// The entries that are not pinned.
    pub(super) fn open(&self) -> impl Iterator<Item = RangeIndex> {
        self.source.entries.iter().copied().filter(|range| !self.pinned.contains(range))
    }

    /// Whether all entries are pinned.
    pub(super) fn is_pinned(&self) -> bool {
        !self.source.unclear && self.source.entries.iter().all(|range| self.pinned.contains(range))
    }

    /// Whether all rows are in one group: there is no GROUP BY, or its keys have given values.
    fn has_one_group(&self, fixed: &BTreeSet<usize>) -> bool {
        self.is_pinned() || self.query.group_by.iter().all(|key| self.is_given_key(key, fixed))
    }

    /// Whether a key of GROUP BY has one value in the rows whose `fixed` columns have given values.
    fn is_given_key(&self, key: &SortGroup, fixed: &BTreeSet<usize>) -> bool {
        let targets = &self.query.targets;
        let target = targets.iter().position(|target| target.sort_group_ref == key.target);
        self.schema.groups_equals(key.equality)
            && target.is_some_and(|index| {
                let output = targets[..index].iter().filter(|target| !target.junk).count();
                let expr = &targets[index].expr;
                (!targets[index].junk && fixed.contains(&output))
                    || self.has_one_value(expr)
                    || self.is_equal(expr)
            })
    }

    /// Whether an expression is `row_number()`, which is another number in each row of a partition, and all rows whose `fixed`
    /// columns have given values are in one partition. It numbers groups if there are any, and is computed before the sets of a
    /// select list add rows.
    fn numbers_all(&self, expr: &Expr, fixed: &BTreeSet<usize>) -> bool {
        let Some(reference) = row_number(self.schema, expr) else { return false };
        let window = self.query.windows.iter().find(|window| window.reference == reference);
        window.is_some_and(|window| window.partition.iter().all(|key| self.is_one_key(key, fixed)))
    }

    /// The same as [`Search::is_given_key`] for a key of PARTITION BY or DISTINCT, which can have an aggregate in it: that differs
    /// between groups of the same rows.
    fn is_one_key(&self, key: &SortGroup, fixed: &BTreeSet<usize>) -> bool {
        let target = self.query.targets.iter().find(|target| target.sort_group_ref == key.target);
        let mut is_of_rows = true;
        if let Some(target) = target {
            each_expr(&target.expr, &mut |expr| {
                is_of_rows &=
                    !matches!(expr, Expr::Aggregate(_) | Expr::Grouping { .. } | Expr::WindowCall { .. });
            });
        }
        is_of_rows && self.is_given_key(key, fixed)
    }

    /// Whether a column is `row_number()`, and conditions let through the first row of each partition only.
    fn is_first(&self, range: RangeIndex, attribute: i32) -> bool {
        let bounds = self.source.conditions.iter().filter(|condition| condition.restricts(range));
        let mut bounds = bounds.filter_map(|condition| upper_bound(self.schema, self.query, condition.expr));
        if !bounds.any(|(column_of, number, bound)| (column_of, number, bound) == (range, attribute, 1)) {
            return false;
        }
        let index = usize::try_from(attribute - 1).unwrap_or(usize::MAX);
        let numbers = |query: &Query| {
            query.output().nth(index).is_some_and(|target| row_number(self.schema, &target.expr).is_some())
        };
        match self.query.range(range).map(|entry| &entry.kind) {
            Some(RangeKind::Subquery(query)) => numbers(query),
            Some(RangeKind::Cte { name, levels_up, self_reference: false }) => {
                cte(&self.scope, name, *levels_up).is_some_and(|cte| numbers(cte.query))
            }
            Some(RangeKind::Relation { table, .. }) => {
                self.schema.table(*table).and_then(|table| table.view.as_ref()).is_some_and(numbers)
            }
            _ => false,
        }
    }

    /// Whether a key of GROUP BY has one value.
    pub(super) fn has_one_key(&self, key: usize) -> bool {
        let target = self.query.targets.iter().find(|target| target.sort_group_ref == key);
        target.is_some_and(|target| self.has_one_value(&target.expr) || self.is_equal(&target.expr))
    }

    /// Whether all rows have the same value in a column. NULL is another value where an outer join finds no row.
    fn is_equal(&self, expr: &Expr) -> bool {
        let column = match expr {
            Expr::Var(var) if var.levels_up == 0 => base_column(self.query, var),
            _ => None,
        };
        column.is_some_and(|(range, attribute)| {
            !self.source.padded.contains(&range) && self.has_certain_value(range, attribute)
        })
    }

    fn has_certain_value(&self, range: RangeIndex, attribute: i32) -> bool {
        self.fixed.contains(&(range, attribute))
            || self.equal.iter().any(|(column_of, number, value)| {
                (*column_of, *number) == (range, attribute)
                    && (self.is_pinned_column(value) || self.has_one_value(value))
            })
    }

    /// Whether a value is the column of a pinned entry. If an outer join finds no row for that, nothing equals it.
    fn is_pinned_column(&self, value: &Expr) -> bool {
        match value {
            Expr::Cast { via: CastVia::Relabel, arg, .. } => self.is_pinned_column(arg),
            Expr::Var(var) if var.levels_up == 0 => {
                base_column(self.query, var).is_some_and(|(range, _)| self.pinned.contains(&range))
            }
            _ => false,
        }
    }

    /// Whether an entry has at most one row that takes part in the result.
    fn pins(&self, range: RangeIndex) -> bool {
        // A lateral entry has rows for each row of the entries before it.
        let mut before = self.source.entries.iter().take_while(|other| **other != range);
        if self.query.range(range).is_some_and(|entry| entry.lateral)
            && !before.all(|other| self.pinned.contains(other))
        {
            return false;
        }
        let fixed = || {
            let count = self.query.range(range).map_or(0, |entry| entry.column_names.len());
            let numbers = (1..=count).filter(|number| {
                i32::try_from(*number).is_ok_and(|attribute| {
                    self.has_certain_value(range, attribute) || self.is_first(range, attribute)
                })
            });
            numbers.map(|number| number - 1).collect()
        };
        match self.query.range(range).map(|entry| &entry.kind) {
            Some(RangeKind::Relation { table, inherited, sample: None, .. }) => {
                let Some(table) = self.schema.table(*table) else { return false };
                match &table.view {
                    Some(view) if table.kind == 'v' => self.run.at_most_one(&Scope::stored(view), fixed()),
                    _ => {
                        matches!(table.kind, 'r' | 'p')
                            && !(*inherited && table.has_children)
                            && table.unique.iter().any(|key| self.is_key_given(table, range, key))
                    }
                }
            }
            Some(RangeKind::Subquery(query)) => self.run.at_most_one(&self.scope.child(query), fixed()),
            Some(RangeKind::Cte { name, levels_up, self_reference: false }) => {
                cte(&self.scope, name, *levels_up).is_some_and(|cte| self.run.at_most_one(&cte, fixed()))
            }
            Some(RangeKind::Values(rows)) => rows.len() <= 1,
            Some(RangeKind::Function { functions, .. }) => {
                functions.iter().all(|(function, _)| !gives_set(function))
            }
            Some(RangeKind::Result) => true,
            _ => false,
        }
    }

    fn is_key_given(&self, table: &Table, range: RangeIndex, key: &UniqueKey) -> bool {
        key.holds
            && key.columns.iter().all(|number| *number > 0 && self.has_certain_value(range, *number))
            && key.predicate.as_ref().is_none_or(|predicate| self.implies(table, range, predicate))
    }

    /// Whether the conditions on an entry imply the predicate of an index.
    fn implies(&self, table: &Table, range: RangeIndex, predicate: &Expr) -> bool {
        let conditions = self.source.conditions.iter().filter(|condition| condition.restricts(range));
        let mut conditions = conditions.map(|condition| condition.expr);
        if conditions.any(|condition| same_of_entry(self.schema, predicate, range, condition)) {
            return true;
        }
        match predicate {
            Expr::Bool { op: BoolOp::And, args, .. } => {
                args.iter().all(|arg| self.implies(table, range, arg))
            }
            Expr::Bool { op: BoolOp::Or, args, .. } => args.iter().any(|arg| self.implies(table, range, arg)),
            Expr::NullTest { arg, is_null: false, row: false, .. } => match arg.as_ref() {
                Expr::Var(var) => {
                    self.has_certain_value(range, var.attribute)
                        || table.column(var.attribute).is_some_and(|column| column.not_null)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether an expression has one value for all rows: a parameter, a constant, a column of an outer query or of a pinned entry
    /// (unless an outer join finds no row for it beside some rows), or something computed from these.
    fn has_one_value(&self, expr: &Expr) -> bool {
        self.is_invariant(expr, 0)
    }

    fn is_invariant(&self, expr: &Expr, depth: usize) -> bool {
        let mut invariant = true;
        each_expr(expr, &mut |expr| {
            invariant &= match expr {
                Expr::Sublink(sublink) => self.is_invariant_query(&sublink.query, depth + 1),
                _ => self.is_invariant_node(expr, depth),
            };
        });
        invariant
    }

    /// The same for one node, apart from what is inside of it.
    fn is_invariant_node(&self, expr: &Expr, depth: usize) -> bool {
        match expr {
            Expr::Var(var) if var.levels_up == depth => {
                base_column(self.query, var).is_some_and(|(range, _)| {
                    self.pinned.contains(&range) && !self.source.padded.contains(&range)
                })
            }
            Expr::Function { call, set, .. } => !set && self.is_stable(call.function),
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
                !operator.set && self.is_stable_operator(operator.operator)
            }
            Expr::ArrayOperator { operator, .. } => self.is_stable_operator(*operator),
            Expr::NextValue { .. } | Expr::Opaque(_) => false,
            _ => true,
        }
    }

    fn is_invariant_query(&self, query: &Query, depth: usize) -> bool {
        // Where it runs once for each row, it can lock another row each time, when somebody else has released that meanwhile.
        let locks_again = !query.row_marks.is_empty() && is_correlated(query, 0);
        let mut invariant = query.opaque.is_none() && !locks_again;
        for entry in &query.range_table {
            invariant &=
                !matches!(&entry.kind, RangeKind::Relation { sample: Some(_), .. } | RangeKind::Opaque(_));
        }
        exprs_of_query(query, &mut |expr| {
            each_expr(expr, &mut |expr| invariant &= self.is_invariant_node(expr, depth));
        });
        // The sublinks of those expressions are among these.
        subqueries(query, &mut |query| invariant &= self.is_invariant_query(query, depth + 1));
        invariant
    }

    fn is_stable_operator(&self, operator: Oid) -> bool {
        self.schema.operators.get(&operator).is_some_and(|operator| self.is_stable(operator.function))
    }

    fn is_stable(&self, function: Oid) -> bool {
        self.schema.functions.get(&function).is_some_and(|function| function.volatility != 'v')
    }
}

/// Whether a query refers to columns of a query around it.
fn is_correlated(query: &Query, depth: usize) -> bool {
    let mut correlated = false;
    exprs_of_query(query, &mut |expr| {
        each_expr(expr, &mut |expr| {
            correlated |= matches!(expr, Expr::Var(var) if var.levels_up > depth);
        });
    });
    subqueries(query, &mut |query| correlated |= is_correlated(query, depth + 1));
    correlated
}

/// Whether an array has at most one element: `array(select ... limit 1)`. PostgreSQL runs this subquery once if it is not
/// correlated. That of `in (select ... limit 1)` it may join, and run again for each row: then it can give another row.
fn has_one_element(run: &Run<'_>, scope: &Scope<'_>, array: &Expr) -> bool {
    match array {
        Expr::Cast { via: CastVia::Relabel, arg, .. } => has_one_element(run, scope, arg),
        Expr::Sublink(sublink) if sublink.kind == SublinkKind::Array => {
            // An array of arrays has more elements than rows.
            let element = sublink.query.output().next().and_then(|target| target.expr.type_oid());
            let kind = element.and_then(|element| run.schema.base_type(element)).map(|base| &base.kind);
            !matches!(kind, None | Some(TypeKind::Array { .. } | TypeKind::Pseudo))
                && run.at_most_one(&scope.child(&sublink.query), BTreeSet::new())
        }
        _ => false,
    }
}

/// The window of a call of PostgreSQL's `row_number()`.
fn row_number(schema: &Schema, expr: &Expr) -> Option<usize> {
    let Expr::WindowCall { call, window, aggregate: false, .. } = expr else { return None };
    let function = schema.functions.get(&call.function)?;
    let is_own = function.is_built_in() && function.kind == 'w' && function.name == "row_number";
    is_own.then_some(*window)
}

fn gives_set(function: &Expr) -> bool {
    let mut set = false;
    each_expr(function, &mut |expr| match expr {
        Expr::Function { set: true, .. } => set = true,
        Expr::Operator(operator) => set |= operator.set,
        _ => {}
    });
    set
}
