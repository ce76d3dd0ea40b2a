//! Limits of cornucopia, reported at the query before the library is called.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;

use super::{RULE, sql};
use crate::diagnostics::Diagnostic;
use crate::infer::names::ident;
use crate::infer::{Catalog, EnumOrigin, Plain, RustType};
use crate::parse::{Paging, QueryDecl};
use crate::prove::Proven;
use crate::source::Span;

/// Finds what cornucopia cannot do.
pub(super) fn check(catalog: &Catalog<Proven>) -> Vec<Diagnostic> {
    let mut limits = Limits { catalog, found: Vec::new() };
    for query in &catalog.queries {
        limits.statement(query);
        limits.types(query);
        limits.names(query);
    }
    limits.modules();
    limits.structs();
    limits.found
}

struct Limits<'a> {
    catalog: &'a Catalog<Proven>,
    found: Vec<Diagnostic>,
}

impl<'a> Limits<'a> {
    fn report(&mut self, decl: &QueryDecl, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Diagnostic::error(RULE, span, message).help(help).query(decl.path()));
    }

    /// SQL that its scanner misreads.
    fn statement(&mut self, query: &Proven) {
        let decl = query.decl();
        let marks = decl.marks.names.iter().map(|mark| mark.name.span);
        if let Some(mark) = marks.chain(decl.marks.sorts.iter().map(|sort| sort.span)).min() {
            let message = "cornucopia has one text for a query: optional lines are not supported";
            let help = "write a query for each text that is needed, or `(:name is null or ...)` for a filter";
            self.report(decl, mark, message, help);
        }
        if let Some(page) = decl.page.as_ref().filter(|page| page.value != Paging::Offset) {
            let message = "cornucopia has one text for a query, and such pages have two";
            let help = "write `--@ page`, and count in a query of its own";
            self.report(decl, page.span, message, help);
        }
        if let Some(copy) = &decl.copy {
            let message =
                "cornucopia has no `--@ copy`: its queries are statements that PostgreSQL describes";
            self.report(decl, copy.span, message, "write an INSERT from `unnest`");
        }
        if let Some(batch) = decl.batch {
            let message = "cornucopia has no `--@ batch`: its functions run a statement once";
            self.report(decl, batch, message, "remove the line, and call the function for each item");
        }
        if let Some((at, what, help)) = sql::problem(&query.signature().sql) {
            self.report(decl, decl.sql.token_span(at), what, help);
        }
    }

    /// Types that it has no Rust type for.
    fn types(&mut self, query: &Proven) {
        let (decl, signature) = (query.decl(), query.signature());
        let params =
            signature.params.iter().map(|param| (format!("parameter `:{}`", param.name), &param.rust));
        // For cornucopia nested results are plain JSON.
        let columns = signature.columns.iter().filter(|column| !column.is_nested());
        let columns = columns.map(|column| (format!("column `{}`", column.name), &column.rust));
        for (what, rust) in params.chain(columns) {
            let mut seen = BTreeSet::new();
            if let Some(problem) = self.type_problem(rust, &mut seen) {
                let message = format!("cornucopia cannot take {what}: {problem}");
                self.report(
                    decl,
                    decl.sql.span,
                    message,
                    "cast it to a type that cornucopia knows, or to text",
                );
            }
        }
    }

    fn type_problem(&self, rust: &RustType, seen: &mut BTreeSet<&'a str>) -> Option<String> {
        match rust {
            RustType::Plain(Plain::Interval) => Some("it has no Rust type for interval".to_owned()),
            RustType::Plain(Plain::Oid) => Some("it has no Rust type for oid".to_owned()),
            RustType::Plain(Plain::Cidr) => Some("it has no Rust type for cidr".to_owned()),
            RustType::Plain(Plain::Unit) => Some("it has no Rust type for void".to_owned()),
            RustType::Range(_) => Some("it has no Rust type for ranges".to_owned()),
            RustType::Plain(_) | RustType::Id(_) | RustType::Sort(_) => None,
            // A configured type is ignored; cornucopia uses what PostgreSQL stores, or reports that it does not know it.
            RustType::Custom(_) => None,
            // A column of JSON is not looked into, so that this is one of records.
            RustType::Object(_) | RustType::Struct(_) => Some("it has no Rust type for record".to_owned()),
            RustType::Array { element, .. } => self.type_problem(element, seen),
            // Cornucopia has no lists of items: each of their arrays is a parameter.
            RustType::Items { .. } => None,
            RustType::Enum(name) => {
                let found = self.catalog.enums.iter().find(|found| found.name == *name)?;
                let EnumOrigin::Type(schema, pg_name) = &found.origin else { return None };
                let values = found.variants.iter().map(|(_, value)| value.as_str());
                type_names_problem(schema, pg_name, "value", values)
            }
            RustType::Composite(name) => {
                let found = self.catalog.composites.iter().find(|found| found.name == *name)?;
                if !seen.insert(&found.name) {
                    return None;
                }
                let fields = || found.fields.iter();
                type_names_problem(
                    &found.pg_name.0,
                    &found.pg_name.1,
                    "field",
                    fields().map(|field| &*field.attribute),
                )
                .or_else(|| {
                    fields().find_map(|field| {
                        let problem = self.type_problem(&field.rust, seen)?;
                        Some(format!("of its field `{}`, {problem}", field.attribute))
                    })
                })
            }
        }
    }

    /// Names from which it cannot make Rust names.
    fn names(&mut self, query: &Proven) {
        let (decl, signature) = (query.decl(), query.signature());
        let columns = signature.columns.iter().map(|column| column.name.replace(':', "_"));
        if let Some(problem) = names_problem(columns) {
            let message = format!("cornucopia cannot name the columns: {problem}");
            self.report(decl, decl.sql.span, message, "give the column an alias: `... as name`");
        }
        for side in [&decl.params, &decl.row] {
            let Some(name) = side.as_ref().and_then(|side| side.name.as_ref()) else { continue };
            if ident(&name.value) != name.value {
                let message = format!("cornucopia cannot call a struct `{}`", name.value);
                self.report(decl, name.span, message, "choose a name that is no keyword of Rust");
            }
        }
    }

    /// Names that would stand for different structs, where sqlward finds a second name or uses a table's struct.
    fn structs(&mut self) {
        let mut known: BTreeMap<(&[String], &str), Fields<'_>> = BTreeMap::new();
        for query in &self.catalog.queries {
            let (decl, signature) = (query.decl(), query.signature());
            let params: Fields<'_> =
                signature.params.iter().map(|param| (&*param.name, &*param.pg_type)).collect();
            let columns = signature.columns.iter().map(|column| (&*column.name, &*column.pg_type)).collect();
            for (side, fields) in [(&decl.params, params), (&decl.row, columns)] {
                let Some(name) = side.as_ref().and_then(|side| side.name.as_ref()) else { continue };
                let first = known.entry((&decl.module, &name.value)).or_insert_with(|| fields.clone());
                if *first != fields {
                    let message =
                        format!("cornucopia has one struct `{}` for a file, with other fields", name.value);
                    self.report(decl, name.span, message, "rename one of them");
                }
            }
        }
    }

    /// Files from which it cannot make modules.
    fn modules(&mut self) {
        let modules: BTreeSet<&[String]> =
            self.catalog.queries.iter().map(|query| &query.decl().module[..]).collect();
        for module in &modules {
            let decl =
                self.catalog.queries.iter().map(|query| query.decl()).find(|decl| decl.module == *module);
            let Some(decl) = decl else { continue };
            let path = module.join("::");
            let below = modules.iter().any(|other| other.len() > module.len() && other.starts_with(module));
            if let Some(name) = module.iter().find(|name| ident(name) != **name) {
                let message = format!("cornucopia cannot have a module `{name}`");
                self.report(
                    decl,
                    decl.name.span,
                    message,
                    "choose a name for the file that is no keyword of Rust",
                );
            } else if below {
                let message = format!("cornucopia cannot have `{path}` both as a file and as a folder");
                self.report(decl, decl.name.span, message, "rename the file or the folder");
            }
        }
    }
}

/// Names and types.
type Fields<'a> = BTreeSet<(&'a str, &'a str)>;

fn type_names_problem<'a>(
    schema: &str,
    name: &str,
    what: &str,
    members: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let rust = name.to_upper_camel_case();
    if rust.is_empty()
        || rust.starts_with(|c: char| c.is_ascii_digit())
        || rust == "Self"
        || name.contains('"')
    {
        return Some(format!("it has no Rust name for the type `{name}`"));
    }
    if ident(schema) != schema || !schema.is_ascii() {
        return Some(format!("it has no Rust name for the schema `{schema}`"));
    }
    let problem = names_problem(members.map(str::to_owned))?;
    Some(format!("of a {what} of the type `{name}`, {problem}"))
}

/// Problems with names side by side: cornucopia replaces characters that Rust does not allow by `_`.
fn names_problem(names: impl Iterator<Item = String>) -> Option<String> {
    let mut seen = BTreeSet::new();
    for name in names {
        let rust = name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
        let possible = !rust.is_empty()
            && !rust.starts_with(|c: char| c.is_ascii_digit())
            && !matches!(&*rust, "self" | "Self" | "super" | "crate" | "_");
        if !possible || name.contains('"') {
            return Some(format!("`{name}` has no Rust name there"));
        }
        if !seen.insert(rust) {
            return Some(format!("`{name}` has the Rust name of another one"));
        }
    }
    None
}
