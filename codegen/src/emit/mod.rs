//! The last pure stage: turns proven queries into the files of a crate, in memory. `fresh` then writes them to disk, or
//! compares them with it.
//!
//! The output depends on the input only, not on the machine. Text from SQL files, the schema or the configuration never
//! becomes code: `text` escapes it, `names` makes identifiers of it, and `attributes` checks the Rust that authors write.

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
use crate::infer::{Catalog, RowAlias, RowKind, RowStruct, ScopeType};
use crate::parallel;
use crate::prove::Proven;
use module::{Common, Module};
use params::ParamsStructs;
use tree::{Node, Tree};

/// The text of each file by its path relative to the crate, parts separated by `/`.
pub type Files = BTreeMap<String, String>;

/// Generates the files of the crate from its proven queries. `inputs` are recorded in it, so that a build fails once they
/// have changed.
pub fn emit(catalog: &Catalog<Proven>, settings: &CrateSettings, inputs: &Inputs) -> Files {
    let (tree, structs) = (Tree::new(catalog), ParamsStructs::new(catalog));
    let common = Common::new(catalog, type_names(catalog, &structs), &settings.derives);
    let parts = [Part::Rows, Part::Types, Part::Scopes].into_iter();
    let parts: Vec<Part<'_>> = parts.chain(modules(catalog, &tree, &structs).map(Part::Queries)).collect();
    let modules = parallel::map(&parts, |part| match part {
        Part::Rows => write_rows(&tree, &common),
        Part::Types => write_types(&tree, &common),
        Part::Scopes => write_scopes(&tree, &common),
        Part::Queries(queries) => Some(write_queries(queries, &tree, &common)),
    });
    let modules: Vec<Written> = modules.into_iter().flatten().collect();
    let crates = modules.iter().flat_map(|written| written.crates.iter().copied()).collect();
    let mut files: Files = modules.into_iter().map(|written| (written.path, written.text)).collect();
    files.insert("Cargo.toml".to_owned(), package::manifest(settings, &crates));
    files.insert("build.rs".to_owned(), package::build_script(BUILD_SCRIPT));
    let is_ascii = files.values().all(|text| text.is_ascii());
    files.insert("src/lib.rs".to_owned(), package::root(&tree, is_ascii));
    seal(&mut files, inputs);
    files
}

/// The signature of each function on one line, by the query's path.
pub fn signatures(catalog: &Catalog<Proven>) -> BTreeMap<String, String> {
    let (tree, structs) = (Tree::new(catalog), ParamsStructs::new(catalog));
    let common = Common::new(catalog, type_names(catalog, &structs), &[]);
    let modules: Vec<_> = modules(catalog, &tree, &structs).collect();
    let written = parallel::map(&modules, |queries| write_queries(queries, &tree, &common));
    written.into_iter().flat_map(|written| written.signatures).collect()
}

/// What a module contains.
enum Part<'a> {
    Types,
    Scopes,
    Rows,
    Queries(Queries<'a>),
}

/// The content of a module of queries.
struct Queries<'a> {
    node: &'a Node,
    /// The queries, each with its parameters' struct and whether that is written together with it.
    queries: Vec<(&'a Proven, Option<(&'a str, bool)>)>,
    /// The rows of this module, with their indexes in the catalog.
    rows: Vec<(usize, &'a RowStruct)>,
    /// The further names of rows.
    aliases: Vec<&'a RowAlias>,
}

/// The modules of queries with their content.
fn modules<'a>(
    catalog: &'a Catalog<Proven>,
    tree: &'a Tree,
    structs: &'a ParamsStructs,
) -> impl Iterator<Item = Queries<'a>> {
    let mut queries: BTreeMap<&[String], Vec<_>> = BTreeMap::new();
    for (index, query) in catalog.queries.iter().enumerate() {
        queries.entry(&query.decl().module).or_default().push((query, structs.of(index)));
    }
    let mut rows: BTreeMap<&[String], Vec<_>> = BTreeMap::new();
    for (index, row) in catalog.rows.iter().enumerate() {
        if let Some(module) = &row.module {
            rows.entry(module).or_default().push((index, row));
        }
    }
    let mut aliases: BTreeMap<&[String], Vec<_>> = BTreeMap::new();
    for alias in &catalog.aliases {
        if let Some(module) = &alias.module {
            aliases.entry(module).or_default().push(alias);
        }
    }
    tree.modules().iter().map(move |node| {
        let path = &node.path[..];
        let (queries, rows, aliases) = (queries.remove(path), rows.remove(path), aliases.remove(path));
        Queries {
            node,
            queries: queries.unwrap_or_default(),
            rows: rows.unwrap_or_default(),
            aliases: aliases.unwrap_or_default(),
        }
    })
}

/// A generated module.
struct Written {
    path: String,
    text: String,
    /// The crates that it uses.
    crates: BTreeSet<&'static str>,
    /// The signatures of its functions, by the query's path.
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

fn write_types(tree: &Tree, common: &Common<'_>) -> Option<Written> {
    let path = tree.own("types")?;
    let mut module = Module::shared_types(common, own_types(common.catalog));
    types::write(&mut module);
    Some(Written::new(&path, module, "Ids, enums and composite types.", &[]))
}

fn write_scopes(tree: &Tree, common: &Common<'_>) -> Option<Written> {
    let path = tree.own("scopes")?;
    let tokens = common.catalog.scopes.iter().flat_map(ScopeType::names);
    let mut module = Module::shared_types(common, tokens);
    scopes::write(&mut module);
    Some(Written::new(&path, module, "Tokens, which prove the scope or role in which a caller acts.", &[]))
}

fn write_rows(tree: &Tree, common: &Common<'_>) -> Option<Written> {
    let path = tree.own("rows")?;
    let shared = || common.catalog.rows.iter().enumerate().filter(|(_, row)| row.module.is_none());
    let aliases = || common.catalog.aliases.iter().filter(|alias| alias.module.is_none());
    let defined = shared().flat_map(|(_, row)| rows::defined(row));
    let mut module = Module::shared_types(common, defined.chain(aliases().map(|alias| &*alias.name)));
    shared().for_each(|(index, row)| rows::write(&mut module, row, || used_by(common.catalog, index)));
    rows::write_aliases(&mut module, tree, aliases());
    let docs = "Rows of whole tables, and rows that several modules share.";
    Some(Written::new(&path, module, docs, &[]))
}

fn write_queries(of_module: &Queries<'_>, tree: &Tree, common: &Common<'_>) -> Written {
    let Queries { node, queries, rows, aliases } = of_module;
    let params = queries.iter().filter_map(|(_, params)| *params).map(|(name, _)| name);
    let items = queries.iter().filter_map(|(query, _)| params::items(query.signature()));
    let items = items.map(|(name, _)| name);
    let sorts = queries.iter().filter_map(|(query, _)| variants::sort_enum(query));
    let defined = rows.iter().flat_map(|(_, row)| rows::defined(row));
    let aliased = aliases.iter().map(|alias| &*alias.name);
    let local = defined.chain(aliased).chain(params).chain(sorts).chain(items);
    let mut module = Module::queries(common, local, &node.children);
    let names = queries.iter().map(|(query, _)| &*query.decl().name.value).map(|name| (name, field(name)));
    let mut signatures = Vec::new();
    for ((query, params), name) in queries.iter().zip(distinct(names, "_", &[])) {
        let signature = functions::write(&mut module, query, &name, *params);
        signatures.push((query.decl().path(), signature));
    }
    rows.iter().for_each(|(index, row)| rows::write(&mut module, row, || used_by(common.catalog, *index)));
    rows::write_aliases(&mut module, tree, aliases.iter().copied());
    let docs = format!("Queries of {}.", text::code(&node.path.join("/")));
    Written { signatures, ..Written::new(&node.file, module, &docs, &node.children) }
}

/// The names of ids, enums and composites.
fn own_types(catalog: &Catalog<Proven>) -> impl Iterator<Item = &str> {
    let ids = catalog.ids.iter().map(|ty| &*ty.name);
    ids.chain(catalog.enums.iter().map(|ty| &*ty.name)).chain(catalog.composites.iter().map(|ty| &*ty.name))
}

/// The names of all types of the generated crate, as identifiers.
fn type_names(catalog: &Catalog<Proven>, structs: &ParamsStructs) -> BTreeSet<String> {
    let rows = catalog.rows.iter().flat_map(rows::defined);
    let aliases = catalog.aliases.iter().map(|alias| &*alias.name);
    let scopes = catalog.scopes.iter().flat_map(ScopeType::names);
    let items = catalog.queries.iter().filter_map(|query| params::items(query.signature()));
    let items = items.map(|(name, _)| name);
    let sorts = catalog.queries.iter().filter_map(|query| variants::sort_enum(query));
    own_types(catalog)
        .chain(scopes)
        .chain(rows)
        .chain(aliases)
        .chain(structs.names())
        .chain(sorts)
        .chain(items)
        .map(ident)
        .collect()
}

/// The first query that returns a row.
fn used_by(catalog: &Catalog<Proven>, row: usize) -> String {
    let user = catalog.queries.iter().find(|query| query.signature().row == RowKind::Struct(row));
    user.map_or_else(|| "a query".to_owned(), |query| query.decl().path())
}
