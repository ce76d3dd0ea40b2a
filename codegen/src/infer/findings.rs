//! Diagnostics about the columns, parameters and names of a signature.

use std::collections::BTreeMap;

use super::rows::RowColumn;
use super::{Param, ParamFrom, RustType, Signature, names, nested};
use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::parse::{FieldDecl, QueryDecl, SqlParam};
use crate::schema::Schema;

/// Reports fields of the row that name no column.
pub fn unknown_columns(
    diagnostics: &mut Diagnostics,
    decl: &QueryDecl,
    fields: &[FieldDecl],
    known: &[&str],
) {
    for field in fields.iter().filter(|field| !known.contains(&field.name.value.as_str())) {
        let message = format!("the query has no column `{}`", field.name.value);
        let mut diagnostic = Diagnostic::error("annotation", field.name.span, message).query(decl.path());
        diagnostic.help = Some(match nearest(&field.name.value, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it has {}", known.join(", ")),
        });
        diagnostics.report(diagnostic);
    }
}

/// Reports `--@ json` lines that name no column, or one that holds no JSON.
pub fn columns_without_json(diagnostics: &mut Diagnostics, schema: &Schema, query: &Analysed) {
    for name in &query.decl.as_json {
        let column = query.columns.iter().find(|column| column.name == name.value);
        let (message, help) = match column {
            Some(column) if nested::holds_json(schema, column.type_oid) => continue,
            Some(column) => (
                format!("column `{}` is of type {}", name.value, schema.type_name(column.type_oid)),
                "only a json or jsonb column can stay plain JSON: remove the line".to_owned(),
            ),
            None => {
                let known: Vec<_> = query.columns.iter().map(|column| column.name.as_str()).collect();
                let near = nearest(&name.value, known.iter().copied());
                let help = near.map(|near| format!("did you mean `{near}`?"));
                let help = help.unwrap_or_else(|| format!("it has {}", known.join(", ")));
                (format!("the query has no column `{}`", name.value), help)
            }
        };
        diagnostics
            .report(Diagnostic::error("annotation", name.span, message).help(help).query(query.decl.path()));
    }
}

/// Reports a parameter whose type has no Rust type.
pub fn untyped_param(diagnostics: &mut Diagnostics, decl: &QueryDecl, param: &SqlParam, type_name: &str) {
    let message = format!("parameter `:{}` is of type {type_name}, which has no Rust type", param.name);
    diagnostics.report(
        Diagnostic::error("rust-type", param.uses[0], message)
            .help(format!(
                "declare another type above the query (`--@ param {} text`), or map this one in sqlward.toml",
                param.name
            ))
            .query(decl.path()),
    );
}

/// Reports a field of items whose array the configuration maps to a type.
pub fn mapped_item(diagnostics: &mut Diagnostics, decl: &QueryDecl, param: &SqlParam, rust: &RustType) {
    let message = format!(
        "`:{}` is a field of items, and sqlward.toml maps its array to {}",
        param.name,
        rust.display()
    );
    diagnostics.report(
        Diagnostic::error("items", param.uses[0], message)
            .help("map the type of the elements instead of that of the array")
            .query(decl.path()),
    );
}

/// Reports a column whose type has no Rust type.
pub fn untyped_column(diagnostics: &mut Diagnostics, decl: &QueryDecl, column: &str, type_name: &str) {
    let message = format!("column `{column}` is of type {type_name}, which has no Rust type");
    let help = match type_name {
        "record" => "select the row of a subquery, whose columns have names and types: \
         `select x from (select id, ...) x`"
            .to_owned(),
        "_record" => "select the rows of a subquery, whose columns have names and types: \
         `array(select x from (select id, ...) x)`"
            .to_owned(),
        _ => format!(
            "cast it to text, or map its type in sqlward.toml: `[types] \"{type_name}\" = \"your::Type\"`"
        ),
    };
    diagnostics.report(Diagnostic::error("rust-type", decl.sql.span, message).help(help).query(decl.path()));
}

/// Reports a column that is an array of arrays.
pub fn several_dimensions(diagnostics: &mut Diagnostics, decl: &QueryDecl, column: &str) {
    let message = format!("column `{column}` is an array of arrays, which has no Rust type");
    let help = "make it JSON, `to_jsonb(...)`, or an array of rows, each with its array: \
                `array(select x from (select ...) x)`";
    diagnostics.report(Diagnostic::error("rust-type", decl.sql.span, message).help(help).query(decl.path()));
}

/// Warns of unnamed columns and of duplicate names. They get a generated name; the author should give a better one.
pub fn odd_names(diagnostics: &mut Diagnostics, query: &Analysed, row: &[RowColumn]) {
    let decl = &query.decl;
    let mut seen = BTreeMap::new();
    for ((index, column), target) in row.iter().enumerate().zip(query.tree.output()) {
        let message = if column.name == "?column?" && row.len() > 1 {
            format!("column {} has no name", index + 1)
        } else if let Some(first) = seen.insert(names::field(&column.name), &column.name) {
            // Dots make fields of structs within, see `nested`.
            match column.name.contains('.') {
                _ if *first == column.name => format!("two columns are named `{}`", column.name),
                true => continue,
                false => format!("the columns `{first}` and `{}` have the same name in Rust", column.name),
            }
        } else {
            continue;
        };
        let span = target.expr.location().map_or(decl.sql.span, |at| decl.sql.token_span(at));
        diagnostics.report(
            Diagnostic::warning("column-name", span, message)
                .help("give it an alias: `... as name`")
                .query(decl.path()),
        );
    }
}

/// Warns of parameters with the name of one of the function's own arguments. They are renamed, which the SQL does not show.
pub fn taken_names(diagnostics: &mut Diagnostics, decl: &QueryDecl, signature: &Signature) {
    if signature.params_struct.is_some() || decl.takes_each() {
        return;
    }
    let is_filled = |param: &Param| matches!(param.from, ParamFrom::Scope(_));
    let own = [
        ("page", decl.page.is_some(), "the page"),
        ("scope", signature.scopes.len() == 1 && signature.params.iter().any(is_filled), "the token"),
        ("tx", signature.transaction, "the transaction"),
        ("db", !signature.transaction, "the database"),
    ];
    for param in signature.callers() {
        let taken = own.iter().find(|(name, is_own, _)| *is_own && *name == param.name);
        let place = decl.sql.params.iter().find(|found| found.name == param.name);
        let (Some((name, _, what)), Some(place)) = (taken, place) else { continue };
        let message = format!("this argument of the function is named `{name}_2`, since `{name}` is {what}");
        diagnostics.report(
            Diagnostic::warning("parameter-name", place.uses[0], message)
                .help("give the parameter another name")
                .query(decl.path()),
        );
    }
}
