//! The ways in: each kind of text in which the server shows a tree.

use super::ast::{Command, Expr, Query};
use super::node::{Value, parse};
use super::token::{Layout, Token, Tokens, TreeError};
use super::{expr, query};

/// Reads what `debug_print_parse` shows: the DETAIL of the notice, as it is. Of a utility command nothing is read
/// but that it is one.
pub fn read_query(tree: &str) -> Result<Query, TreeError> {
    if is_utility(tree)? {
        return Ok(Query { command: Command::Utility, ..Query::default() });
    }
    match parse(tree, Layout::Wrapped)? {
        Value::Node(node) => query::query(&node).map_err(|_| TreeError::new("it is not a query", 0)),
        _ => Err(TreeError::new("it is not a query", 0)),
    }
}

/// Whether a query holds a utility command, which a server prints in part or not at all. The field that tells is
/// among the first, and only plain words precede it.
fn is_utility(tree: &str) -> Result<bool, TreeError> {
    let mut tokens = Tokens::new(tree, Layout::Wrapped);
    if (tokens.next()?, tokens.next()?) != (Token::OpenNode, Token::Word("QUERY")) {
        return Ok(false);
    }
    loop {
        match (tokens.next()?, tokens.next()?) {
            (Token::Word(":utilityStmt"), value) => {
                return Ok(matches!(value, Token::OpenNode | Token::Word("?")));
            }
            (Token::Word(_), Token::Word(_)) => {}
            _ => return Ok(false),
        }
    }
}

/// Reads the queries of a view (`pg_rewrite.ev_action`) or of an SQL-standard function body (`pg_proc.prosqlbody`).
///
/// Version 15 and older list the entries OLD and NEW first in a view's range table; FROM does not name them.
pub fn read_stored_query(text: &str) -> Result<Vec<Query>, TreeError> {
    let mut queries = Vec::new();
    query::queries(&parse(text, Layout::Stored)?, &mut queries)
        .map_err(|_| TreeError::new("something in it is not a query", 0))?;
    Ok(queries)
}

/// Reads an expression of a catalog: `conbin`, `adbin`, `indpred`.
pub fn read_expr(text: &str) -> Result<Expr, TreeError> {
    match parse(text, Layout::Stored)? {
        Value::Node(node) => Ok(expr::expr(&node)),
        _ => Err(TreeError::new("it is not an expression", 0)),
    }
}

/// Reads a list of expressions of a catalog: `indexprs`.
pub fn read_exprs(text: &str) -> Result<Vec<Expr>, TreeError> {
    let Value::List(values) = parse(text, Layout::Stored)? else {
        return Err(TreeError::new("it is not a list", 0));
    };
    let exprs = values.iter().map(|value| match value {
        Value::Node(node) => Ok(expr::expr(node)),
        _ => Err(TreeError::new("something in it is not an expression", 0)),
    });
    exprs.collect()
}
