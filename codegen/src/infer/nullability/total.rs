//! The functions and operators of pg_catalog that are never NULL for arguments that are not.
//!
//! STRICT does not imply that: a strict function can also return NULL for a value, as `regexp_match` does. Each entry here
//! holds for all values of its types, including infinity, NaN, empty arrays and JSON's null; it may raise an error.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::schema::{Function, Operator, Schema};
use crate::tree::Oid;
use crate::tree::pg_type::TEXT;

/// Whether a function is in the list.
pub fn is_total_function(schema: &Schema, function: &Function) -> bool {
    static ENTRIES: LazyLock<BTreeSet<(String, String)>> =
        LazyLock::new(|| entries(include_str!("functions.txt")));
    function.is_built_in()
        && matches!(function.kind, 'f')
        && !(function.language == "sql" && casts_to_text(schema))
        && ENTRIES.contains(&(function.name.clone(), names(schema, &function.parameters)))
}

/// Whether an operator is in the list, or compares two values of a built-in type as its default operator class does.
pub fn is_total_operator(schema: &Schema, operator: &Operator) -> bool {
    static ENTRIES: LazyLock<BTreeSet<(String, String)>> =
        LazyLock::new(|| entries(include_str!("operators.txt")));
    let operands: Vec<Oid> = [operator.left, operator.right].into_iter().filter(|oid| *oid != 0).collect();
    let compares = |operator: &Operator| operator.btree.is_some() || operator.hash.is_some();
    let function = schema.functions.get(&operator.function);
    let is_sql = function.is_some_and(|function| function.language == "sql");
    let opposite = schema.operators.get(&operator.negator);
    operator.is_built_in()
        // NOT can become what a user calls the opposite.
        && opposite.is_none_or(Operator::is_built_in)
        && !(is_sql && casts_to_text(schema))
        && (compares(operator)
            || schema.operators.get(&operator.negator).is_some_and(compares)
            || ENTRIES.contains(&(operator.name.clone(), names(schema, &operands))))
}

/// Whether values of some type are cast to text by a function of the user's, which can give NULL: what PostgreSQL has in
/// SQL for values of any type, `||` for one, casts by it.
fn casts_to_text(schema: &Schema) -> bool {
    schema.implied.values().flat_map(|found| &found.cast).any(|(to, _)| *to == TEXT)
}

fn names(schema: &Schema, types: &[Oid]) -> String {
    types.iter().map(|oid| schema.type_name(*oid)).collect::<Vec<_>>().join(" ")
}

/// Each line has names before a colon and argument lists after it, separated by `|`. In an argument list `a/b` stands
/// for either type, in all combinations.
fn entries(text: &str) -> BTreeSet<(String, String)> {
    let lines = text.lines().filter(|line| !line.starts_with("--")).filter_map(|line| line.split_once(": "));
    lines
        .flat_map(|(names, lists)| {
            let lists: Vec<String> = lists.split('|').flat_map(combinations).collect();
            let names = names.split_whitespace();
            names.flat_map(move |name| lists.clone().into_iter().map(move |list| (name.to_owned(), list)))
        })
        .collect()
}

fn combinations(list: &str) -> Vec<String> {
    list.split_whitespace().filter(|word| *word != "()").fold(vec![String::new()], |lists, alternatives| {
        let extended = |list: &String, word: &str| {
            if list.is_empty() { word.to_owned() } else { format!("{list} {word}") }
        };
        lists.iter().flat_map(|list| alternatives.split('/').map(move |word| extended(list, word))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_gives_each_name_each_combination() {
        let found = entries("-- a comment\nceil floor: float8 | int2/int4 text\nnow: ()\n");
        let expected =
            [("ceil", "float8"), ("ceil", "int2 text"), ("ceil", "int4 text"), ("floor", "float8")];
        let more = [("floor", "int2 text"), ("floor", "int4 text"), ("now", "")];
        let expected =
            expected.into_iter().chain(more).map(|(name, list)| (name.to_owned(), list.to_owned()));
        assert_eq!(found, expected.collect());
    }

    #[test]
    fn what_can_be_null_is_not_listed() {
        let functions = entries(include_str!("functions.txt"));
        for (name, types) in [
            ("regexp_match", "text text"),
            ("substring", "text text"),
            ("to_char", "timestamptz text"),
            ("time", "timestamp"),
            ("array_length", "anyarray int4"),
            ("to_number", "text text"),
            ("scale", "numeric"),
            ("lower", "anyrange"),
        ] {
            assert!(!functions.contains(&(name.to_owned(), types.to_owned())), "{name}({types})");
        }
    }
}
