//! The examples on the pages of the rules: every `sql` block is a query file, in which exactly the lines that end in
//! `-- error: [rule]` fail, by that rule.
//!
//! The blocks use the schema and the policy of `src/prove/rules/examples/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::rules::{ALL, Rule};
use sqlward_codegen::{Options, compile};

#[test]
fn the_examples_fail_where_the_pages_say() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/prove/rules/examples");
    let folder = tempfile::tempdir().unwrap();
    for name in ["sqlward.toml", "schema.sql"] {
        fs::copy(examples.join(name), folder.path().join(name)).unwrap();
    }
    fs::create_dir(folder.path().join("queries")).unwrap();
    let mut expected = BTreeSet::new();
    for rule in ALL {
        let blocks = blocks(rule);
        assert!(blocks.len() >= 2, "the page of {} has {} examples", rule.id, blocks.len());
        for (line, block) in blocks {
            let file = format!("queries/{}_{line}.sql", rule.id.replace('-', "_"));
            fs::write(folder.path().join(&file), &block).unwrap();
            expected.extend(marks(&block).map(|(line, rule)| (file.clone(), line, rule)));
        }
        let own = expected.iter().filter(|(.., marked)| marked == rule.id).count();
        assert!(own > 0, "no example on the page of {} fails by it", rule.id);
    }
    let project = ProjectOptions { config: folder.path().join("sqlward.toml"), ..ProjectOptions::default() };
    let compilation = compile(&Options { project, ..Options::default() }, &|_| {}).unwrap();
    let sources = &compilation.project.sources;
    let mut messages = String::new();
    let mut found = BTreeSet::new();
    for diagnostic in compilation.diagnostics.into_sorted() {
        let file = sources.path(diagnostic.span).to_string_lossy().into_owned();
        let line = sources.start(diagnostic.span).line;
        messages.push_str(&format!("{file}:{line}: [{}] {}\n", diagnostic.rule, diagnostic.message));
        found.insert((file, line, diagnostic.rule.to_owned()));
    }
    let missing: Vec<_> = expected.difference(&found).collect();
    let unexpected: Vec<_> = found.difference(&expected).collect();
    assert!(
        missing.is_empty() && unexpected.is_empty(),
        "missing {missing:#?}\nunexpected {unexpected:#?}\n{messages}"
    );
}

/// A page begins with the name of its rule and a sentence about it, which `sqlward explain` lists.
#[test]
fn every_page_has_a_title_and_a_summary() {
    for rule in ALL {
        assert!(rule.page.starts_with(&format!("# {}\n\n", rule.id)), "{}", rule.id);
        let summary = rule.summary();
        assert!(summary.ends_with('.') && summary.len() < 100, "{}: {summary:?}", rule.id);
    }
}

/// The `sql` blocks of a page, each with the line on which it begins.
fn blocks(rule: &Rule) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut inside = false;
    for (index, line) in rule.page.lines().enumerate() {
        match (line, found.last_mut()) {
            ("```sql", _) => {
                inside = true;
                found.push((index + 1, String::new()));
            }
            ("```", _) => inside = false,
            (line, Some((_, block))) if inside => {
                block.push_str(line);
                block.push('\n');
            }
            _ => {}
        }
    }
    found
}

/// The marked lines of a block, and the rules by which they fail. A mark on a line of its own is about the next line.
fn marks(block: &str) -> impl Iterator<Item = (usize, String)> {
    block.lines().enumerate().flat_map(|(index, line)| {
        let (before, rules) = line.split_once("-- error: ").unwrap_or((line, ""));
        let number = if before.is_empty() { index + 2 } else { index + 1 };
        let rules = rules.split_whitespace().map(|rule| rule.trim_matches(['[', ']']).to_owned());
        rules.map(move |rule| (number, rule)).collect::<Vec<_>>()
    })
}
