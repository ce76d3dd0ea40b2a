//! Pages: whether their order is total, and the columns of their cursors.

use super::cardinality::sorted::{is_total, missing};
use super::rows::RowColumn;
use super::same::same;
use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::{Paging, QueryDecl, order_items};
use crate::schema::Schema;
use crate::source::Span;
use crate::tree::walk::each_expr;
use crate::tree::{CastVia, Expr, Oid, ParamKind, Query, Target};

/// Checks the order of a paged text.
pub fn check(diagnostics: &mut Diagnostics, schema: &Schema, query: &Analysed, row: &[RowColumn]) {
    let Some(page) = &query.decl.page else { return };
    if !is_total(schema, &query.tree) {
        diagnostics.report(unstable(schema, &query.decl, &query.tree, page.span));
    }
    if page.value == Paging::Keyset {
        check_keys(diagnostics, schema, query, row);
    }
}

fn unstable(schema: &Schema, decl: &QueryDecl, tree: &Query, page: Span) -> Diagnostic {
    let items = order_items(&decl.sql.text);
    let span = items.last().map_or(page, |at| decl.sql.token_span(*at));
    let message = match tree.sort.is_empty() {
        true => "a page needs an ORDER BY: otherwise rows can be repeated or skipped",
        false => "rows that tie in this order can be repeated or skipped: it does not end in a unique key",
    };
    let help = match missing(schema, tree) {
        Some(columns) if tree.sort.is_empty() => format!("add `order by {}`", columns.join(", ")),
        Some(columns) => format!("add `, {}` to the order", columns.join(", ")),
        None => "order by columns that together are unique in the result".to_owned(),
    };
    Diagnostic::error("stable-order", span, message).help(help).query(decl.path())
}

/// The indexes of the result columns that a text is ordered by, if all of them are in the result.
pub fn key_columns(tree: &Query) -> Vec<usize> {
    let sorted = tree.sort.iter().filter_map(|sort| target(tree, sort.target));
    let position = |key: &Target| tree.output().position(|target| std::ptr::eq(target, key));
    sorted.filter_map(position).collect()
}

fn check_keys(diagnostics: &mut Diagnostics, schema: &Schema, query: &Analysed, row: &[RowColumn]) {
    let (decl, tree) = (&query.decl, &query.tree);
    // The WHERE of one arm says nothing about the rows of the others.
    if tree.set_operation.is_some() {
        let span = decl.page.as_ref().map_or(decl.sql.span, |page| page.span);
        let diagnostic = Diagnostic::error(
            "page",
            span,
            "pages by cursor need a plain SELECT with its WHERE last",
        )
        .help("put all but the order into a subquery: `select * from (...) as found where true order by ...`")
        .query(decl.path());
        return diagnostics.report(diagnostic);
    }
    let compared = comparisons(tree, decl.sql.params.len() + 1);
    let mut compared = compared.iter();
    let items = order_items(&decl.sql.text);
    for (index, sort) in tree.sort.iter().enumerate() {
        let Some(key) = target(tree, sort.target) else { continue };
        let span = items.get(index).map_or(decl.sql.span, |at| decl.sql.token_span(*at));
        let column = tree.output().position(|target| std::ptr::eq(target, key)).and_then(|at| row.get(at));
        let (message, help) = match column {
            None => (
                "a cursor is built from the row, but this is not in the result".to_owned(),
                "add it to the select list".to_owned(),
            ),
            Some(column) if column.nullable => (
                format!("`{}` can be NULL, and a page cannot start after NULL", column.name),
                format!(
                    "exclude such rows, `and ... is not null`, or select and order by `coalesce({}, ...)`",
                    column.name
                ),
            ),
            Some(_) => match compared.next() {
                Some((expr, _)) if !same(schema, relabelled(expr), relabelled(&key.expr)) => (
                    "this means something else in WHERE, where it is compared with the cursor".to_owned(),
                    "write the expression itself instead of the name that the select list gives it"
                        .to_owned(),
                ),
                Some((_, operator)) if !are_of_one_type(schema, *operator, sort.ordering) => (
                    "this is sorted by one order, and compared with the cursor by another".to_owned(),
                    "the search path has to find the operators of its type: add their schema".to_owned(),
                ),
                _ => continue,
            },
        };
        diagnostics.report(Diagnostic::error("page", span, message).help(help).query(decl.path()));
    }
}

/// Whether two operators compare values of the same type. ORDER BY takes that of the type's operator class, wherever it is;
/// WHERE that which the search path finds by its name, which can be one of another type to which the values are cast.
fn are_of_one_type(schema: &Schema, one: Oid, other: Oid) -> bool {
    let left = |operator| schema.operators.get(&operator).map(|found| found.left);
    left(one) == left(other)
}

/// The expressions with which the parameters from that number on, counted from 0, are compared, in order, and the operators.
fn comparisons(tree: &Query, first: usize) -> Vec<(&Expr, Oid)> {
    let mut found: Vec<(usize, &Expr, Oid)> = Vec::new();
    let key = |right: &Expr| match relabelled(right) {
        Expr::Param { kind: ParamKind::Extern, id, .. } if *id > first => Some(*id),
        _ => None,
    };
    if let Some(quals) = &tree.from.quals {
        each_expr(quals, &mut |expr| match expr {
            Expr::Operator(operator) => {
                if let [left, right] = &operator.args[..]
                    && let Some(id) = key(right)
                {
                    found.push((id, left, operator.operator));
                }
            }
            Expr::RowCompare { left, right, operators, .. } => {
                for ((left, right), operator) in left.iter().zip(right).zip(operators) {
                    found.extend(key(right).map(|id| (id, left, *operator)));
                }
            }
            _ => {}
        });
    }
    found.sort_by_key(|(id, ..)| *id);
    found.dedup_by_key(|(id, ..)| *id);
    found.into_iter().map(|(_, expr, operator)| (expr, operator)).collect()
}

fn relabelled(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast { via: CastVia::Relabel, arg, .. } => relabelled(arg),
        expr => expr,
    }
}

fn target(tree: &Query, reference: usize) -> Option<&Target> {
    tree.targets.iter().find(|target| target.sort_group_ref == reference)
}
