//! Writes what `check` finds, and what stops a run.

use std::error::Error as _;
use std::io::{self, Write};
use std::path::Path;

use super::args::Format;
use super::{cannot_print, report_all};
use crate::diagnostics::Diagnostics;
use crate::fresh::Finding;
use crate::project::Project;
use crate::report::{self, FileFinding, sarif, visible, write_about_file};
use crate::{Error, Result};

/// The rule id of a generated file that is not current.
const RULE: &str = "stale";

/// Writes the mistakes in the input and the generated files that are not current. Returns whether there were none.
pub fn write(format: Format, project: &Project, diagnostics: Diagnostics, found: &[Finding]) -> Result<bool> {
    if format == Format::Sarif {
        return document(project, diagnostics, found);
    }
    let fine = report_all(format, &project.sources, diagnostics)?;
    stale(format, &project.root, found)?;
    Ok(fine && found.is_empty())
}

/// Writes all of it as one document, which the format requires.
fn document(project: &Project, diagnostics: Diagnostics, found: &[Finding]) -> Result<bool> {
    let fine = !diagnostics.has_errors() && found.is_empty();
    let texts: Vec<_> = found
        .iter()
        .map(|finding| {
            let finding = within(&project.root, finding);
            (finding.path.to_string_lossy().into_owned(), finding.to_string(), finding.help())
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
        let finding = within(root, finding);
        let file = finding.path.to_string_lossy();
        let message = finding.to_string();
        let about = FileFinding { rule: RULE, file: &file, message: &message, help: finding.help() };
        match format {
            Format::Human => write_about_file(&mut io::stderr().lock(), report::Format::Human, about),
            Format::Json => write_about_file(&mut io::stdout().lock(), report::Format::Json, about),
            Format::Github => write_about_file(&mut io::stdout().lock(), report::Format::Github, about),
            // SARIF is one document, not lines.
            Format::Sarif => Ok(()),
        }
        .map_err(cannot_print)?;
    }
    Ok(())
}

/// The finding with its path relative to the configuration, as in other findings.
fn within(root: &Path, finding: &Finding) -> Finding {
    let path = finding.path.strip_prefix(root).unwrap_or(&finding.path);
    Finding { kind: finding.kind, path: path.to_owned() }
}

/// Writes why a run stopped: what failed, the causes, what to do.
pub fn environment(out: &mut dyn Write, error: &Error) {
    let _ = writeln!(out, "error: {}", visible(&error.to_string()));
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = writeln!(out, "  = because: {}", visible(&error.to_string()));
        cause = error.source();
    }
    if let Some(help) = error.help_text() {
        let _ = writeln!(out, "  = help: {}", visible(help));
    }
}
