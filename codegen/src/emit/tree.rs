//! The module tree of the generated crate: a module for each query file, and one for each folder above them.

use std::collections::BTreeMap;

use crate::infer::Catalog;
use crate::infer::names::{distinct, field, ident};
use crate::prove::Proven;

/// The modules of queries, each with the file that it is written to, and those of shared types.
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The names of the modules of queries at the root of the crate.
    pub(super) roots: Vec<String>,
    /// The names of those modules of `rows`, `scopes` and `types` that have content. A name that a module of queries has
    /// already is changed.
    own: BTreeMap<&'static str, String>,
}

/// A module of queries.
pub(super) struct Node {
    /// Its path among the query files.
    pub(super) path: Vec<String>,
    /// Its file.
    pub(super) file: String,
    /// The names of the modules below it.
    pub(super) children: Vec<String>,
}

impl Tree {
    pub(super) fn new(catalog: &Catalog<Proven>) -> Self {
        let of_queries = catalog.queries.iter().map(|query| &query.decl().module);
        let paths = of_queries.chain(catalog.rows.iter().filter_map(|row| row.module.as_ref()));
        let mut children: BTreeMap<&[String], Vec<&String>> = BTreeMap::new();
        for path in paths {
            for depth in 0..path.len() {
                let siblings = children.entry(&path[..depth]).or_default();
                if let Err(at) = siblings.binary_search(&&path[depth]) {
                    siblings.insert(at, &path[depth]);
                }
            }
        }
        let mut nodes = Vec::new();
        let roots = add(&children, &[], "src", &mut nodes);
        let reserved: Vec<&str> = RESERVED.iter().copied().chain(roots.iter().map(String::as_str)).collect();
        let own = [
            ("rows", catalog.rows.iter().any(|row| row.module.is_none())),
            ("scopes", !catalog.scopes.is_empty()),
            ("types", true),
        ];
        let own = own.into_iter().filter(|(_, is_needed)| *is_needed).map(|(name, _)| {
            let mut free = distinct([("", name.to_owned())], "_", &reserved);
            (name, free.remove(0))
        });
        let own = own.collect();
        Tree { nodes, roots, own }
    }

    /// All modules of queries.
    pub(super) fn modules(&self) -> &[Node] {
        &self.nodes
    }

    /// The path of a module in the crate: `crate::organizations::members`.
    pub(super) fn path(&self, module: &[String]) -> String {
        let file = self.nodes.iter().find(|node| node.path == module).map_or("", |node| &node.file);
        let file = file.strip_prefix("src/").and_then(|file| file.strip_suffix(".rs")).unwrap_or(file);
        std::iter::once("crate".to_owned()).chain(file.split('/').map(ident)).collect::<Vec<_>>().join("::")
    }

    /// The file of one of `rows`, `scopes`, `types`, if that module has content.
    pub(super) fn own(&self, name: &str) -> Option<String> {
        self.own.get(name).map(|name| format!("src/{name}.rs"))
    }

    /// The names of the modules of `rows`, `scopes`, `types`.
    pub(super) fn own_names(&self) -> impl Iterator<Item = &str> {
        self.own.values().map(String::as_str)
    }
}

/// Adds the modules below a path, and returns their names.
fn add(
    children: &BTreeMap<&[String], Vec<&String>>,
    path: &[String],
    folder: &str,
    nodes: &mut Vec<Node>,
) -> Vec<String> {
    let Some(segments) = children.get(path) else { return Vec::new() };
    let reserved = if path.is_empty() { RESERVED } else { &["mod"] };
    let names = segments.iter().map(|segment| (&***segment, module_name(segment)));
    // A module whose name is a keyword is written `r#name`; its file is named without the `r#`.
    let file_name = |name: String| ident(&name).trim_start_matches("r#").to_owned();
    let names: Vec<String> = distinct(names, "_", reserved).into_iter().map(file_name).collect();
    for (segment, name) in segments.iter().zip(&names) {
        let path: Vec<String> = path.iter().chain([*segment]).cloned().collect();
        let place = nodes.len();
        nodes.push(Node { path: path.clone(), file: format!("{folder}/{name}.rs"), children: Vec::new() });
        nodes[place].children = add(children, &path, &format!("{folder}/{name}"), nodes);
    }
    names
}

fn module_name(segment: &str) -> String {
    // rustc does not find the file of a module whose name is not ASCII.
    let words = |c: char| if c.is_ascii() { c.to_string() } else { format!(" u{:x} ", u32::from(c)) };
    field(&segment.chars().map(words).collect::<String>())
}

/// Names of files that have another meaning for Cargo or rustc.
const RESERVED: &[&str] = &["lib", "main", "mod"];
