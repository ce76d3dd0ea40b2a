//! The text of `sqlward.toml` -> [`Config`].

use toml::de::{DeTable, DeValue};

use super::config::*;
use super::scopes::{column_name, scopes};
use super::section::{CONFIG, Reader, Section, path};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::emit::check_derive;
use crate::source::{FileId, Span, Spanned};

/// Reads the configuration. Mistakes are reported, and what could not be read is left out.
pub(super) fn read(diagnostics: &mut Diagnostics, file: FileId, text: &str) -> Config {
    let (document, errors) = DeTable::parse_recoverable(text);
    let damaged = !errors.is_empty();
    for error in errors {
        let range = error.span().unwrap_or(0..0);
        let start = text.floor_char_boundary(range.start);
        let span = Span { file, start, end: text.ceil_char_boundary(range.end.min(text.len())).max(start) };
        let help = "the file is TOML: `name = value` lines under `[section]` lines";
        diagnostics.report(Diagnostic::error(CONFIG, span, error.message()).help(help));
    }
    // Further complaints about a damaged file would be misleading.
    let mut unheard = Diagnostics::default();
    let mut reader = Reader { diagnostics: if damaged { &mut unheard } else { diagnostics }, file };
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
        trusted: trusted(&mut reader, &root, "trusted"),
        trusted_extensions: trusted(&mut reader, &root, "extensions"),
        types: types(&mut reader, &root),
        columns: columns(&mut reader, &root),
        package: package(&mut reader, &root),
    }
}

fn trusted(reader: &mut Reader, root: &Section, key: &str) -> Vec<Trusted> {
    let functions = reader.section("functions", root.get("functions"), Some(&["trusted", "extensions"]));
    let section = reader.section(&format!("functions.{key}"), functions.get(key), None);
    let mut trusted = Vec::new();
    for (name, _) in section.entries() {
        if let Some(reason) = reader.setting(&section, &name.value) {
            trusted.push(Trusted { name: name.clone(), reason });
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

/// A Rust type goes into the generated code, so it has to look like one, as far as its characters tell.
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

fn package(reader: &mut Reader, root: &Section) -> Package {
    let section =
        reader.section("crate", root.get("crate"), Some(&["name", "sqlward", "dependencies", "derives"]));
    let name = reader.setting(&section, "name").filter(|name| {
        let valid =
            name.value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
                && name.value.starts_with(|first: char| first.is_ascii_alphabetic());
        if !valid {
            let help = "use letters from a to z, digits, `-` and `_`";
            reader.error(name.span, format!("`{}` is not a valid crate name", name.value), help);
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
    let mut derives = reader.list(&section, "derives");
    derives.retain(|derive| {
        let checked = check_derive(&derive.value);
        if let Err(problem) = &checked {
            let help = "write the path of a trait that can be derived, such as `schemars::JsonSchema`";
            reader.error(derive.span, problem, help);
        }
        checked.is_ok()
    });
    Package { name, sqlward, dependencies, derives }
}

/// A dependency as Cargo writes it: a version or a table.
fn dependency(reader: &mut Reader, name: &str, value: &toml::Spanned<DeValue>) -> Option<toml::Value> {
    match value.get_ref() {
        DeValue::String(_) => reader.string(name, value).map(|version| toml::Value::String(version.value)),
        DeValue::Table(_) => owned(value.get_ref()),
        _ => {
            let help = "write `\"1.0\"`, `{ version = \"1.0\" }` or `{ path = \"...\" }`";
            reader.error(reader.place(value), format!("`{name}` must be a version or a table"), help);
            None
        }
    }
}

/// The value without its spans. `None` for a number that is out of range, which no dependency contains.
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
