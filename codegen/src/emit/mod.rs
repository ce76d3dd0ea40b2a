//! Proven queries -> the files of a crate, in memory.
//!
//! Pure, and the same for the same input on any machine. Nothing that is written in SQL files, in the schema or in
//! the configuration can become code: `text` escapes it, `names` turns it into identifiers, and Rust that is meant
//! to be Rust is checked by `attributes`.

mod attributes;
mod functions;
mod module;
mod nested;
mod package;
mod params;
mod pg_types;
mod print;
mod rows;
mod scopes;
mod signature;
mod text;
mod tree;
mod types;
mod variants;

use std::collections::{BTreeMap, BTreeSet};

pub use attributes::{check_attribute, check_derive, check_type};
pub(crate) use package::HEADER;
#[cfg(feature = "cornucopia")]
pub(crate) use package::build_script;
pub use package::{CrateSettings, Dependency};

use crate::fresh::{BUILD_SCRIPT, Inputs, seal};
use crate::infer::names::{distinct, field, ident};
use crate::infer::{Catalog, RowKind, RowStruct, ScopeType};
use crate::parallel;
use crate::prove::Proven;
use module::{Common, Module};
use params::ParamsStructs;
use tree::{Node, Tree};

/// The text of each file by its path relative to the crate, parts separated by `/`.
pub type Files = BTreeMap<String, String>;

/// Writes the crate.
pub fn emit(catalog: &Catalog<Proven>, settings: &CrateSettings, inputs: &Inputs) -> Files {
    let (tree, structs) = (Tree::new(catalog), ParamsStructs::new(catalog));
    let common = Common { taken: type_names(catalog, &structs), derives: &settings.derives };
    let own = [
        write_types(catalog, &tree, &common),
        write_scopes(catalog, &tree, &common),
        write_rows(catalog, &tree, &common),
    ];
    let mut modules: Vec<Written> = own.into_iter().flatten().collect();
    modules.extend(parallel::map(tree.modules(), |node| write_queries(catalog, node, &structs, &common)));
    let crates = modules.iter().flat_map(|written| written.crates.iter().copied()).collect();
    let mut files: Files = modules.into_iter().map(|written| (written.path, written.text)).collect();
    files.insert("Cargo.toml".to_owned(), package::manifest(settings, &crates));
    files.insert("build.rs".to_owned(), package::build_script(BUILD_SCRIPT));
    let unusual = files.values().any(|text| !text.is_ascii());
    files.insert("src/lib.rs".to_owned(), package::root(&tree, unusual));
    seal(&mut files, inputs);
    files
}

/// The signature of each function on one line, by the path of its query.
pub fn signatures(catalog: &Catalog<Proven>) -> BTreeMap<String, String> {
    let (tree, structs) = (Tree::new(catalog), ParamsStructs::new(catalog));
    let common = Common { taken: type_names(catalog, &structs), derives: &[] };
    let modules = parallel::map(tree.modules(), |node| write_queries(catalog, node, &structs, &common));
    modules.into_iter().flat_map(|written| written.signatures).collect()
}

/// A module that is done.
struct Written {
    path: String,
    text: String,
    /// The crates that it uses.
    crates: BTreeSet<&'static str>,
    /// Of its functions, by the path of the query.
    signatures: Vec<(String, String)>,
}

impl Written {
    fn new(path: &str, module: Module<'_>, docs: &str, children: &[String]) -> Self {
        let (body, crates) = module.finish();
        Written {
            path: path.to_owned(),
            text: package::source(docs, children, &body),
            crates,
            signatures: Vec::new(),
        }
    }
}

fn write_types(catalog: &Catalog<Proven>, tree: &Tree, common: &Common<'_>) -> Option<Written> {
    let path = tree.own("types")?;
    let mut module = Module::shared_types(catalog, common, own_types(catalog));
    types::write(&mut module);
    Some(Written::new(&path, module, "Ids, enums and composite types.", &[]))
}

fn write_scopes(catalog: &Catalog<Proven>, tree: &Tree, common: &Common<'_>) -> Option<Written> {
    let path = tree.own("scopes")?;
    let mut module = Module::shared_types(catalog, common, catalog.scopes.iter().flat_map(ScopeType::names));
    scopes::write(&mut module);
    Some(Written::new(&path, module, "Tokens: who the caller is.", &[]))
}

fn write_rows(catalog: &Catalog<Proven>, tree: &Tree, common: &Common<'_>) -> Option<Written> {
    let path = tree.own("rows")?;
    let shared = || catalog.rows.iter().enumerate().filter(|(_, row)| row.module.is_none());
    let mut module = Module::shared_types(catalog, common, shared().flat_map(|(_, row)| rows::defined(row)));
    shared().for_each(|(index, row)| rows::write(&mut module, row, || used_by(catalog, index)));
    let docs = "Rows of whole tables, and rows that several modules share.";
    Some(Written::new(&path, module, docs, &[]))
}

fn write_queries(
    catalog: &Catalog<Proven>,
    node: &Node,
    structs: &ParamsStructs,
    common: &Common<'_>,
) -> Written {
    let queries = catalog.queries.iter().enumerate();
    let queries: Vec<_> = queries.filter(|(_, query)| query.decl().module == node.path).collect();
    let is_own = |row: &RowStruct| row.module.as_deref() == Some(&node.path[..]);
    let rows = || catalog.rows.iter().enumerate().filter(|(_, row)| is_own(row));
    let params = queries.iter().filter_map(|(index, _)| structs.of(*index)).map(|(name, _)| name);
    let items = queries.iter().filter_map(|(_, query)| params::items(query.signature()));
    let items = items.map(|(name, _)| name);
    let sorts = queries.iter().filter_map(|(_, query)| variants::sort_enum(query));
    let local = rows().flat_map(|(_, row)| rows::defined(row)).chain(params).chain(sorts).chain(items);
    let mut module = Module::queries(catalog, common, local, &node.children);
    let names = queries.iter().map(|(_, query)| &*query.decl().name.value).map(|name| (name, field(name)));
    let mut signatures = Vec::new();
    for ((index, query), name) in queries.iter().zip(distinct(names, "_", &[])) {
        let signature = functions::write(&mut module, query, &name, structs.of(*index));
        signatures.push((query.decl().path(), signature));
    }
    rows().for_each(|(index, row)| rows::write(&mut module, row, || used_by(catalog, index)));
    let docs = format!("Queries of {}.", text::code(&node.path.join("/")));
    Written { signatures, ..Written::new(&node.file, module, &docs, &node.children) }
}

/// The names of ids, enums and composites.
fn own_types(catalog: &Catalog<Proven>) -> impl Iterator<Item = &str> {
    let ids = catalog.ids.iter().map(|ty| &*ty.name);
    ids.chain(catalog.enums.iter().map(|ty| &*ty.name)).chain(catalog.composites.iter().map(|ty| &*ty.name))
}

/// The names of all types of the generated crate, as they are written.
fn type_names(catalog: &Catalog<Proven>, structs: &ParamsStructs) -> BTreeSet<String> {
    let rows = catalog.rows.iter().flat_map(rows::defined);
    let scopes = catalog.scopes.iter().flat_map(ScopeType::names);
    let items = catalog.queries.iter().filter_map(|query| params::items(query.signature()));
    let items = items.map(|(name, _)| name);
    let sorts = catalog.queries.iter().filter_map(|query| variants::sort_enum(query));
    own_types(catalog)
        .chain(scopes)
        .chain(rows)
        .chain(structs.names())
        .chain(sorts)
        .chain(items)
        .map(ident)
        .collect()
}

/// The first query that gives a row.
fn used_by(catalog: &Catalog<Proven>, row: usize) -> String {
    let user = catalog.queries.iter().find(|query| query.signature().row == RowKind::Struct(row));
    user.map_or_else(|| "a query".to_owned(), |query| query.decl().path())
}
