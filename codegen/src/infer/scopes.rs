//! The scopes of the configuration, resolved against the schema.

use super::keys::Meanings;
use super::types::Types;
use super::{MembershipType, RoleType, ScopeType, names, overrides};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::project::{Config, Membership, Role, Scope};
use crate::schema::Schema;
use crate::tree::Oid;

/// A scope whose token fills a parameter.
#[derive(Debug, Clone)]
pub struct TokenScope {
    /// The generated token type.
    pub token: ScopeType,
    /// The SQL type of the parameter: of an id, or of an array of them.
    pub parameter_type: Oid,
}

/// Resolves the scopes with a token, in the order of the configuration.
pub fn scopes(
    diagnostics: &mut Diagnostics,
    config: &Config,
    schema: &Schema,
    meanings: &Meanings,
    types: &mut Types<'_>,
) -> Vec<TokenScope> {
    let mut found = Vec::new();
    for scope in &config.scopes {
        let Some(param) = &scope.param else { continue };
        let Some((table, number)) = id_column(diagnostics, schema, scope) else { continue };
        let Some(column) = schema.column(table, number) else { continue };
        let name = &scope.name;
        let id = match types.rust(column.type_oid, meanings.of_column(table, number), false) {
            Ok(id) => id,
            Err(type_name) => {
                let message = format!(
                    "the id of scope `{}` is of type {type_name}, which has no Rust type",
                    name.value
                );
                diagnostics.report(Diagnostic::error("config", name.span, message));
                continue;
            }
        };
        let array = schema.types.get(&column.type_oid).map_or(0, |found| found.array);
        let token = ScopeType {
            scope: name.value.clone(),
            name: types.take(names::type_name(&format!("{}_scope", name.value))),
            param: param.value.clone(),
            id,
            set: scope.set,
            membership: scope.membership.as_ref().map(|found| membership(types, scope, found)),
        };
        found.push(TokenScope { token, parameter_type: if scope.set { array } else { column.type_oid } });
    }
    found
}

/// The types of its roles. The policy determines later which of them are weaker than others.
fn membership(types: &mut Types<'_>, scope: &Scope, found: &Membership) -> MembershipType {
    let condition = found.condition.iter().map(|condition| format!(" where {}", condition.value));
    let role = |role: &Role| RoleType {
        role: role.name.value.clone(),
        name: types.take(names::type_name(&format!("{}_{}", scope.name.value, role.name.value))),
        condition: role.condition.value.clone(),
        weaker: Vec::new(),
    };
    MembershipType {
        rows: format!("{}{}", found.table.value, condition.collect::<String>()),
        roles: found.roles.iter().map(role).collect(),
    }
}

/// The column whose values a token carries: `id = "users.id"`, or an owner column.
fn id_column(diagnostics: &mut Diagnostics, schema: &Schema, scope: &Scope) -> Option<(Oid, i32)> {
    if let Some(id) = &scope.id {
        return overrides::find(diagnostics, schema, id);
    }
    if let (None, Some(owns)) = (&scope.column, scope.owns.first()) {
        // An unknown name is reported with the policy.
        let table = schema.table_named(&owns.table.value)?;
        return Some((table.oid, table.column_named(&owns.column.value)?.number));
    }
    let Some(owner) = &scope.column else {
        diagnostics.report(
            Diagnostic::error(
                "config",
                scope.name.span,
                format!("the type of the id in the token of `{}` is not known", scope.name.value),
            )
            .help("add `id = \"table.column\"`"),
        );
        return None;
    };
    let tables = schema.tables.values().filter(|table| table.is_relation());
    let found = tables.filter_map(|table| Some((table.oid, table.column_named(&owner.value)?.number))).next();
    if found.is_none() {
        let message = format!("no table has the column `{}` of scope `{}`", owner.value, scope.name.value);
        diagnostics.report(Diagnostic::error("config", owner.span, message));
    }
    found
}
