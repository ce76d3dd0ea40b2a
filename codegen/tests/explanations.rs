//! The examples on the rules' pages do what the pages say: each SQL block is a query file over the schema of `tests/proof`,
//! and `-- error: [rule]` at the end of a line marks a finding on that line. Nothing else may be found.

use std::collections::BTreeSet;
use std::path::Path;

use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::{RULES, rules};
use sqlward_codegen::{Options, compile};

#[test]
fn the_examples_of_the_pages_hold() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proof");
    for file in ["schema.sql", "sqlward.toml"] {
        std::fs::copy(own.join(file), folder.path().join(file)).expect("the file can be copied");
    }
    let queries = folder.path().join("queries");
    std::fs::create_dir(&queries).expect("a folder");
    let mut expected = BTreeSet::new();
    for rule in rules::ALL {
        assert_eq!(rule.page.lines().next(), Some(format!("# {}", rule.id).as_str()));
        let blocks = blocks(rule.page);
        assert!(!blocks.is_empty(), "the page of {} has no example", rule.id);
        for (number, block) in blocks.iter().enumerate() {
            let name = format!("{}_{number}.sql", rule.id.replace('-', "_"));
            for (line, text) in block.lines().enumerate() {
                if let Some((_, marked)) = text.split_once("-- error: [") {
                    let marked = marked.trim_end_matches(']').to_owned();
                    expected.insert((name.clone(), line + 1, marked));
                }
            }
            let text: String = block.lines().map(|line| format!("{}\n", unmarked(line))).collect();
            std::fs::write(queries.join(name), text).expect("the example can be written");
        }
    }
    assert!(
        RULES.iter().all(|rule| expected.iter().any(|(_, _, marked)| marked == rule)),
        "a rule has no bad example"
    );
    let project = ProjectOptions {
        config: folder.path().join("sqlward.toml"),
        queries: Some(queries),
        ..ProjectOptions::default()
    };
    let compilation =
        compile(&Options { project, database_url: None }, &|_| {}).expect("the environment is fine");
    let sources = &compilation.project.sources;
    let found: BTreeSet<(String, usize, String)> = compilation
        .diagnostics
        .into_sorted()
        .into_iter()
        .map(|found| {
            let file = sources.path(found.span).file_name().expect("a file").to_string_lossy().into_owned();
            (file, sources.start(found.span).line, found.rule.to_owned())
        })
        .collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    let unexpected: Vec<_> = found.difference(&expected).collect();
    assert!(missing.is_empty() && unexpected.is_empty(), "missing {missing:#?}\nunexpected {unexpected:#?}");
}

fn unmarked(line: &str) -> &str {
    line.split_once(" -- error: [").map_or(line, |(text, _)| text)
}

/// The SQL blocks of a page.
fn blocks(page: &str) -> Vec<String> {
    let pieces = page.split("```sql\n").skip(1);
    pieces.map(|piece| piece.split("```").next().unwrap_or_default().to_owned()).collect()
}
