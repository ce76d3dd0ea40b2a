//! The entry points: one for each kind of text in which the server prints a tree.

use super::ast::{Command, Expr, Query, RangeEntry, RangeKind, Var};
use super::node::{Joins, Tree, Value};
use super::token::{Layout, Tokens, TreeError};
use super::{expr, query, walk};

/// Reads the output of `debug_print_parse`: the DETAIL of the notice, unchanged. Of a utility command only the kind is read.
pub fn read_query(tree: &str) -> Result<Query, TreeError> {
    if is_utility(tree)? {
        return Ok(Query { command: Command::Utility, ..Query::default() });
    }
    let read = |joins| match Tree::parse(tree, Layout::Wrapped, joins)?.value() {
        Value::Node(node) => query::query(node).map_err(|_| TreeError::new("it is not a query", 0)),
        _ => Err(TreeError::new("it is not a query", 0)),
    };
    let query = read(Joins::SkipNameless)?;
    if refers_to_skipped(&query) { read(Joins::Read) } else { Ok(query) }
}

/// Whether a query refers to a join whose columns were skipped. No known version does that.
pub(super) fn refers_to_skipped(query: &Query) -> bool {
    let mut found = false;
    walk::each_query(query, &mut |query| {
        if !query.range_table.iter().any(is_skipped) {
            return;
        }
        let mut look = |var: &Var| found |= query.range(var.range).is_some_and(is_skipped);
        walk::columns_of_query(query, 0, &mut look);
        // The walk visits the merged columns of a join alone.
        for entry in &query.range_table {
            if let RangeKind::Join { columns, .. } = &entry.kind {
                columns.iter().for_each(|column| walk::columns(column, 0, &mut look));
            }
        }
    });
    found
}

fn is_skipped(entry: &RangeEntry) -> bool {
    matches!(&entry.kind, RangeKind::Join { columns, .. } if columns.is_empty())
}

/// Whether a query is a utility command, which some servers print in part or not at all. The field is among the first, and
/// only plain words precede it.
fn is_utility(tree: &str) -> Result<bool, TreeError> {
    let mut tokens = Tokens::new(tree, Layout::Wrapped);
    if !tokens.take(b'{') || tokens.word()? != Some("QUERY") {
        return Ok(false);
    }
    while let Some(name) = tokens.field() {
        let (is_node, value) = (tokens.first() == Some(b'{'), tokens.word()?);
        if name == "utilityStmt" {
            return Ok(is_node || value == Some("?"));
        }
        if value.is_none() {
            return Ok(false);
        }
    }
    Ok(false)
}

/// Reads the queries of a view (`pg_rewrite.ev_action`) or of an SQL-standard function body (`pg_proc.prosqlbody`).
///
/// Version 15 and older put the entries OLD and NEW first in a view's range table; FROM does not contain them.
pub fn read_stored_query(text: &str) -> Result<Vec<Query>, TreeError> {
    let mut queries = Vec::new();
    query::queries(Tree::parse(text, Layout::Stored, Joins::Read)?.value(), &mut queries)
        .map_err(|_| TreeError::new("something in it is not a query", 0))?;
    Ok(queries)
}

/// Reads an expression of a catalog: `conbin`, `adbin`, `indpred`.
pub fn read_expr(text: &str) -> Result<Expr, TreeError> {
    match Tree::parse(text, Layout::Stored, Joins::Read)?.value() {
        Value::Node(node) => Ok(expr::expr(node)),
        _ => Err(TreeError::new("it is not an expression", 0)),
    }
}

/// Reads a list of expressions of a catalog: `indexprs`.
pub fn read_exprs(text: &str) -> Result<Vec<Expr>, TreeError> {
    let tree = Tree::parse(text, Layout::Stored, Joins::Read)?;
    let Value::List(values) = tree.value() else {
        return Err(TreeError::new("it is not a list", 0));
    };
    let exprs = values.map(|value| match value {
        Value::Node(node) => Ok(expr::expr(node)),
        _ => Err(TreeError::new("something in it is not an expression", 0)),
    });
    exprs.collect()
}
