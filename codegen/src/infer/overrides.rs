//! `[types]` and `[columns]` of the configuration: overrides of types and nullability.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::project::{ColumnName, Config};
use crate::schema::Schema;
use crate::tree::Oid;

/// Applies the nullability in `[columns]` to the schema.
pub fn apply_overrides(diagnostics: &mut Diagnostics, schema: &mut Schema, config: &Config) {
    for mapping in &config.columns {
        let Some((table, number)) = find(diagnostics, schema, &mapping.column) else { continue };
        let column = schema
            .tables
            .get_mut(&table)
            .and_then(|table| table.columns.iter_mut().find(|column| column.number == number));
        if let (Some(column), Some(nullable)) = (column, &mapping.nullable) {
            column.not_null = !nullable.value;
        }
    }
}

/// The Rust types in `[types]`, by the full name of the SQL type.
pub fn types(diagnostics: &mut Diagnostics, schema: &Schema, config: &Config) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for mapping in &config.types {
        let written = &mapping.sql_type;
        let known = schema.types.values().find(|known| match written.value.split_once('.') {
            Some((schema, name)) => known.schema == schema && known.name == name,
            None => known.visible && known.name == written.value,
        });
        match known {
            Some(known) => {
                found.insert(schema.type_name(known.oid), mapping.rust_type.value.clone());
            }
            None => {
                // Every type has an array type, whose name is the same with a `_`.
                let names = schema.types.values().map(|known| known.name.as_str());
                let names = names.filter(|name| written.value.starts_with('_') || !name.starts_with('_'));
                let message = format!("the schema has no type `{}`", written.value);
                let mut diagnostic = Diagnostic::error("config", written.span, message);
                diagnostic.help =
                    nearest(&written.value, names).map(|near| format!("did you mean `{near}`?"));
                diagnostics.report(diagnostic);
            }
        }
    }
    found
}

/// The columns with a Rust type in `[columns]`. Unknown names have been reported already.
pub fn columns(schema: &Schema, config: &Config) -> Vec<((Oid, i32), String)> {
    let typed = config.columns.iter().filter_map(|mapping| Some((mapping, mapping.rust_type.as_ref()?)));
    typed
        .filter_map(|(mapping, rust)| {
            let column = find(&mut Diagnostics::default(), schema, &mapping.column)?;
            Some((column, rust.value.clone()))
        })
        .collect()
}

/// The column of that name, as its table's OID and its number; an unknown name is reported.
pub fn find(diagnostics: &mut Diagnostics, schema: &Schema, name: &ColumnName) -> Option<(Oid, i32)> {
    let Some(table) = schema.table_named(&name.table) else {
        let tables =
            schema.tables.values().filter(|table| table.is_relation()).map(|table| table.name.as_str());
        let message = format!("the schema has no table `{}`", name.table);
        let mut diagnostic = Diagnostic::error("config", name.span, message);
        diagnostic.help = nearest(&name.table, tables).map(|near| format!("did you mean `{near}`?"));
        diagnostics.report(diagnostic);
        return None;
    };
    let column = table.column_named(&name.column);
    if column.is_none() {
        let columns = table.columns.iter().map(|column| column.name.as_str());
        let message = format!("table `{}` has no column `{}`", name.table, name.column);
        let mut diagnostic = Diagnostic::error("config", name.span, message);
        diagnostic.help = nearest(&name.column, columns).map(|near| format!("did you mean `{near}`?"));
        diagnostics.report(diagnostic);
    }
    column.map(|column| (table.oid, column.number))
}
