//! The scopes of the configuration, resolved against the schema: what their tokens carry.

use super::keys::Meanings;
use super::names;
use super::types::Types;
use super::{RustType, ScopeType};
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::project::{Config, Scope};
use crate::schema::{Column, Schema, Table};
use crate::source::Spanned;
use crate::tree::Oid;

/// A scope whose token fills a parameter.
#[derive(Debug, Clone)]
pub struct TokenScope {
    /// What the generated token looks like.
    pub token: ScopeType,
    /// The SQL type of the parameter: of an id, or of an array of them.
    pub parameter_type: Oid,
}

/// Resolves the scopes that carry a token, in the order of the configuration.
pub fn scopes(
    diagnostics: &mut Diagnostics,
    config: &Config,
    schema: &Schema,
    meanings: &Meanings,
    types: &mut Types<'_>,
) -> Vec<TokenScope> {
    let mut found = Vec::new();
    for (name, scope) in &config.scopes {
        let Some(param) = &scope.param else { continue };
        let Some((table, column)) = id_column(diagnostics, schema, name, scope) else { continue };
        let meaning = meanings.of_column(table.oid, column.number);
        let id = match types.rust(column.type_oid, meaning, false) {
            Ok(id) => id,
            Err(type_name) => {
                diagnostics.report(Diagnostic::error(
                    "policy",
                    name.span,
                    format!("the id of scope `{}` is of type {type_name}, which has no Rust type", name.value),
                ));
                continue;
            }
        };
        let array = schema.types.get(&column.type_oid).map_or(0, |found| found.array);
        let parameter_type = if scope.set { array } else { column.type_oid };
        let token = token(&name.value, &param.value, id, scope.set);
        found.push(TokenScope { token, parameter_type });
    }
    found
}

fn token(scope: &str, param: &str, id: RustType, set: bool) -> ScopeType {
    ScopeType {
        scope: scope.to_owned(),
        name: names::type_name(&format!("{scope}_scope")),
        param: param.to_owned(),
        id,
        set,
    }
}

/// The column that tells what a token carries: `id = "users.id"`, or any owner column.
fn id_column<'a>(
    diagnostics: &mut Diagnostics,
    schema: &'a Schema,
    name: &Spanned<String>,
    scope: &Scope,
) -> Option<(&'a Table, &'a Column)> {
    let Some(id) = &scope.id else {
        let owner = scope.column.as_ref()?;
        let tables = schema.tables.values().filter(|table| table.is_relation());
        let found = tables.filter_map(|table| Some((table, table.column_named(&owner.value)?))).next();
        if found.is_none() {
            let message = format!("no table has the column `{}` of scope `{}`", owner.value, name.value);
            diagnostics.report(Diagnostic::error("policy", owner.span, message));
        }
        return found;
    };
    let Some((table_name, column_name)) = id.value.rsplit_once('.') else {
        diagnostics.report(
            Diagnostic::error("policy", id.span, format!("`{}` does not name a column", id.value))
                .help("write table and column: `id = \"users.id\"`"),
        );
        return None;
    };
    let Some(table) = schema.table_named(table_name) else {
        let tables = schema.tables.values().filter(|table| table.is_relation()).map(|table| table.name.as_str());
        let mut diagnostic =
            Diagnostic::error("policy", id.span, format!("the schema has no table `{table_name}`"));
        diagnostic.help = nearest(table_name, tables).map(|near| format!("did you mean `{near}`?"));
        diagnostics.report(diagnostic);
        return None;
    };
    let column = table.column_named(column_name);
    if column.is_none() {
        let columns = table.columns.iter().map(|column| column.name.as_str());
        let message = format!("table `{table_name}` has no column `{column_name}`");
        let mut diagnostic = Diagnostic::error("policy", id.span, message);
        diagnostic.help = nearest(column_name, columns).map(|near| format!("did you mean `{near}`?"));
        diagnostics.report(diagnostic);
    }
    column.map(|column| (table, column))
}
