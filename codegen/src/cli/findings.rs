//! What `check` finds, and what stops a run.

use std::error::Error as _;
use std::io::{self, Write};
use std::path::Path;

use super::args::Format;
use super::{cannot_print, report_all, say};
use crate::diagnostics::Diagnostics;
use crate::fresh::Finding;
use crate::project::Project;
use crate::report::{FileFinding, sarif};
use crate::{Error, Result};

/// The rule id of a generated file that is not current.
const RULE: &str = "stale";

/// Writes what is wrong with the input, and what is not as it was generated. Says whether all was well.
pub fn write(format: Format, project: &Project, diagnostics: Diagnostics, found: &[Finding]) -> Result<bool> {
    if format == Format::Sarif {
        return document(project, diagnostics, found);
    }
    let fine = report_all(format, &project.sources, diagnostics)?;
    stale(format, &project.root, found)?;
    Ok(fine && found.is_empty())
}

/// All of it in one document, since that is what the format wants.
fn document(project: &Project, diagnostics: Diagnostics, found: &[Finding]) -> Result<bool> {
    let fine = !diagnostics.has_errors() && found.is_empty();
    let texts: Vec<_> = found
        .iter()
        .map(|finding| {
            let file = finding.path.strip_prefix(&project.root).unwrap_or(&finding.path);
            (file.to_string_lossy(), finding.to_string(), finding.help())
        })
        .collect();
    let files: Vec<_> =
        texts.iter().map(|(file, message, help)| FileFinding { rule: RULE, file, message, help }).collect();
    let mut out = io::stdout().lock();
    sarif::write(&mut out, &project.sources, &diagnostics.into_sorted(), &files).map_err(cannot_print)?;
    Ok(fine)
}

fn stale(format: Format, root: &Path, found: &[Finding]) -> Result<()> {
    for finding in found {
        let file = finding.path.strip_prefix(root).unwrap_or(&finding.path).display().to_string();
        match format {
            Format::Human => {
                let mut err = io::stderr().lock();
                writeln!(err, "error[{RULE}]: {finding}\n  = help: {}\n", finding.help())
                    .map_err(cannot_print)?;
            }
            Format::Json => {
                let line = serde_json::json!({
                    "type": "diagnostic", "rule": RULE, "severity": "error", "file": file,
                    "line": 1, "column": 1, "end_line": 1, "end_column": 1,
                    "message": finding.to_string(), "help": finding.help(),
                });
                say(&line.to_string())?;
            }
            Format::Github => {
                let escaped =
                    |text: String| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
                let property = |text: String| escaped(text).replace(':', "%3A").replace(',', "%2C");
                let message = escaped(format!("{finding}: {}", finding.help()));
                say(&format!("::error file={},line=1,title={RULE}::{message}", property(file)))?;
            }
            // That is a document, not lines.
            Format::Sarif => {}
        }
    }
    Ok(())
}

/// Writes why a run stopped: what failed, its causes, what to do.
pub fn environment(out: &mut dyn Write, error: &Error) {
    let _ = writeln!(out, "error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = writeln!(out, "  = because: {error}");
        cause = error.source();
    }
    if let Some(help) = error.help_text() {
        let _ = writeln!(out, "  = help: {help}");
    }
}
