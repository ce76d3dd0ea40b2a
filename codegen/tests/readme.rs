//! The examples of the README and of the pages in `docs` are executed: their `sh` blocks run in a shell, one after the other.
//! The output of a block must contain the lines of the `output` block that follows it.

use std::path::Path;
use std::process::Command;

#[test]
fn the_tour_runs_and_prints_what_it_says() {
    tour("README.md");
}

#[test]
fn the_tour_of_nested_results_does_too() {
    tour("docs/nesting.md");
}

#[test]
fn the_tour_of_many_rows_does_too() {
    tour("docs/bulk.md");
}

#[test]
fn the_tour_of_queries_with_several_texts_does_too() {
    tour("docs/queries.md");
}

#[test]
fn the_tour_of_the_policy_does_too() {
    tour("docs/policy.md");
}

#[test]
fn the_page_of_the_policy_has_all_settings() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/policy.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    // For an unknown setting the message lists the known ones.
    let sections =
        ["soft_delete", "shared", "functions", "crate", "scopes.a", "scopes.a.membership", "scopes.a.rows.b"];
    let wrong = |section: &str| format!("[{section}]\nzzzzzzzzzzzz = 1\n");
    let config = format!("zzzzzzzzzzzz = 1\n{}", sections.map(wrong).concat());
    std::fs::write(folder.path().join("sqlward.toml"), config).unwrap();
    let mut prove = Command::new(env!("CARGO_BIN_EXE_sqlward"));
    let run = prove.arg("prove").current_dir(folder.path()).env_remove("SQLWARD_DATABASE_URL").output();
    let said = String::from_utf8(run.unwrap().stderr).unwrap();
    let lists: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split_once("the settings here are "))
        .map(|(_, list)| list)
        .collect();
    assert_eq!(lists.len(), sections.len() + 1, "{said}");
    for setting in lists.iter().flat_map(|list| list.split(", ")) {
        let is_told = [format!("`{setting}`"), format!("`{setting} = "), format!("`{setting}.")]
            .iter()
            .any(|word| page.contains(word))
            || page.contains(&format!("{setting} = ["))
            || page.contains(&format!("{setting} = \""));
        assert!(is_told, "docs/policy.md does not tell of `{setting}`");
    }
}

fn tour(path: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join(path)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_sqlward")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut script = String::new();
    let mut output = String::new();
    let mut ran = 0;
    for (kind, text) in blocks(&readme) {
        match kind.as_str() {
            "sh" | "sh fails" => {
                // Each block continues in the folder in which the previous one ended.
                let place = folder.path().join("place");
                script = format!(
                    "cd \"$(cat {0} 2>/dev/null || echo .)\"\ntrap 'pwd > {0}' EXIT\nset -e\n{text}",
                    place.display()
                );
                let run = Command::new("bash")
                    .args(["-c", &script])
                    .current_dir(folder.path())
                    .env("PATH", &path)
                    .env_remove("SQLWARD_DATABASE_URL")
                    .env("SQLWARD_NO_CACHE", "1")
                    .output()
                    .unwrap();
                output = String::from_utf8([run.stdout, run.stderr].concat()).unwrap();
                assert_eq!(run.status.success(), kind == "sh", "{script}{output}");
                ran += 1;
            }
            "output" => {
                for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                    assert!(output.contains(line), "no {line:?} in the output of\n{script}:\n{output}");
                }
            }
            _ => {}
        }
    }
    assert!(ran >= 5, "the tour has {ran} steps");
}

/// The fenced blocks: the text after the fence, and the lines.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(_) if inside => inside = false,
            Some(kind) => {
                inside = true;
                found.push((kind.to_owned(), String::new()));
            }
            None if inside => {
                let (_, text) = found.last_mut().unwrap();
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    found
}
