//! Nested results: the queries in `tests/nested/` return JSON or records. Comments above each have the expected types of
//! its columns:
//!
//! ```sql
//! -- = members: Option<Vec<{id: UserId, name: Option<String>}>>
//! ```
//!
//! A key that can be absent is written `key?`. Each query is also executed on the rows of `data.sql`, in which everything is
//! NULL or missing somewhere, and its result must fit the types.

#[path = "support/every_version.rs"]
mod every_version;
#[path = "support/servers.rs"]
mod servers;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sqlward_codegen::infer::{Catalog, Column, FieldValue, Object, Plain, RowStruct, RustType};
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::Proven;
use sqlward_codegen::{Compilation, Options, compile};

use crate::every_version::on_every_version;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nested")
}

fn compiled(config: &str) -> Compilation {
    let project = ProjectOptions { config: folder().join(config), ..ProjectOptions::default() };
    let compilation =
        compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine");
    assert!(!compilation.diagnostics.has_errors(), "{:#?}", compilation.diagnostics);
    compilation
}

#[test]
fn shapes_are_as_expected_and_hold_what_the_server_gives() {
    check("sqlward.toml");
}

/// The same on other servers, which may support further SQL syntax.
#[test]
fn shapes_are_the_same_on_every_version() {
    let configs = |version| -> &[&str] {
        if version >= 16 { &["sqlward.toml", "newer.toml"] } else { &["sqlward.toml"] }
    };
    on_every_version("shapes_are_the_same_on_every_version", configs, check);
}

fn check(config: &str) {
    let compilation = compiled(config);
    compare(&compilation);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run(&compilation));
}

fn compare(compilation: &Compilation) {
    let mut report = String::new();
    let mut compared = 0;
    for (_, file) in compilation.project.sources.iter() {
        let mut expected = Vec::new();
        for line in file.text.lines() {
            if let Some(line) = line.strip_prefix("-- = ") {
                expected.push(line.to_owned());
            }
            let Some(name) = line.strip_prefix("--! ").and_then(|line| line.split_whitespace().next()) else {
                continue;
            };
            let queries = compilation.queries();
            let query = queries.iter().find(|query| query.decl().name.value == name);
            let Some(query) = query else {
                writeln!(report, "{name} was not analysed").unwrap();
                continue;
            };
            let catalog = &compilation.catalog;
            let found = query.signature().columns.iter().map(|column| {
                format!("{}: {}", column.name, optional(column.nullable, shape(catalog, &column.rust)))
            });
            let (found, expected) = (found.collect::<Vec<_>>(), std::mem::take(&mut expected));
            compared += 1;
            if found != expected {
                writeln!(report, "{name}\n  expected {expected:#?}\n  found    {found:#?}").unwrap();
            }
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(compared >= 5, "only {compared} queries are there");
}

/// A type as text, with the members of structs in the place of their names.
fn shape(catalog: &Catalog<Proven>, rust: &RustType) -> String {
    match rust {
        RustType::Array { element, nullable } => {
            format!("Vec<{}>", optional(*nullable, shape(catalog, element)))
        }
        RustType::Struct(name) => {
            let (row, columns) = of_struct(catalog, name);
            let absent = if row.from_json == Some(Object::Sparse) { "?" } else { "" };
            let members = columns.iter().map(|column| {
                format!(
                    "{}{absent}: {}",
                    column.name,
                    optional(column.nullable, shape(catalog, &column.rust))
                )
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.display(),
    }
}

fn optional(nullable: bool, text: String) -> String {
    if nullable { format!("Option<{text}>") } else { text }
}

fn of_struct<'a>(catalog: &'a Catalog<Proven>, name: &str) -> (&'a RowStruct, Vec<Column>) {
    let alias = catalog.aliases.iter().find(|alias| alias.name == name);
    let name = alias.map_or(name, |alias| &alias.of.1);
    let row = catalog.rows.iter().find(|row| row.name == name).expect("a struct of the catalog");
    let columns = row.fields.iter().zip(&row.columns).map(|(field, (name, pg_type))| match &field.value {
        FieldValue::Column { rust, nullable, .. } => Column {
            name: name.clone(),
            pg_type: pg_type.clone(),
            rust: rust.clone(),
            nullable: *nullable,
            members: Vec::new(),
        },
        FieldValue::Nested { .. } => panic!("an object has no columns with dotted names"),
    });
    (row, columns.collect())
}

/// Executes the queries and compares their results with the inferred types.
async fn run(compilation: &Compilation) {
    let (client, connection) =
        compilation.server.url().unwrap().connect(tokio_postgres::NoTls).await.expect("the server is there");
    tokio::spawn(connection);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for query in compilation.queries() {
        let (name, sql) = (query.decl().path(), &query.signature().sql);
        let sql = if sql.starts_with("insert") {
            format!("with q as ({sql}) select row_to_json(q)::text from q")
        } else {
            format!("select row_to_json(q)::text from ({sql}) q")
        };
        let rows = client.query(&sql, &[]).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        for row in &rows {
            let row: Value = serde_json::from_str(row.get(0)).unwrap();
            for column in &query.signature().columns {
                let value = &row[&column.name];
                let fits = fits(&compilation.catalog, &column.rust, column.nullable, value);
                assert!(fits.is_ok(), "{name}: {} of {value}", fits.unwrap_err());
            }
        }
        *seen.entry(name).or_default() += rows.len();
    }
    let without_rows: Vec<_> = seen.iter().filter(|(_, rows)| **rows == 0).collect();
    assert!(without_rows.is_empty(), "these gave nothing to look at: {without_rows:?}");
}

fn fits(catalog: &Catalog<Proven>, rust: &RustType, nullable: bool, value: &Value) -> Result<(), String> {
    match (rust, value) {
        // JSON of unknown structure can contain null.
        (RustType::Plain(Plain::Json), _) | (RustType::Custom(_), _) => Ok(()),
        (_, Value::Null) if nullable => Ok(()),
        (RustType::Array { element, nullable }, Value::Array(values)) => {
            values.iter().try_for_each(|value| fits(catalog, element, *nullable, value))
        }
        (RustType::Struct(name), Value::Object(object)) => {
            let (row, columns) = of_struct(catalog, name);
            if let Some(key) = object.keys().find(|key| columns.iter().all(|column| column.name != **key)) {
                return Err(format!("unknown key {key}"));
            }
            columns.iter().try_for_each(|column| match object.get(&column.name) {
                Some(value) => fits(catalog, &column.rust, column.nullable, value)
                    .map_err(|error| format!("{}.{error}", column.name)),
                None if row.from_json == Some(Object::Sparse) && column.nullable => Ok(()),
                None => Err(format!("no {}", column.name)),
            })
        }
        (RustType::Composite(_), Value::Object(_)) => Ok(()),
        (
            RustType::Plain(_) | RustType::Id(_) | RustType::Enum(_) | RustType::Range(_),
            Value::Bool(_) | Value::Number(_) | Value::String(_),
        ) => Ok(()),
        (rust, value) => Err(format!("{} is not {value}", rust.display())),
    }
}
