//! Generates row structs and the code that decodes them from rows.

use std::collections::BTreeSet;

use super::attributes::{check_attribute, check_derive};
use super::module::Module;
use super::nested;
use super::pg_types::constant;
use super::print::{Doc, Field, Style};
use super::text::{literal, prose};
use super::tree::Tree;
use super::types::rename;
use crate::infer::names::ident;
use crate::infer::{FieldValue, Plain, RowAlias, RowField, RowStruct, RustType, is_nested};

/// Writes a row struct with the structs nested in it. `used_by` gives the name of a query that returns it, for its
/// documentation.
pub(super) fn write(m: &mut Module<'_>, row: &RowStruct, used_by: impl Fn() -> String) {
    let name = ident(&row.name);
    let docs = if row.docs.is_empty() {
        vec![format!("A row that `{}` returns.", used_by())]
    } else {
        row.docs.clone()
    };
    m.out.line("");
    m.out.lines(prose(&docs));
    write_struct(m, row, &name, &row.fields, 0);
    if row.from_row {
        write_from_row(m, row, &name);
    }
    if let Some(form) = row.from_json {
        nested::write_struct(m, row, form);
    }
    if row.from_record {
        write_from_record(m, row, &name);
    }
    write_nested(m, row, &row.fields, 0);
}

/// Writes the further names of structs, which may be defined in other modules.
pub(super) fn write_aliases<'a>(
    m: &mut Module<'_>,
    tree: &Tree,
    aliases: impl Iterator<Item = &'a RowAlias>,
) {
    for (index, alias) in aliases.enumerate() {
        if index == 0 {
            m.out.line("");
        }
        let (module, name) = &alias.of;
        let of = match module {
            _ if *module == alias.module => ident(name),
            Some(module) => format!("{}::{}", tree.path(module), ident(name)),
            None => format!("crate::{}", ident(name)),
        };
        m.out.line(format!("pub type {} = {of};", ident(&alias.name)));
    }
}

fn write_from_row(m: &mut Module<'_>, row: &RowStruct, name: &str) {
    let [from_row, row_type, columns_type, result, ok] = [
        "sqlward::FromRow",
        "sqlward::Row",
        "sqlward::Columns",
        "sqlward::Result",
        "std::result::Result::Ok",
    ]
    .map(|path| m.name(path));
    let value = construct(m, row, name, &row.fields);
    m.out.block(format!("impl {from_row} for {name} {{"), "}", |out| {
        let start = Doc::text(format!("const COLUMNS: {columns_type} = "));
        out.code(vec![start, columns(&row.columns), Doc::text(";")]);
        let read = vec![Doc::text(format!("{ok}(")), value, Doc::text(")")];
        // `#[inline]` defers code generation to the crates that call it, so that unused rows cost no compile time.
        out.line("#[inline]");
        out.function_of(format!("fn from_row(row: &{row_type}) -> {result}<Self>"), read);
    });
}

/// Writes how the struct is decoded from a record: each field by the method that would read it from a row, and by the
/// type of its value.
fn write_from_record(m: &mut Module<'_>, row: &RowStruct, name: &str) {
    let fields = row.fields.iter().filter_map(|field| {
        let FieldValue::Column { index, rust, nullable } = &field.value else { return None };
        let (_, pg_type) = row.columns.get(*index)?;
        // Types that are not built in have their schema before them.
        let ty = constant(pg_type, !pg_type.contains('.'));
        Some(format!("{}: {}({ty})", ident(&field.name), method(pg_type, rust, *nullable)))
    });
    let fields = Doc::texts("{", fields, "}").styled(Style::Spaced);
    m.out.line("");
    m.out.code(vec![Doc::text(format!("sqlward::types::record!({name} ")), fields, Doc::text(");")]);
}

/// The columns that the runtime compares with the server's description.
pub(super) fn columns(columns: &[(String, String)]) -> Doc {
    let columns = columns.iter().map(|(name, ty)| format!("({}, {})", literal(name), literal(ty)));
    Doc::texts("&[", columns, "]").styled(Style::Filled)
}

/// The names of the structs that are written for a row struct: its own and those nested in it.
pub(super) fn defined(row: &RowStruct) -> Vec<&str> {
    fn nested<'a>(fields: &'a [RowField], names: &mut Vec<&'a str>) {
        for field in fields {
            if let FieldValue::Nested { name, fields, .. } = &field.value {
                names.push(name);
                nested(fields, names);
            }
        }
    }
    let mut names = vec![&*row.name];
    nested(&row.fields, &mut names);
    names
}

/// The attributes that the author wrote, or a compile error for one that is not an attribute.
pub(super) fn attributes<'a>(attributes: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let line = |text: &str| match check_attribute(text) {
        Ok(()) => format!("#[{}]", text.trim()),
        // Invalid attributes have been reported before. This keeps one from becoming code if a check was missing.
        Err(problem) => {
            format!("compile_error!({});", literal(&format!("`{text}` is not an attribute: {problem}")))
        }
    };
    attributes.into_iter().map(line).collect()
}

/// `#[derive(...)]` with the usual traits and those that the author added.
pub(super) fn derive(usual: &[String], authors: &[String]) -> Vec<String> {
    let last = |path: &str| path.rsplit("::").next().unwrap_or(path).trim().to_owned();
    let mut derives = usual.to_vec();
    let mut lines = Vec::new();
    for derive in authors {
        match check_derive(derive) {
            Ok(()) if derives.iter().any(|known| last(known) == last(derive)) => {}
            Ok(()) => derives.push(derive.trim().to_owned()),
            Err(problem) => lines.push(format!("compile_error!({});", literal(&problem))),
        }
    }
    lines.push(format!("#[derive({})]", derives.join(", ")));
    lines
}

fn write_struct(m: &mut Module<'_>, row: &RowStruct, name: &str, fields: &[RowField], depth: usize) {
    let derived = is_deserialize_derived(m, row);
    let mut usual = ["Debug", "Clone", "PartialEq"].map(str::to_owned).to_vec();
    usual.push(m.name("serde::Serialize"));
    if derived {
        usual.push(m.name("serde::Deserialize"));
    }
    usual.extend(m.configured());
    m.out.lines(derive(&usual, &row.derives));
    m.out.lines(attributes(row.attributes.iter().map(String::as_str)));
    let types: Vec<String> = fields.iter().map(|field| field_type(m, field)).collect();
    let serialized = serialized(row, fields, depth);
    let keys: Vec<String> = fields.iter().zip(&serialized).map(|(field, key)| key_of(field, key)).collect();
    let fields = fields.iter().zip(types).zip(serialized).map(|((field, ty), serialized)| {
        let field_name = ident(&field.name);
        let mut before = prose(&field.docs);
        before.extend(rename(&field_name, &serialized));
        Field { before, text: format!("pub {field_name}: {ty}") }
    });
    m.out.structure(&format!("pub struct {name}"), &fields.collect::<Vec<_>>());
    if !derived {
        let keys = Doc::texts("{", keys, "}").styled(Style::Spaced);
        m.out.code(vec![Doc::text(format!("sqlward::types::deserialize!({name} ")), keys, Doc::text(");")]);
    }
}

/// Whether `Deserialize` is left to serde's derive, which takes rustc longer than the runtime's macro: only the derive reads
/// `#[serde(...)]` of the author, and an author's derive of it must not meet another implementation.
fn is_deserialize_derived(m: &Module<'_>, row: &RowStruct) -> bool {
    let is_deserialize =
        |path: &String| path.rsplit("::").next().is_some_and(|name| name.trim() == "Deserialize");
    row.attributes.iter().any(|attribute| attribute.contains("serde"))
        || row.derives.iter().chain(&m.configured()).any(is_deserialize)
}

/// A field, with its name outside of Rust if that is another one.
fn key_of(field: &RowField, key: &str) -> String {
    let name = ident(&field.name);
    if name == key { name } else { format!("{name} = {}", literal(key)) }
}

fn write_nested(m: &mut Module<'_>, row: &RowStruct, fields: &[RowField], depth: usize) {
    for field in fields {
        if let FieldValue::Nested { name, fields, .. } = &field.value {
            m.out.line("");
            m.out.line(format!("/// The {} of a [`{}`].", super::text::code(&field.name), ident(&row.name)));
            write_struct(m, row, &ident(name), fields, depth + 1);
            write_nested(m, row, fields, depth + 1);
        }
    }
}

fn field_type(m: &mut Module<'_>, field: &RowField) -> String {
    match &field.value {
        FieldValue::Column { rust, nullable, .. } => {
            let rust = m.owned(rust);
            if *nullable { m.option(rust) } else { rust }
        }
        FieldValue::Nested { name, optional: None, .. } => ident(name),
        FieldValue::Nested { name, optional: Some(_), .. } => m.option(ident(name)),
    }
}

/// The JSON names of the fields: their names in SQL, made distinct if two columns have the same name.
fn serialized(row: &RowStruct, fields: &[RowField], depth: usize) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut serialized = Vec::new();
    for field in fields {
        let sql = sql_name(row, field, depth);
        let spare = (2..).map(|number| format!("{}_{number}", field.name));
        let mut names = [sql, field.name.clone()].into_iter().chain(spare);
        let name = names.find(|name| !taken.contains(name)).expect("there are more numbers than fields");
        taken.insert(name.clone());
        serialized.push(name);
    }
    serialized
}

/// The SQL name of a field: its part of the column's dotted name.
fn sql_name(row: &RowStruct, field: &RowField, depth: usize) -> String {
    fn first_column(field: &RowField) -> Option<usize> {
        match &field.value {
            FieldValue::Column { index, .. } => Some(*index),
            FieldValue::Nested { fields, .. } => fields.iter().find_map(first_column),
        }
    }
    let column = first_column(field).and_then(|index| row.columns.get(index));
    let parts = column.map(|(name, _)| name.splitn(depth + 2, '.').collect::<Vec<_>>());
    let part = |parts: Vec<&str>| match &field.value {
        FieldValue::Column { .. } => Some(parts[depth.min(parts.len() - 1)..].join(".")),
        FieldValue::Nested { .. } => parts.get(depth).map(|part| (*part).to_owned()),
    };
    parts.and_then(part).unwrap_or_else(|| field.name.clone())
}

/// The expression that builds a struct from a row: `Content { id: row.get(0)?, ... }`
fn construct(m: &mut Module<'_>, row: &RowStruct, name: &str, fields: &[RowField]) -> Doc {
    let fields: Vec<Doc> = fields
        .iter()
        .map(|field| {
            let value = read(m, row, &field.value);
            Doc::Concat(vec![Doc::text(format!("{}: ", ident(&field.name))), value])
        })
        .collect();
    let list = Doc::list("{", fields, "}").styled(Style::Spaced);
    Doc::Concat(vec![Doc::text(format!("{name} ")), list])
}

/// The method that decodes a column, of a row or a record.
fn method(pg_type: &str, rust: &RustType, nullable: bool) -> &'static str {
    match rust {
        RustType::Plain(Plain::Text) if nullable => "text_or_null",
        RustType::Plain(Plain::Text) => "text",
        rust if is_nested(pg_type, rust) => "json",
        _ => "get",
    }
}

fn read(m: &mut Module<'_>, row: &RowStruct, value: &FieldValue) -> Doc {
    match value {
        FieldValue::Column { index, rust: RustType::Plain(Plain::Unit), nullable } => {
            let void = m.name("sqlward::types::Void");
            Doc::text(if *nullable {
                format!("row.get::<{}>({index})?.map({void}::into)", m.option(void.clone()))
            } else {
                format!("row.get::<{void}>({index})?.into()")
            })
        }
        FieldValue::Column { index, rust, nullable } => {
            let pg_type = row.columns.get(*index).map_or("", |(_, pg_type)| pg_type);
            Doc::text(format!("row.{}({index})?", method(pg_type, rust, *nullable)))
        }
        FieldValue::Nested { name, fields, optional: None } => construct(m, row, &ident(name), fields),
        FieldValue::Nested { name, fields, optional: Some(columns) } => {
            let [some, none] =
                ["std::option::Option::Some", "std::option::Option::None"].map(|path| m.name(path));
            let columns: Vec<String> = columns.iter().map(usize::to_string).collect();
            let inner = construct(m, row, &ident(name), fields);
            Doc::Concat(vec![
                Doc::text(format!("if row.is_null(&[{}]) {{ {none} }} else {{ {some}(", columns.join(", "))),
                inner,
                Doc::text(") }"),
            ])
        }
    }
}
