//! Every file of `tests/diagnostics/` is a query file with mistakes, and the expected findings in comments below the
//! text that they are about:
//!
//! ```sql
//! select titel from content;
//! --     ^^^^^ error[unknown-column]: "titel" does not exist
//! -- help: did you mean `title`?
//! ```
//!
//! The carets mark the whole span, or its first line; `--<^^` marks one that begins in the first column. The words must occur
//! in the message. Unexpected and missing findings both fail the test.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sqlward_codegen::diagnostics::Diagnostic;
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::source::Sources;
use sqlward_codegen::{Options, compile};

#[test]
fn findings_are_where_the_comments_expect_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let project = ProjectOptions { config: folder.join("sqlward.toml"), ..ProjectOptions::default() };
    let compilation =
        compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine");
    let sources = compilation.project.sources;
    let mut found: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
    for diagnostic in compilation.diagnostics.into_sorted() {
        let path = sources.path(diagnostic.span).to_owned();
        found.entry(path).or_default().push(Finding::of(&sources, &diagnostic));
    }
    let mut report = String::new();
    let mut expected_count = 0;
    for (_, file) in sources.iter() {
        let mut unexpected = found.remove(&file.path).unwrap_or_default();
        for expectation in expectations(&file.text) {
            expected_count += 1;
            match unexpected.iter().position(|finding| expectation.is_met_by(finding)) {
                Some(index) => drop(unexpected.remove(index)),
                None => writeln!(report, "{}: missing {expectation:?}", file.path.display()).unwrap(),
            }
        }
        for finding in unexpected {
            writeln!(report, "{}: unexpected {finding:?}", file.path.display()).unwrap();
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(
        expected_count > 30,
        "only {expected_count} findings are expected: are the cases where they were?"
    );
}

#[derive(Debug)]
struct Finding {
    line: usize,
    start: usize,
    end: usize,
    rule: String,
    message: String,
    help: String,
}

impl Finding {
    fn of(sources: &Sources, diagnostic: &Diagnostic) -> Self {
        let start = sources.start(diagnostic.span);
        let end = sources.end(diagnostic.span);
        let line_end = sources.file(diagnostic.span.file).line(start.line).chars().count() + 1;
        Finding {
            line: start.line,
            start: start.column,
            end: if end.line == start.line { end.column } else { line_end },
            rule: format!("{:?}[{}]", diagnostic.severity, diagnostic.rule).to_lowercase(),
            message: diagnostic.message.clone(),
            help: diagnostic.help.clone().unwrap_or_default(),
        }
    }
}

#[derive(Debug)]
struct Expectation {
    line: usize,
    start: usize,
    end: usize,
    rule: String,
    words: String,
    help: String,
}

impl Expectation {
    fn is_met_by(&self, finding: &Finding) -> bool {
        (self.line, self.start, self.end, &self.rule)
            == (finding.line, finding.start, finding.end, &finding.rule)
            && finding.message.contains(&self.words)
            && finding.help.contains(&self.help)
    }
}

fn expectations(text: &str) -> Vec<Expectation> {
    let mut found: Vec<Expectation> = Vec::new();
    let mut subject = 0;
    for (index, line) in text.lines().enumerate() {
        if let Some(help) = line.trim_start().strip_prefix("-- help: ") {
            found.last_mut().expect("help belongs to a finding").help = help.to_owned();
            continue;
        }
        let Some(carets) = line.find('^').filter(|at| matches!(line[..*at].trim(), "--" | "--<")) else {
            subject = index + 1;
            continue;
        };
        let width = line[carets..].chars().take_while(|c| *c == '^').count();
        let start = if line[..carets].ends_with('<') { 1 } else { line[..carets].chars().count() + 1 };
        let (rule, words) = line[carets + width..].trim().split_once("]:").expect("error[rule]: words");
        found.push(Expectation {
            line: subject,
            start,
            end: start + width,
            rule: format!("{rule}]"),
            words: words.trim().to_owned(),
            help: String::new(),
        });
    }
    found
}
