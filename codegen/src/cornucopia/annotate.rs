//! Proven queries -> query files with everything that cornucopia leaves to the author.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::sql::render;
use crate::infer::{Catalog, Column, RustType, Signature};
use crate::parse::StructDecl;
use crate::prove::Proven;

/// The query files, by their module.
pub(super) type QueryFiles = BTreeMap<Vec<String>, String>;

/// Writes all queries with these statements, one file for each module.
pub(super) fn annotate(catalog: &Catalog<Proven>, statements: &[String]) -> QueryFiles {
    let mut modules: BTreeMap<&[String], Vec<(&Proven, &str)>> = BTreeMap::new();
    for (query, sql) in catalog.queries.iter().zip(statements) {
        modules.entry(&query.decl().module).or_default().push((query, sql));
    }
    let mut files: QueryFiles =
        modules.iter().map(|(module, queries)| (module.to_vec(), file(queries))).collect();
    // Annotations of a composite type hold everywhere. They are in the first file, because cornucopia uses the first `--:` line
    // of that name, even if it is meant for a row.
    let first = files.iter_mut().min_by_key(|(module, _)| module.join("::"));
    if let Some((_, text)) = first {
        text.insert_str(0, &composites(catalog));
    }
    files
}

/// `--:` lines for the composite types: any field of a composite can be NULL.
fn composites(catalog: &Catalog<Proven>) -> String {
    let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for composite in &catalog.composites {
        types
            .entry(&composite.pg_name.1)
            .or_default()
            .extend(composite.fields.iter().map(|field| &*field.attribute));
    }
    let mut text = String::new();
    for (name, fields) in types {
        let fields: Vec<_> = fields.into_iter().map(|field| format!("{}?", quoted(field))).collect();
        let _ = writeln!(text, "--: {}({})", quoted(name), fields.join(", "));
    }
    text
}

fn file(queries: &[(&Proven, &str)]) -> String {
    let mut structs = Structs::default();
    for (query, _) in queries {
        structs.add(query.decl().params.as_ref(), param_fields(query.signature()));
        structs.add(query.decl().row.as_ref(), row_fields(query.signature()));
    }
    let mut text = structs.text();
    for (query, sql) in queries {
        let (decl, signature) = (query.decl(), query.signature());
        let params = side(decl.params.as_ref(), &param_fields(signature));
        let row = side(decl.row.as_ref(), &row_fields(signature));
        let colon = if row.is_empty() { "" } else { " :" };
        let _ = writeln!(text, "\n--! {}{params}{colon}{row}", decl.name.value);
        for attribute in &decl.attributes {
            let _ = writeln!(text, "--# {}", attribute.value);
        }
        for line in &decl.docs {
            let _ = writeln!(text, "--- {line}");
        }
        let _ = writeln!(text, "{};", render(sql, &param_names(signature)));
    }
    text
}

/// A struct of parameters or rows for cornucopia: for each field whether it, and an element of it, can be NULL.
type Fields = Vec<(String, bool, bool)>;

fn param_fields(signature: &Signature) -> Fields {
    let params = signature.params.iter().zip(param_names(signature));
    params.map(|(param, name)| (name, param.nullable, elements_nullable(&param.rust))).collect()
}

fn row_fields(signature: &Signature) -> Fields {
    // To cornucopia a nested result is JSON, which has no elements.
    let elements =
        |column: &Column| !matches!(&*column.pg_type, "json" | "jsonb") && elements_nullable(&column.rust);
    let columns = signature.columns.iter();
    columns.map(|column| (column.name.clone(), column.nullable, elements(column))).collect()
}

fn elements_nullable(rust: &RustType) -> bool {
    matches!(rust, RustType::Array { nullable: true, .. })
}

/// The names of all parameters. Those of a page are the compiler's, and avoid the author's.
pub(super) fn param_names(signature: &Signature) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for param in &signature.params {
        let mut name = param.name.clone();
        while names.contains(&name) {
            name.insert_str(0, "page_");
        }
        names.push(name);
    }
    names
}

/// The named structs of a file, each of which is declared on a `--:` line.
#[derive(Default)]
struct Structs<'a> {
    by_name: BTreeMap<&'a str, (&'a StructDecl, Fields)>,
}

impl<'a> Structs<'a> {
    /// If queries that share a struct differ in the nullability of a field, it is an `Option`.
    fn add(&mut self, decl: Option<&'a StructDecl>, fields: Fields) {
        let Some((decl, name)) = decl.and_then(|decl| Some((decl, decl.name.as_ref()?))) else { return };
        if fields.is_empty() {
            return;
        }
        let (_, known) = self.by_name.entry(&name.value).or_insert((decl, Vec::new()));
        for (name, nullable, elements) in fields {
            match known.iter_mut().find(|(known, ..)| *known == name) {
                Some((_, known_nullable, known_elements)) => {
                    *known_nullable |= nullable;
                    *known_elements |= elements;
                }
                None => known.push((name, nullable, elements)),
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (name, (decl, fields)) in &self.by_name {
            let derives = decl.derives.join(", ");
            let colon = if derives.is_empty() { "" } else { " : " };
            let _ = writeln!(text, "--: {name}({}){colon}{derives}", list(fields));
            for attribute in &decl.attributes {
                let _ = writeln!(text, "--# {}", attribute.value);
            }
        }
        text
    }
}

/// The annotation of the parameters or the row on the `--!` line: the name of a struct, or the fields that can be NULL.
fn side(decl: Option<&StructDecl>, fields: &Fields) -> String {
    if fields.is_empty() {
        return String::new();
    }
    match (decl.and_then(|decl| decl.name.as_ref()), list(fields)) {
        (Some(name), _) => format!(" {}", name.value),
        (None, list) if list.is_empty() => String::new(),
        (None, list) => format!(" ({list})"),
    }
}

fn list(fields: &Fields) -> String {
    let said = fields.iter().filter(|(_, nullable, elements)| *nullable || *elements);
    let said = said.map(|(name, nullable, elements)| {
        let mark = if *nullable { "?" } else { "" };
        let elements = if *elements { "[?]" } else { "" };
        format!("{}{mark}{elements}", quoted(name))
    });
    said.collect::<Vec<_>>().join(", ")
}

/// A name in an annotation. Cornucopia cannot read a name with a quote in it, which `limits` has rejected.
fn quoted(name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain { name.to_owned() } else { format!("\"{name}\"") }
}
