//! Proven queries -> the files of a crate, in memory.
//!
//! Pure, and the same for the same input on any machine. Nothing that is written in SQL files, in the schema or in
//! the configuration can become code: `text` escapes it, `names` turns it into identifiers, and Rust that is meant
//! to be Rust is checked by `attributes`.

mod attributes;
mod functions;
mod module;
mod package;
mod pg_types;
mod print;
mod rows;
mod scopes;
mod text;
mod tree;
mod types;

use std::collections::{BTreeMap, BTreeSet};

pub use attributes::{check_attribute, check_derive, check_type};
pub use package::{CrateSettings, Dependency};
pub(crate) use package::{HEADER, build_script};

use crate::fresh::{BUILD_SCRIPT, Inputs, seal};
use crate::infer::names::{distinct, field, ident, type_name};
use crate::infer::{Catalog, Signature};
use crate::prove::Proven;
use module::Module;
use tree::Tree;

/// The text of each file by its path relative to the crate, parts separated by `/`.
pub type Files = BTreeMap<String, String>;

/// Writes the crate.
pub fn emit(catalog: &Catalog<Proven>, settings: &CrateSettings, inputs: &Inputs) -> Files {
    let tree = Tree::new(catalog);
    let structs = ParamsStructs::new(catalog);
    let taken = type_names(catalog, &structs);
    let mut crates = BTreeSet::new();
    let mut files = Files::new();
    let mut add = |path: String, module: Module<'_>, docs: Vec<String>, children: Vec<String>| {
        let (body, used) = module.finish();
        crates.extend(used);
        files.insert(path, package::source(&docs, &children, &body));
    };
    let shared = |local: Vec<&str>| {
        let local = local.into_iter().map(ident).collect();
        Module::new(catalog, &taken, local, BTreeSet::new())
    };

    let mut types = shared(
        (catalog.ids.iter().map(|ty| &*ty.name))
            .chain(catalog.enums.iter().map(|ty| &*ty.name))
            .chain(catalog.composites.iter().map(|ty| &*ty.name))
            .collect(),
    );
    types::write(&mut types);
    add(tree.own("types"), types, vec!["Ids, enums and composite types.".to_owned()], Vec::new());

    let mut scopes = shared(catalog.scopes.iter().map(|scope| &*scope.name).collect());
    scopes::write(&mut scopes);
    add(tree.own("scopes"), scopes, vec!["Tokens: who the caller is.".to_owned()], Vec::new());

    let whole = || catalog.rows.iter().enumerate().filter(|(_, row)| row.module.is_none());
    let mut rows = shared(whole().flat_map(|(_, row)| rows::defined(row)).collect());
    whole().for_each(|(index, row)| rows::write(&mut rows, row, &used_by(catalog, index)));
    add(
        tree.own("rows"),
        rows,
        vec!["Rows of whole tables, and rows that several modules share.".to_owned()],
        Vec::new(),
    );

    for node in tree.modules() {
        let queries: Vec<(usize, &Proven)> = catalog
            .queries
            .iter()
            .enumerate()
            .filter(|(_, query)| query.decl().module == node.path)
            .collect();
        let own = || {
            catalog.rows.iter().enumerate().filter(|(_, row)| row.module.as_deref() == Some(&node.path[..]))
        };
        let mut local: BTreeSet<String> = own().flat_map(|(_, row)| rows::defined(row)).map(ident).collect();
        local.extend(queries.iter().filter_map(|(index, _)| structs.of(*index)).map(|(name, _)| ident(name)));
        let children = node.children.iter().cloned().collect();
        let mut module = Module::new(catalog, &taken, local, children);
        let functions =
            queries.iter().map(|(_, query)| &*query.decl().name.value).map(|name| (name, field(name)));
        for ((index, query), name) in queries.iter().zip(distinct(functions, "_", &[])) {
            functions::write(&mut module, query, &name, structs.of(*index));
        }
        own().for_each(|(index, row)| rows::write(&mut module, row, &used_by(catalog, index)));
        let docs = vec![format!("Queries of {}.", text::code(&node.path.join("/")))];
        add(node.file.clone(), module, docs, node.children.clone());
    }

    files.insert("Cargo.toml".to_owned(), package::manifest(settings, &crates));
    files.insert("build.rs".to_owned(), package::build_script(BUILD_SCRIPT));
    let unusual = files.values().any(|text| !text.is_ascii());
    files.insert("src/lib.rs".to_owned(), package::root(&tree, unusual));
    seal(&mut files, inputs);
    files
}

/// The names of all types of the generated crate, as they are written.
fn type_names(catalog: &Catalog<Proven>, structs: &ParamsStructs) -> BTreeSet<String> {
    let rows = catalog.rows.iter().flat_map(rows::defined);
    rows.chain(catalog.ids.iter().map(|ty| &*ty.name))
        .chain(catalog.enums.iter().map(|ty| &*ty.name))
        .chain(catalog.composites.iter().map(|ty| &*ty.name))
        .chain(catalog.scopes.iter().map(|ty| &*ty.name))
        .chain(structs.names.iter().flatten().map(|(name, _)| &**name))
        .map(ident)
        .collect()
}

/// The first query that gives a row.
fn used_by(catalog: &Catalog<Proven>, row: usize) -> String {
    let gives = |signature: &Signature| signature.row == crate::infer::RowKind::Struct(row);
    let user = catalog.queries.iter().find(|query| gives(query.signature()));
    user.map_or_else(|| "a query".to_owned(), |query| query.decl().path())
}

/// The structs of parameters, one for each query that has one; queries of a module that name the same and take the
/// same share it.
struct ParamsStructs {
    /// By the place of the query: the name, and whether the struct is written there.
    names: Vec<Option<(String, bool)>>,
}

impl ParamsStructs {
    fn new(catalog: &Catalog<Proven>) -> Self {
        let mut names: Vec<Option<(String, bool)>> = Vec::new();
        for query in &catalog.queries {
            let module = &query.decl().module;
            let known = |name: &str| {
                catalog.queries.iter().zip(&names).find(|(other, known)| {
                    other.decl().module == *module && known.as_ref().is_some_and(|(known, _)| known == name)
                })
            };
            let rows = catalog.rows.iter().filter(|row| row.module.as_ref() == Some(module));
            let defined: BTreeSet<&str> = rows.flat_map(rows::defined).collect();
            let chosen = query.signature().params_struct.as_ref().and_then(|wanted| {
                let wanted = if ident(wanted) == *wanted { wanted.clone() } else { type_name(wanted) };
                let numbered = (2..).map(|number| format!("{wanted}{number}"));
                let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
                candidates.find_map(|name| match known(&name) {
                    _ if defined.contains(&*name) => None,
                    None => Some((name, true)),
                    Some((other, _)) if same_params(other, query) => Some((name, false)),
                    Some(_) => None,
                })
            });
            names.push(chosen);
        }
        ParamsStructs { names }
    }

    /// The name for a query, and whether the struct is written with it.
    fn of(&self, query: usize) -> Option<(&str, bool)> {
        self.names.get(query)?.as_ref().map(|(name, first)| (&**name, *first))
    }
}

fn same_params(a: &Proven, b: &Proven) -> bool {
    let of = |query: &Proven| -> Vec<_> {
        functions::callers(query.signature())
            .into_iter()
            .map(|param| (param.name.clone(), param.rust.clone(), param.nullable))
            .collect()
    };
    of(a) == of(b)
}
