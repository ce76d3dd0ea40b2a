//! Removes PostgreSQL 18's range table entry for GROUP BY.
//!
//! In version 18 everything above the grouping refers to the columns of an entry with the grouped expressions; older versions
//! repeat the expressions. The references are replaced by the expressions, so that all versions have the same kind of tree.
//! The references have no locations; a repeated expression has that of its first mention.

use super::ast::*;
use super::walk::{each_child_mut, exprs_of_query_mut, subqueries_of_clauses_mut};

/// Replaces the references by the grouped expressions.
pub(super) fn resolve(query: &mut Query) {
    for index in 0..query.range_table.len() {
        let RangeKind::Group(exprs) = &mut query.range_table[index].kind else { continue };
        let group = Group { range: index + 1, exprs: std::mem::take(exprs) };
        group.put_into_query(query, 0);
    }
    // The entry is the last one, so removing it changes no other number.
    query.range_table.pop_if(|entry| matches!(entry.kind, RangeKind::Group(_)));
}

struct Group {
    range: RangeIndex,
    exprs: Vec<Expr>,
}

impl Group {
    /// `depth` is the number of levels from the query down from the one that groups.
    fn put_into_query(&self, query: &mut Query, depth: usize) {
        exprs_of_query_mut(query, &mut |expr| self.put_into(expr, depth));
        subqueries_of_clauses_mut(query, &mut |query| self.put_into_query(query, depth + 1));
    }

    fn put_into(&self, expr: &mut Expr, depth: usize) {
        if let Expr::Var(var) = expr
            && var.range == self.range
            && var.levels_up == depth
        {
            let grouped =
                usize::try_from(var.attribute).ok().and_then(|number| self.exprs.get(number.checked_sub(1)?));
            *expr = grouped.cloned().unwrap_or_else(|| Expr::Opaque("VAR:varattno".to_owned()));
            if depth > 0 {
                raise(expr, depth, 0);
            }
            return;
        }
        each_child_mut(expr, &mut |child| self.put_into(child, depth));
        if let Expr::Sublink(sublink) = expr {
            self.put_into_query(&mut sublink.query, depth + 1);
        }
    }
}

/// Moves an expression `by` levels down: references to `inside` levels up or more lead `by` levels further up.
fn raise(expr: &mut Expr, by: usize, inside: usize) {
    if let Expr::Var(Var { levels_up, .. }) = expr
        && *levels_up >= inside
    {
        *levels_up += by;
    }
    if let Expr::Aggregate(aggregate) = expr
        && aggregate.levels_up >= inside
    {
        aggregate.levels_up += by;
    }
    if let Expr::Sublink(sublink) = expr {
        raise_query(&mut sublink.query, by, inside + 1);
    }
    each_child_mut(expr, &mut |child| raise(child, by, inside));
}

fn raise_query(query: &mut Query, by: usize, inside: usize) {
    for entry in &mut query.range_table {
        if let RangeKind::Cte { levels_up, .. } = &mut entry.kind
            && *levels_up >= inside
        {
            *levels_up += by;
        }
        // The merged columns are among the query's expressions.
        if let RangeKind::Join { columns, merged, .. } = &mut entry.kind {
            columns.iter_mut().skip(*merged).for_each(|column| raise(column, by, inside));
        }
    }
    exprs_of_query_mut(query, &mut |expr| raise(expr, by, inside));
    subqueries_of_clauses_mut(query, &mut |query| raise_query(query, by, inside + 1));
}
