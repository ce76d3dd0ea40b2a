//! Tests of the reader with trees that servers of all versions have printed. `record` records them.

mod damaged;
mod record;
mod recorded;
mod unknown;

use super::*;
use std::fs;
use std::path::PathBuf;

const VERSIONS: [u32; 5] = [14, 15, 16, 17, 18];

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/trees")
}

/// A statement whose tree was recorded.
struct Statement {
    name: String,
    sql: String,
    /// The oldest version that accepts it.
    since: u32,
}

fn statements() -> Vec<Statement> {
    let text = fs::read_to_string(directory().join("statements.sql")).unwrap();
    let text = text.split_once('\n').unwrap().1;
    let parts = text.strip_prefix("-- ").unwrap().split("\n-- ").map(|part| {
        let (head, sql) = part.split_once('\n').unwrap();
        let (name, since) = head.split_once(" since ").unwrap_or((head, "0"));
        Statement { name: name.to_owned(), sql: sql.trim_end().to_owned(), since: since.parse().unwrap() }
    });
    parts.collect()
}

/// The recorded trees of a version, by name.
fn recorded(version: u32, file: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(directory().join(format!("{version}/{file}.txt"))).unwrap();
    let parts = text.split("=== ").skip(1).map(|part| {
        let (name, tree) = part.split_once('\n').unwrap();
        (name.to_owned(), tree.trim_end().to_owned())
    });
    parts.collect()
}

fn tree(version: u32, name: &str) -> String {
    let all = recorded(version, "statements");
    all.into_iter().find(|(other, _)| other == name).unwrap_or_else(|| panic!("{name} on {version}")).1
}

/// Calls `check` with a statement's query on each version that accepts it.
fn each_version(name: &str, check: impl Fn(u32, &Query)) {
    let since = statements().into_iter().find(|statement| statement.name == name).unwrap().since;
    for version in VERSIONS.into_iter().filter(|version| *version >= since) {
        check(version, &read_query(&tree(version, name)).unwrap());
    }
}
