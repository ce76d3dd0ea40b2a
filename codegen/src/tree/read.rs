//! The entry points: one for each kind of text in which the server prints a tree.

use super::ast::{Command, Expr, Query};
use super::node::{Tree, Value};
use super::token::{Layout, Tokens, TreeError};
use super::{expr, query};

/// Reads the output of `debug_print_parse`: the DETAIL of the notice, unchanged. Of a utility command only the kind is read.
pub fn read_query(tree: &str) -> Result<Query, TreeError> {
    if is_utility(tree)? {
        return Ok(Query { command: Command::Utility, ..Query::default() });
    }
    match Tree::parse(tree, Layout::Wrapped)?.value() {
        Value::Node(node) => query::query(node).map_err(|_| TreeError::new("it is not a query", 0)),
        _ => Err(TreeError::new("it is not a query", 0)),
    }
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
    query::queries(Tree::parse(text, Layout::Stored)?.value(), &mut queries)
        .map_err(|_| TreeError::new("something in it is not a query", 0))?;
    Ok(queries)
}

/// Reads an expression of a catalog: `conbin`, `adbin`, `indpred`.
pub fn read_expr(text: &str) -> Result<Expr, TreeError> {
    match Tree::parse(text, Layout::Stored)?.value() {
        Value::Node(node) => Ok(expr::expr(node)),
        _ => Err(TreeError::new("it is not an expression", 0)),
    }
}

/// Reads a list of expressions of a catalog: `indexprs`.
pub fn read_exprs(text: &str) -> Result<Vec<Expr>, TreeError> {
    let tree = Tree::parse(text, Layout::Stored)?;
    let Value::List(values) = tree.value() else {
        return Err(TreeError::new("it is not a list", 0));
    };
    let exprs = values.map(|value| match value {
        Value::Node(node) => Ok(expr::expr(node)),
        _ => Err(TreeError::new("something in it is not an expression", 0)),
    });
    exprs.collect()
}
