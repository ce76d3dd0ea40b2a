//! What `check` finds, and what stops a run.

use std::error::Error as _;
use std::io::{self, Write};
use std::path::Path;

use super::args::Format;
use super::cannot_print;
use crate::fresh::Finding;
use crate::report::{self, FileFinding, visible, write_about_file};
use crate::{Error, Result};

/// The rule id of a generated file that is not current.
const RULE: &str = "stale";

/// Writes what is not as it was generated.
pub fn write(format: Format, root: &Path, found: &[Finding]) -> Result<()> {
    for finding in found {
        let file = finding.path.strip_prefix(root).unwrap_or(&finding.path).to_string_lossy();
        let message = finding.to_string();
        let about = FileFinding { rule: RULE, file: &file, message: &message, help: finding.help() };
        match format {
            Format::Human => write_about_file(&mut io::stderr().lock(), report::Format::Human, about),
            Format::Json => write_about_file(&mut io::stdout().lock(), report::Format::Json, about),
            Format::Github => write_about_file(&mut io::stdout().lock(), report::Format::Github, about),
        }
        .map_err(cannot_print)?;
    }
    Ok(())
}

/// Writes why a run stopped: what failed, its causes, what to do.
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
