//! One JSON object per line, for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::diagnostics::Diagnostic;
use crate::source::Sources;

/// The order of the fields is the order of the keys.
#[derive(Serialize)]
struct Line<'a> {
    r#type: &'static str,
    rule: &'a str,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<&'a str>,
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
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
    serde_json::to_writer(&mut *out, &line)?;
    writeln!(out)
}
