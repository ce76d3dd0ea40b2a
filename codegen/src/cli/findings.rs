//! What `check` finds, and what stops a run.

use std::error::Error as _;
use std::io::{self, Write};
use std::path::Path;

use super::args::Format;
use super::{cannot_print, say};
use crate::fresh::Finding;
use crate::{Error, Result};

/// The rule id of a generated file that is not current.
const RULE: &str = "stale";

/// Writes what is not as it was generated.
pub fn write(format: Format, root: &Path, found: &[Finding]) -> Result<()> {
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
