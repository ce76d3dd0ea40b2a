//! The text of `sqlward.toml` -> [`Config`].

use toml::de::{DeTable, DeValue};

use super::config::*;
use super::section::{CONFIG, Reader, Section, path};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::is_identifier;
use crate::source::{FileId, Span, Spanned};

/// Reads the configuration; what is wrong with it is reported and left out.
pub(super) fn read(diagnostics: &mut Diagnostics, file: FileId, text: &str) -> Config {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        let start = text.floor_char_boundary(range.start);
        let span = Span { file, start, end: text.ceil_char_boundary(range.end.min(text.len())).max(start) };
        let help = "the file is TOML: `name = value` lines under `[section]` lines";
        diagnostics.report(Diagnostic::error(CONFIG, span, error.message()).help(help));
    }
    let mut reader = Reader { diagnostics, file };
    let known = [
        "schema",
        "queries",
        "output",
        "soft_delete",
        "scopes",
        "shared",
        "functions",
        "types",
        "columns",
        "crate",
    ];
    let root = reader.table("", document.get_ref(), Some(&known));
    let soft_delete =
        reader.section("soft_delete", root.get("soft_delete"), Some(&["column", "never_delete"]));
    let shared = reader.section("shared", root.get("shared"), Some(&["tables"]));
    Config {
        file,
        schema: reader.list(&root, "schema"),
        queries: reader.list(&root, "queries"),
        output: reader.setting(&root, "output"),
        soft_delete: SoftDelete {
            column: reader.setting(&soft_delete, "column"),
            never_delete: reader.list(&soft_delete, "never_delete"),
        },
        scopes: scopes(&mut reader, &root),
        shared: reader.list(&shared, "tables"),
        trusted: trusted(&mut reader, &root),
        types: types(&mut reader, &root),
        columns: columns(&mut reader, &root),
        package: package(&mut reader, &root),
    }
}

fn scopes(reader: &mut Reader, root: &Section) -> Vec<Scope> {
    let section = reader.section("scopes", root.get("scopes"), None);
    let mut scopes = Vec::new();
    for (name, value) in section.entries() {
        if name.value == "system" {
            let help = "remove the section: system scope has no tenant, and needs no policy";
            reader.error(name.span, "the scope `system` is built in", help);
        } else if !is_identifier(&name.value)
            || matches!(name.value.as_str(), "self" | "Self" | "super" | "crate" | "_")
        {
            let help = "a scope's name has letters from a to z, digits and `_`: it becomes part of a Rust type's name";
            reader.error(name.span, format!("`{}` cannot be a scope's name", name.value), help);
        } else {
            scopes.push(scope(reader, name, value));
        }
    }
    scopes
}

fn scope(reader: &mut Reader, name: &Spanned<String>, value: &toml::Spanned<DeValue>) -> Scope {
    let known = ["id", "param", "column", "set", "owns", "via", "rows"];
    let path = path("scopes", &name.value);
    let section = reader.section(&path, Some(value), Some(&known));
    let param = reader.setting(&section, "param");
    if let Some(param) = &param
        && !is_identifier(&param.value)
    {
        reader.error(
            param.span,
            format!("`{}` cannot be a parameter's name", param.value),
            "write the name of a `:name`",
        );
    }
    if param.is_none() && section.get("param").is_none() {
        for key in ["id", "column", "set", "owns"] {
            if let Some(span) = section.key(key) {
                let message = format!("`{path}` has no `param`, so `{key}` says nothing");
                reader.error(
                    span,
                    message,
                    format!("name the parameter that binds it: `param = \"{}_id\"`", name.value),
                );
                break;
            }
        }
    }
    Scope {
        name: name.clone(),
        id: reader.setting(&section, "id").and_then(|id| column_name(reader, &id)),
        param,
        column: reader.setting(&section, "column"),
        set: reader.flag(&section, "set").is_some_and(|set| set.value),
        owns: owns(reader, &path, &section),
        via: via(reader, &path, &section),
        rows: rows(reader, &path, &section),
    }
}

fn owns(reader: &mut Reader, scope: &str, section: &Section) -> Vec<Owns> {
    let tables = reader.section(&path(scope, "owns"), section.get("owns"), None);
    let mut owns = Vec::new();
    for (table, _) in tables.entries() {
        if let Some(column) = reader.setting(&tables, &table.value) {
            owns.push(Owns { table: table.clone(), column });
        }
    }
    owns
}

fn via(reader: &mut Reader, scope: &str, section: &Section) -> Vec<Via> {
    let name = path(scope, "via");
    let tables = reader.section(&name, section.get("via"), None);
    let mut via = Vec::new();
    for (table, value) in tables.entries() {
        let name = path(&name, &table.value);
        let ways: Vec<ViaWay> = match value.get_ref() {
            DeValue::Array(ways) => ways.iter().filter_map(|way| via_way(reader, &name, way)).collect(),
            _ => via_way(reader, &name, value).into_iter().collect(),
        };
        if ways.is_empty() && matches!(value.get_ref(), DeValue::Array(ways) if ways.is_empty()) {
            let span = reader.place(value);
            reader.error(
                span,
                format!("`{name}` names no table"),
                "name the table that leads into the scope",
            );
        }
        via.push(Via { table: table.clone(), ways });
    }
    via
}

/// `"table"`, `"table(column)"`, or a table with `where`.
fn via_way(reader: &mut Reader, name: &str, value: &toml::Spanned<DeValue>) -> Option<ViaWay> {
    let (target, condition) = match value.get_ref() {
        DeValue::Table(_) => {
            let way = reader.section(name, Some(value), Some(&["table", "where"]));
            if way.get("table").is_none() {
                let span = reader.place(value);
                reader.error(span, format!("`{name}` names no table"), "add `table = \"...\"`");
            }
            (reader.setting(&way, "table")?, reader.setting(&way, "where"))
        }
        _ => (reader.string(name, value)?, None),
    };
    let (table, column) = match target.value.split_once('(') {
        None => (target.value.trim(), None),
        Some((table, column)) => match column.trim_end().strip_suffix(')') {
            Some(column) if !table.trim().is_empty() && !column.trim().is_empty() => {
                (table.trim(), Some(column.trim()))
            }
            _ => {
                let message = format!("`{}` is not `table` or `table(column)`", target.value);
                reader.error(
                    target.span,
                    message,
                    "the column in parentheses is the referencing one of the foreign key",
                );
                return None;
            }
        },
    };
    let at = |value: &str| Spanned { value: value.to_owned(), span: target.span };
    Some(ViaWay { table: at(table), column: column.map(at), condition })
}

fn rows(reader: &mut Reader, scope: &str, section: &Section) -> Vec<Rows> {
    let name = path(scope, "rows");
    let tables = reader.section(&name, section.get("rows"), None);
    let mut rows = Vec::new();
    for (table, value) in tables.entries() {
        let name = path(&name, &table.value);
        let (condition, columns) = match value.get_ref() {
            DeValue::Table(_) => {
                let guard = reader.section(&name, Some(value), Some(&["where", "columns"]));
                let columns = guard.get("columns").map(|_| reader.list(&guard, "columns"));
                (reader.setting(&guard, "where"), columns)
            }
            _ => (reader.string(&name, value), None),
        };
        if condition.is_none() && columns.is_none() {
            if matches!(value.get_ref(), DeValue::Table(table) if table.is_empty()) {
                let help = "write `where`, `columns` or both";
                reader.error(
                    reader.place(value),
                    format!("`{name}` says neither which rows nor which columns"),
                    help,
                );
            }
            // What could not be read must not count as "every row".
            continue;
        }
        let unread = matches!(value.get_ref(), DeValue::Table(table) if table.contains_key("where"))
            && condition.is_none();
        if !unread {
            rows.push(Rows { table: table.clone(), condition, columns });
        }
    }
    rows
}

fn trusted(reader: &mut Reader, root: &Section) -> Vec<TrustedFunction> {
    let functions = reader.section("functions", root.get("functions"), Some(&["trusted"]));
    let section = reader.section("functions.trusted", functions.get("trusted"), None);
    let mut trusted = Vec::new();
    for (name, _) in section.entries() {
        if let Some(reason) = reader.setting(&section, &name.value) {
            trusted.push(TrustedFunction { name: name.clone(), reason });
        }
    }
    trusted
}

fn types(reader: &mut Reader, root: &Section) -> Vec<TypeMapping> {
    let section = reader.section("types", root.get("types"), None);
    let mut types = Vec::new();
    for (sql_type, _) in section.entries() {
        if let Some(rust_type) =
            reader.setting(&section, &sql_type.value).and_then(|found| rust_type(reader, found))
        {
            types.push(TypeMapping { sql_type: sql_type.clone(), rust_type });
        }
    }
    types
}

fn columns(reader: &mut Reader, root: &Section) -> Vec<ColumnMapping> {
    let section = reader.section("columns", root.get("columns"), None);
    let mut columns = Vec::new();
    for (name, value) in section.entries() {
        let (found, nullable) = match value.get_ref() {
            DeValue::Table(_) => {
                let mapping =
                    reader.section(&path("columns", &name.value), Some(value), Some(&["type", "nullable"]));
                (reader.setting(&mapping, "type"), reader.flag(&mapping, "nullable"))
            }
            _ => (reader.string(&path("columns", &name.value), value), None),
        };
        let rust_type = found.and_then(|found| rust_type(reader, found));
        if let Some(column) = column_name(reader, name) {
            columns.push(ColumnMapping { column, rust_type, nullable });
        }
    }
    columns
}

/// A Rust type is written into the generated code, so it has to be one, as far as its characters tell.
fn rust_type(reader: &mut Reader, found: Spanned<String>) -> Option<Spanned<String>> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_:<>, ()[];&'".contains(character);
    let depth = |open: char, close: char| {
        found.value.chars().try_fold(0usize, |depth, character| match character {
            _ if character == open => Some(depth + 1),
            _ if character == close => depth.checked_sub(1),
            _ => Some(depth),
        })
    };
    let balanced =
        [('<', '>'), ('(', ')'), ('[', ']')].iter().all(|(open, close)| depth(*open, *close) == Some(0));
    if found.value.chars().all(allowed) && balanced {
        return Some(found);
    }
    reader.error(
        found.span,
        format!("`{}` is not a Rust type", found.value),
        "write a path such as `my_crate::Money`",
    );
    None
}

/// `"users.id"`.
fn column_name(reader: &mut Reader, name: &Spanned<String>) -> Option<ColumnName> {
    match name.value.rsplit_once('.') {
        Some((table, column)) if !table.trim().is_empty() && !column.trim().is_empty() => {
            Some(ColumnName { table: table.to_owned(), column: column.to_owned(), span: name.span })
        }
        _ => {
            reader.error(name.span, format!("`{}` is not a column", name.value), "write `table.column`");
            None
        }
    }
}

fn package(reader: &mut Reader, root: &Section) -> Package {
    let section = reader.section("crate", root.get("crate"), Some(&["name", "sqlward", "dependencies"]));
    let name = reader.setting(&section, "name").filter(|name| {
        let valid =
            name.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
                && name.value.starts_with(|first: char| first.is_ascii_alphabetic());
        if !valid {
            let help = "a crate's name has letters from a to z, digits, `-` and `_`";
            reader.error(name.span, format!("`{}` cannot be a crate's name", name.value), help);
        }
        valid
    });
    let sqlward = section.get("sqlward").and_then(|value| {
        let span = reader.place(value);
        dependency(reader, "crate.sqlward", value).map(|value| Spanned { value, span })
    });
    let listed = reader.section("crate.dependencies", section.get("dependencies"), None);
    let mut dependencies = Vec::new();
    for (name, value) in listed.entries() {
        if let Some(value) = dependency(reader, &path("crate.dependencies", &name.value), value) {
            dependencies.push((name.clone(), value));
        }
    }
    Package { name, sqlward, dependencies }
}

/// A dependency as Cargo writes it: a version or a table.
fn dependency(reader: &mut Reader, name: &str, value: &toml::Spanned<DeValue>) -> Option<toml::Value> {
    match value.get_ref() {
        DeValue::String(_) => reader.string(name, value).map(|version| toml::Value::String(version.value)),
        DeValue::Table(_) => owned(value.get_ref()),
        _ => {
            let help = "write `\"1.0\"`, `{ version = \"1.0\" }` or `{ path = \"...\" }`";
            reader.error(reader.place(value), format!("`{name}` is a version or a table"), help);
            None
        }
    }
}

/// The value without its places. `None` for a number that does not fit, which no dependency has.
fn owned(value: &DeValue) -> Option<toml::Value> {
    Some(match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(number) => {
            toml::Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?)
        }
        DeValue::Float(number) => toml::Value::Float(number.as_str().parse().ok()?),
        DeValue::Boolean(flag) => toml::Value::Boolean(*flag),
        DeValue::Datetime(date) => toml::Value::Datetime(*date),
        DeValue::Array(items) => {
            toml::Value::Array(items.iter().map(|item| owned(item.get_ref())).collect::<Option<_>>()?)
        }
        DeValue::Table(table) => toml::Value::Table(
            table
                .iter()
                .map(|(key, value)| Some((key.get_ref().to_string(), owned(value.get_ref())?)))
                .collect::<Option<_>>()?,
        ),
    })
}
