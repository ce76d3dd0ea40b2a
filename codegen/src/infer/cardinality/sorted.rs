//! Whether the order of a query is total: rows that agree in what it is ordered by are the same row.

use std::collections::BTreeSet;

use super::Run;
use super::conditions::base_column;
use super::pinned::{Search, arm_at_most_one};
use crate::infer::nullability::nullability;
use crate::infer::trace::Scope;
use crate::schema::{Schema, Table};
use crate::tree::{Expr, Query, RangeIndex, RangeKind, SetKind, SetOperation, SortGroup};

/// Whether no two rows of a SELECT are equal in its order.
pub fn is_total(schema: &Schema, query: &Query) -> bool {
    is_total_by(schema, query, &sorted(schema, query), &[])
}

/// What a query is ordered by, but for USING another order than that of its type, in which different values can be equal.
fn sorted(schema: &Schema, query: &Query) -> BTreeSet<usize> {
    let is_own = |sort: &&SortGroup| {
        let ordering = schema.operators.get(&sort.ordering);
        ordering.is_some_and(|found| matches!(found.btree, Some(1 | 5)))
    };
    query.sort.iter().filter(is_own).map(|sort| sort.target).collect()
}

/// The columns to add to the order to make it total, by their names in the query.
pub fn missing(schema: &Schema, query: &Query) -> Option<Vec<String>> {
    let sorted = sorted(schema, query);
    if query.set_operation.is_some() || !query.distinct.is_empty() {
        let columns = query.output().filter(|target| !sorted.contains(&target.sort_group_ref));
        let all: Option<Vec<String>> = columns.map(|target| target.name.clone()).collect();
        let is_distinct = !query.distinct_on && (!query.distinct.is_empty() || is_union(query));
        return all.filter(|_| is_distinct);
    }
    if !query.group_by.is_empty() {
        let keys = query.group_by.iter().map(|key| key.target).filter(|key| !sorted.contains(key));
        let named = keys.map(|key| {
            let target = query.targets.iter().find(|target| target.sort_group_ref == key)?;
            written(query, &target.expr).or_else(|| target.name.clone())
        });
        return named.collect();
    }
    let run = Run::new(schema);
    let mut added = Vec::new();
    loop {
        let search = Search::by(&run, &Scope::root(query), &fixed(schema, query, &sorted, &added));
        let Some(open) = search.open().next() else { break };
        let Some(RangeKind::Relation { table, .. }) = query.range(open).map(|entry| &entry.kind) else {
            return None;
        };
        let key = primary_key(schema.table(*table)?)?;
        added.extend(key.iter().map(|number| (open, *number)));
        let search = Search::by(&run, &Scope::root(query), &fixed(schema, query, &sorted, &added));
        if search.open().any(|still| still == open) {
            return None;
        }
    }
    let named = added.iter().map(|(range, number)| {
        let entry = query.range(*range)?;
        let column = entry.column_names.get(usize::try_from(number - 1).ok()?)?;
        let is_alone = query.range_table.len() == 1 && entry.alias.is_none();
        Some(if is_alone { column.clone() } else { format!("{}.{column}", entry.name) })
    });
    let named: Option<Vec<String>> = named.collect();
    named.filter(|_| is_total_by(schema, query, &sorted, &added))
}

fn is_total_by(
    schema: &Schema,
    query: &Query,
    sorted: &BTreeSet<usize>,
    added: &[(RangeIndex, i32)],
) -> bool {
    if query.opaque.is_some() {
        return false;
    }
    let run = Run::new(schema);
    let is_sorted = |reference: usize| reference != 0 && sorted.contains(&reference);
    let outputs = || query.output().enumerate();
    // After DISTINCT, rows that are equal in all columns are one row.
    let all_columns = outputs().all(|(_, target)| is_sorted(target.sort_group_ref));
    if !query.distinct.is_empty() {
        let keys = query.distinct.iter().all(|key| is_sorted(key.target));
        if keys {
            return true;
        }
    }
    if let Some(operation) = &query.set_operation {
        // Rows that have NULL in a column of a unique key agree there, and the key does not keep them apart.
        let nullable = nullability(schema, query, &[]);
        let is_given = |index: usize| nullable.get(index).is_some_and(|column| !column.nullable);
        let columns = outputs()
            .filter(|(index, target)| is_sorted(target.sort_group_ref) && is_given(*index))
            .map(|(index, _)| index);
        return (is_union(query) && all_columns)
            || arm_at_most_one(&run, &Scope::root(query), operation, &columns.collect());
    }
    if query.has_target_srfs || !query.grouping_sets.is_empty() {
        return false;
    }
    let search = Search::by(&run, &Scope::root(query), &fixed(schema, query, sorted, added));
    if query.has_aggregates || query.having.is_some() || !query.group_by.is_empty() {
        return search.is_pinned()
            || query.group_by.iter().all(|key| is_sorted(key.target) || search.has_one_key(key.target));
    }
    search.is_pinned()
}

fn is_union(query: &Query) -> bool {
    matches!(query.set_operation, Some(SetOperation::Node { kind: SetKind::Union, all: false, .. }))
}

/// The columns in which rows that are equal in the order agree. A column that can be NULL is not among them, since a unique
/// key may have many NULLs.
fn fixed(
    schema: &Schema,
    query: &Query,
    sorted: &BTreeSet<usize>,
    added: &[(RangeIndex, i32)],
) -> BTreeSet<(RangeIndex, i32)> {
    let targets = query.targets.iter().filter(|target| sorted.contains(&target.sort_group_ref));
    let columns = targets.filter_map(|target| match &target.expr {
        Expr::Var(var) if var.levels_up == 0 => base_column(query, var),
        _ => None,
    });
    let all = columns.chain(added.iter().copied());
    all.filter(|(range, number)| is_not_null(schema, query, *range, *number)).collect()
}

fn is_not_null(schema: &Schema, query: &Query, range: RangeIndex, number: i32) -> bool {
    match query.range(range).map(|entry| &entry.kind) {
        Some(RangeKind::Relation { table, .. }) => {
            schema.table(*table).and_then(|table| table.column(number)).is_some_and(|column| column.not_null)
        }
        Some(RangeKind::Subquery(inner)) => output_is_not_null(schema, inner, number),
        Some(RangeKind::Cte { name, levels_up: 0, self_reference: false }) => {
            let cte = query.ctes.iter().find(|cte| cte.name == *name && !cte.recursive);
            cte.is_some_and(|cte| output_is_not_null(schema, &cte.query, number))
        }
        _ => false,
    }
}

fn output_is_not_null(schema: &Schema, query: &Query, number: i32) -> bool {
    let Some(index) = usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) else {
        return false;
    };
    let columns = nullability(schema, query, &[]);
    columns.get(index).is_some_and(|column| !column.nullable)
}

fn primary_key(table: &Table) -> Option<&[i32]> {
    let key = table.unique.iter().find(|key| key.primary && key.holds)?;
    Some(&key.columns)
}

/// The name of a column in the query.
fn written(query: &Query, expr: &Expr) -> Option<String> {
    let Expr::Var(var) = expr else { return None };
    let entry = query.range(var.range)?;
    let column = entry.column_names.get(usize::try_from(var.attribute - 1).ok()?)?;
    Some(format!("{}.{column}", entry.name))
}
