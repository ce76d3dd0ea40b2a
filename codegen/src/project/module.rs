//! Query files -> modules.

use std::collections::HashMap;

use super::QueryFile;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::{is_identifier, is_rust_name};
use crate::source::{Sources, Span};

/// The rule of a path that cannot be a module.
const MODULE_NAME: &str = "module-name";

/// Modules that the generated crate has of its own.
const RESERVED: [&str; 5] = ["types", "rows", "scopes", "lib", "main"];

/// Reports paths that cannot be modules, and leaves those files out.
pub(super) fn check(diagnostics: &mut Diagnostics, sources: &Sources, queries: &mut Vec<QueryFile>) {
    let mut seen: HashMap<String, &QueryFile> = HashMap::new();
    let mut wrong = Vec::new();
    for query in queries.iter() {
        let span = Span { file: query.file, start: 0, end: 0 };
        let mut report = |message: String, help: String, first: Option<Span>| {
            let error = Diagnostic::error(MODULE_NAME, span, message).help(help);
            diagnostics
                .report(first.into_iter().fold(error, |error, first| error.note(first, "the other file")));
            wrong.push(query.file);
        };
        if let Some(name) = query.module.iter().find(|name| !is_module_name(name)) {
            let help = match is_identifier(name) {
                true => "rename the file or folder: this is a Rust keyword",
                false => {
                    "rename the file or folder: use letters from a to z, digits and `_`, and do not start with a digit"
                }
            };
            report(format!("`{name}` is not a valid Rust module name"), help.to_owned(), None);
            continue;
        }
        if let Some(name) = query.module.first().filter(|name| RESERVED.contains(&name.as_str())) {
            let message = format!("the generated crate already has a module `{name}`");
            report(message, "rename the file or folder".to_owned(), None);
            continue;
        }
        // Names that differ only in case are the same file on many systems.
        let path = query.module.join("::");
        match seen.get(&path.to_lowercase()) {
            None => drop(seen.insert(path.to_lowercase(), query)),
            Some(first) => {
                let other = sources.file(first.file).path.display();
                let message = format!("this file and {other} are both the module `{path}`");
                let first = Span { file: first.file, start: 0, end: 0 };
                report(message, "rename one of the two".to_owned(), Some(first));
            }
        }
    }
    queries.retain(|query| !wrong.contains(&query.file));
}

/// `mod.rs` is the file of the module around it.
fn is_module_name(name: &str) -> bool {
    is_rust_name(name) && name != "mod"
}
