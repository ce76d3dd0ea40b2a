//! The files of `tests/parse`: see the README there.

use std::fs;
use std::path::Path;

use super::parsed;
use crate::diagnostics::Severity;

/// A finding: its line, its severity and rule, the text that it underlines.
type Finding = (usize, String, String);

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parse");
    let mut wrong = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_some_and(|extension| extension == "sql") {
            cases += 1;
            check(&path, &mut wrong);
        }
    }
    assert!(cases > 5, "only {cases} files of cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(path: &Path, wrong: &mut Vec<String>) {
    let text = fs::read_to_string(path).expect("it is text");
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (project, _, diagnostics) = parsed(&text);
    let mut found: Vec<(Finding, String)> = Vec::new();
    for diagnostic in diagnostics {
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let underlined = project.sources.text(diagnostic.span).lines().next().unwrap_or("");
        let line = project.sources.start(diagnostic.span).line;
        let words = format!("{}; {}", diagnostic.message, diagnostic.help.unwrap_or_default());
        found.push(((line, format!("{severity}[{}]", diagnostic.rule), underlined.to_owned()), words));
    }
    for (expected, words) in expected(&text) {
        match found.iter().position(|(finding, said)| *finding == expected && said.contains(&words)) {
            Some(index) => drop(found.remove(index)),
            None => wrong.push(format!("{name}: missing {expected:?} with {words:?}")),
        }
    }
    wrong.extend(found.into_iter().map(|finding| format!("{name}: unexpected {finding:?}")));
}

/// The findings that a file says it expects, and words of each.
fn expected(text: &str) -> Vec<(Finding, String)> {
    let mut expected = Vec::new();
    let mut line = 0;
    for (number, content) in text.lines().enumerate() {
        let finding = ["-- error[", "-- warning["].iter().any(|start| content.starts_with(start));
        if !finding {
            line = number + 1;
            continue;
        }
        let parts = content[3..].split_once(" \"").and_then(|(kind, rest)| {
            // The underlined text may contain quotes itself: it ends at the last `": `, words have none.
            let end = rest.find("\": ")?;
            let end = rest[end..].starts_with("\": \"").then(|| rest.rfind("\": ")).flatten().unwrap_or(end);
            Some((kind, &rest[..end], &rest[end + 3..]))
        });
        let (kind, underlined, words) = parts.unwrap_or_else(|| panic!("not an expectation: {content}"));
        expected.push(((line, kind.to_owned(), underlined.to_owned()), words.to_owned()));
    }
    expected
}
