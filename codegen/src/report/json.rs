//! One JSON object per line, for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostics::Diagnostic;
use crate::source::Sources;

/// The order of the fields is the order of the keys.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    pub(super) r#type: &'static str,
    pub(super) rule: &'a str,
    pub(super) severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) query: Option<&'a str>,
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
    pub(super) message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<&'a str>,
}

impl Line<'_> {
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        writeln!(out)
    }
}

pub(super) fn write(out: &mut dyn Write, sources: &Sources, diagnostic: &Diagnostic) -> io::Result<()> {
    let (start, end) = (sources.start(diagnostic.span), sources.end(diagnostic.span));
    let line = Line {
        r#type: "diagnostic",
        rule: diagnostic.rule,
        severity: super::severity(diagnostic.severity),
        query: diagnostic.query.as_deref(),
        file: super::path(sources, diagnostic),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
    };
    line.write(out)
}
