//! Checks that every query is tested.

use std::path::Path;

/// Every query of the catalog is called by a test in this folder.
#[test]
fn every_query_is_called() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests: String =
        texts(&root.join("tests/generated/codex")).into_iter().map(|(_, text)| text).collect();
    let mut missing = Vec::new();
    let mut queries = 0;
    for (module, sql) in texts(&root.join("queries")) {
        for name in sql.lines().filter_map(|line| line.strip_prefix("--! ")) {
            let name = name.split_whitespace().next().unwrap();
            queries += 1;
            if !tests.contains(&format!("{module}::{name}(")) {
                missing.push(format!("{module}::{name}"));
            }
        }
    }
    assert!(queries >= 135, "only {queries} queries were found");
    assert!(missing.is_empty(), "{} of {queries} queries are not called: {missing:#?}", missing.len());
}

/// The names and texts of the files in a folder.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}
