//! Diagnostics -> text: for people, for programs, for GitHub.

mod github;
mod human;
mod json;

use std::io::{self, Write};

use crate::diagnostics::{Diagnostic, Severity};
use crate::source::Sources;

/// How to write diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// The source with the span underlined.
    #[default]
    Human,
    /// One JSON object per line.
    Json,
    /// Workflow commands, which GitHub shows in the diff.
    Github,
}

/// Writes diagnostics in the order given. `colour` is for [`Format::Human`] alone.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    colour: bool,
) -> io::Result<()> {
    for diagnostic in diagnostics {
        match format {
            Format::Human => human::write(out, sources, diagnostic, colour)?,
            Format::Json => json::write(out, sources, diagnostic)?,
            Format::Github => github::write(out, sources, diagnostic)?,
        }
    }
    Ok(())
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The path of a file with forward slashes, as on every system.
fn path(sources: &Sources, diagnostic: &Diagnostic) -> String {
    sources.path(diagnostic.span).to_string_lossy().replace('\\', "/")
}

/// A text as a terminal may get it: control characters, with which it could be steered, become pictures of
/// themselves, and marks that reverse the direction of writing are replaced. Line ends and tabs stay.
fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            _ => character,
        })
        .collect()
}

#[cfg(test)]
mod tests;
