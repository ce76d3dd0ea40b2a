//! Checks `docs/defects.md`: it lists each defect once, and everything that it names exists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sqlward_codegen::prove::RULES;

/// The kind of thing that a name in the table refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A rule, or another error of the compiler.
    Rule,
    /// Something that does not compile in Rust.
    Type,
    /// Something in `schema.sql` or `sqlward.toml`.
    Schema,
    Test,
    /// A query, or a function of a service. It excludes no defect by itself.
    Code,
}

#[test]
fn each_defect_is_excluded_by_something_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = Repository::read(root);
    let page = fs::read_to_string(root.join("docs/defects.md")).unwrap();
    let rows = page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.trim_end_matches(" |").split(" | ");
        Some((cells.next()?.parse::<usize>().ok()?, cells.collect::<Vec<_>>()))
    });
    let (mut numbers, mut wrong, mut counts) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (number, cells) in rows {
        numbers.push(number);
        let [_, by, how] = cells.as_slice() else {
            wrong.push(format!("{number} has {} cells", cells.len()));
            continue;
        };
        let names: Vec<&str> = how.split('`').skip(1).step_by(2).collect();
        let kinds: Vec<_> = names.iter().map(|name| (name, repository.kind(name))).collect();
        wrong.extend(
            kinds.iter().filter(|(_, kind)| kind.is_none()).map(|(name, _)| format!("{number}: `{name}`")),
        );
        let needed = match *by {
            "proof" => Kind::Rule,
            "type" => Kind::Type,
            "schema" => Kind::Schema,
            "test" => Kind::Test,
            _ => {
                wrong.push(format!("{number}: by {by}?"));
                continue;
            }
        };
        *counts.entry(*by).or_insert(0) += 1;
        let has = |kind| kinds.iter().any(|(_, found)| *found == Some(kind));
        // If the schema excludes a defect, there has to be a test of the schema as well.
        if !has(needed) || (needed == Kind::Schema && !has(Kind::Test)) {
            wrong.push(format!("{number} is not excluded by {by}: {kinds:?}"));
        }
    }
    assert_eq!(numbers, (1..=87).collect::<Vec<_>>());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (by, count) in counts {
        assert!(page.contains(&format!("| {by} | {count} |")), "{by} excludes {count}");
    }
}

/// The texts in which names are looked up.
struct Repository {
    root: PathBuf,
    compiler: String,
    schema: String,
    tests: String,
}

impl Repository {
    fn read(root: &Path) -> Repository {
        let all = |folders: &[&str]| {
            let mut text = String::new();
            folders.iter().for_each(|folder| gather(&root.join(folder), &mut text));
            text
        };
        let file = |name: &str| fs::read_to_string(root.join(name)).unwrap();
        Repository {
            root: root.to_owned(),
            compiler: all(&["codegen/src"]),
            schema: file("schema.sql") + &file("sqlward.toml"),
            tests: all(&["tests/generated", "tests/runtime", "codegen/tests", "examples/codex-api/tests"]),
        }
    }

    fn kind(&self, name: &str) -> Option<Kind> {
        let has = |path: String, text: &str| {
            fs::read_to_string(self.root.join(path)).is_ok_and(|found| {
                found.match_indices(text).any(|(at, _)| {
                    let next = found[at + text.len()..].chars().next();
                    next.is_none_or(|next| !next.is_alphanumeric() && next != '_')
                })
            })
        };
        if name.starts_with("--@ ") || self.root.join(name).is_file() {
            return Some(Kind::Code);
        }
        if let Some(case) = name.strip_prefix("history/") {
            let exists =
                |folder| self.root.join(format!("codegen/tests/history/{folder}/{case}.sql")).exists();
            return (exists("unsafe") && exists("safe")).then_some(Kind::Test);
        }
        if let Some(case) = name.strip_prefix("compile_fail/") {
            let program = self.root.join(format!("tests/compile_fail/cases/{case}.rs"));
            return program.exists().then_some(Kind::Type);
        }
        if let Some(test) = name.strip_suffix("()") {
            return self.tests.contains(&format!("fn {test}(")).then_some(Kind::Test);
        }
        if let Some((module, function)) =
            name.strip_prefix("services::").and_then(|path| path.split_once("::"))
        {
            let file = format!("examples/codex-api/src/services/{module}.rs");
            return has(file, &format!("pub async fn {function}")).then_some(Kind::Code);
        }
        if let Some((module, query)) = name.split_once("::") {
            return has(format!("queries/{module}.sql"), &format!("--! {query}")).then_some(Kind::Code);
        }
        if RULES.contains(&name) || (name.contains('-') && self.compiler.contains(&format!("\"{name}\""))) {
            return Some(Kind::Rule);
        }
        self.schema.contains(name).then_some(Kind::Schema)
    }
}

/// Appends the text of all Rust files in a folder, if it exists.
fn gather(folder: &Path, text: &mut String) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            gather(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}
