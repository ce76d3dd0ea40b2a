//! Diagnostics -> text: for people, for programs, for GitHub and other services.

mod github;
mod human;
mod json;
pub mod sarif;

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
    /// One SARIF 2.1.0 document, for code-scanning services.
    Sarif,
}

/// Writes diagnostics in the order given. `colour` is for [`Format::Human`] alone.
pub fn write(
    out: &mut dyn Write,
    format: Format,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    colour: bool,
) -> io::Result<()> {
    let mut each = diagnostics.iter();
    match format {
        Format::Human => each.try_for_each(|diagnostic| human::write(out, sources, diagnostic, colour)),
        Format::Json => each.try_for_each(|diagnostic| json::write(out, sources, diagnostic)),
        Format::Github => each.try_for_each(|diagnostic| github::write(out, sources, diagnostic)),
        Format::Sarif => sarif::write(out, sources, diagnostics, &[]),
    }
}

/// A finding about a whole file, of which no line is shown.
#[derive(Debug, Clone, Copy)]
pub struct FileFinding<'a> {
    /// The id of the rule.
    pub rule: &'static str,
    /// The path of the file.
    pub file: &'a str,
    /// What is wrong.
    pub message: &'a str,
    /// What to do about it.
    pub help: &'a str,
}

/// Writes an error about a whole file. In formats that need a position it is the beginning of the file.
pub fn write_about_file(out: &mut dyn Write, format: Format, finding: FileFinding<'_>) -> io::Result<()> {
    let FileFinding { rule, file, message, help } = finding;
    match format {
        Format::Human => {
            writeln!(out, "error[{rule}]: {}\n  = help: {}\n", visible(message), visible(help))
        }
        Format::Json => json::Line {
            r#type: "diagnostic",
            rule,
            severity: severity(Severity::Error),
            query: None,
            file: file.to_owned(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            message,
            help: Some(help),
        }
        .write(out),
        Format::Github => {
            let (file, message) = (github::property(file), github::data(&format!("{message}\nhelp: {help}")));
            writeln!(out, "::error file={file},line=1,title={rule}::{message}")
        }
        Format::Sarif => sarif::write(out, &Sources::default(), &[], &[finding]),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The path of a file with forward slashes on every system.
fn path(sources: &Sources, diagnostic: &Diagnostic) -> String {
    sources.path(diagnostic.span).to_string_lossy().replace('\\', "/")
}

/// Makes a text safe for a terminal: control characters, which could steer it, become their visible symbols, and characters
/// that reverse the direction of writing are replaced. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
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
