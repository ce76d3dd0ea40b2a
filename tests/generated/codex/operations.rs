//! Checks `docs/operations.md`: it lists every operation and every query once, and everything that it names exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sqlward_codegen::parse::ScopeDecl;
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::{Options, compile};

/// The number of operations that the platform needs.
const OPERATIONS: usize = 162;

/// A row of one of the tables, split into cells.
struct Row {
    /// The number of an operation, or the name of a query that belongs to none.
    first: String,
    functions: Vec<String>,
    scopes: BTreeSet<String>,
    tests: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(root().join("docs/operations.md")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = lines
        .map(|line| line.split(" | ").collect::<Vec<_>>())
        .filter(|cells| !["#", "query"].contains(&cells[0]));
    let row = |cells: Vec<&str>| {
        let [first, _, between @ .., scopes, tests] = &cells[..] else { panic!("{cells:?}") };
        Row {
            first: first.to_string(),
            functions: named(between.first().unwrap_or(first)),
            scopes: scopes.split(", ").filter(|scope| *scope != "-").map(str::to_owned).collect(),
            tests: named(tests),
        }
    };
    cells.map(row).collect()
}

/// The paths that a cell names.
fn named(cell: &str) -> Vec<String> {
    // Text after the paths is a remark.
    let paths = cell.split("; ").next().unwrap();
    paths
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| !name.contains("Database::"))
        .map(str::to_owned)
        .collect()
}

/// The text of a file.
fn file(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of all routes that use a module of the services. A route may import it under another name.
fn routes_over(module: &str) -> String {
    let mut calls = String::new();
    for route in std::fs::read_dir(root().join("examples/codex-api/src/routes")).unwrap() {
        let text = std::fs::read_to_string(route.unwrap().path()).unwrap();
        if text.contains(&format!("use crate::services::{module}")) {
            // Queries are called by the module's own name; a service of the same name is imported under another one.
            let query = format!("{module}::");
            let lines = text.lines().filter(|line| !line.contains("fn ") && !line.contains(&query));
            lines.for_each(|line| calls.extend([line, "\n"]));
        }
    }
    calls
}

#[test]
fn the_table_of_operations_is_true() {
    let config = root().join("sqlward.toml");
    let project = ProjectOptions { config, ..ProjectOptions::default() };
    let compiled = compile(&Options { project, ..Options::default() }, &|_| {}).unwrap();
    // The scopes of each query, as written.
    let mut queries: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let (mut waived, mut system) = (0, 0);
    for query in compiled.queries() {
        let decl = query.decl();
        waived += usize::from(!query.waivers().is_empty());
        let scopes = match decl.scope.as_ref().unwrap() {
            ScopeDecl::Claimed(names) => names.iter().map(ToString::to_string).collect(),
            ScopeDecl::System { .. } => vec!["system".to_owned()],
        };
        system += usize::from(scopes == ["system"]);
        queries.insert(decl.path(), scopes);
    }

    let rows = rows();
    let (operations, beyond): (Vec<_>, Vec<_>) =
        rows.iter().partition(|row| row.first.parse::<usize>().is_ok());
    let numbers: Vec<usize> = operations.iter().map(|row| row.first.parse().unwrap()).collect();
    assert_eq!(numbers, (1..=OPERATIONS).collect::<Vec<_>>(), "each number once and in order");

    let mut served: BTreeSet<&str> = BTreeSet::new();
    let mut tests: BTreeSet<&str> = BTreeSet::new();
    for row in &rows {
        let what = &row.first;
        let mut scopes = BTreeSet::new();
        let mut calls = Vec::new();
        let mut requested = String::new();
        for function in &row.functions {
            match function.strip_prefix("services::") {
                Some(service) => {
                    let (module, name) = service.split_once("::").unwrap();
                    let text = file(&format!("examples/codex-api/src/services/{module}.rs"));
                    assert!(
                        text.contains(&format!("pub async fn {name}(")),
                        "{what}: there is no {function}"
                    );
                    // The tests of the API send requests, so the routes' calls count as the tests' calls.
                    if row.tests.iter().any(|test| test.starts_with("api::")) {
                        requested.push_str(&routes_over(module));
                    }
                    calls.push(format!("{name}("));
                }
                None => {
                    let claims =
                        queries.get(function).unwrap_or_else(|| panic!("{what}: there is no {function}"));
                    scopes.extend(claims.iter().cloned());
                    served.insert(function);
                    calls.push(format!("{function}("));
                }
            }
        }
        assert_eq!(row.scopes, scopes, "{what}: the scopes of {:?}", row.functions);
        let mut texts = requested;
        for test in &row.tests {
            let (path, name) = test.rsplit_once("::").unwrap();
            let text = match path.split_once("::") {
                Some((folder, module)) => file(&format!("examples/codex-api/tests/{folder}/{module}.rs")),
                None => file(&format!("tests/generated/codex/{path}.rs")),
            };
            let is_there = text.contains(&format!("test]\nasync fn {name}("));
            assert!(is_there, "{what}: there is no test {test}");
            texts.push_str(&text);
            tests.insert(test);
        }
        // The fixture makes calls that most tests start with.
        texts.push_str(&file("tests/generated/codex/fixture.rs"));
        for call in &calls {
            assert!(texts.contains(call.as_str()), "{what}: none of {:?} calls {call}..)", row.tests);
        }
        assert_eq!(row.functions.is_empty(), row.tests.is_empty(), "{what}");
    }
    let missing: Vec<_> = queries.keys().filter(|query| !served.contains(query.as_str())).collect();
    assert!(missing.is_empty(), "not on the page: {missing:#?}");

    let left_out = operations.iter().filter(|row| row.functions.is_empty()).count();
    let share = |part: usize| format!("{:.1} %", 100.0 * part as f64 / queries.len() as f64);
    println!(
        "{} operations, {left_out} of them left out; {} queries, {} of them beyond; {} tests; {waived} queries with waivers ({}), \
         {system} in system scope ({})",
        operations.len(),
        queries.len(),
        beyond.len(),
        tests.len(),
        share(waived),
        share(system),
    );
    assert!(compiled.rejected.is_empty() && left_out <= 3);
    assert!(waived * 10 <= queries.len(), "{} are waived", share(waived));
    assert!(system * 10 <= queries.len() * 4, "{} are in system scope", share(system));
}
