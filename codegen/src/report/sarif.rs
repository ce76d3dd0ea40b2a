//! One SARIF 2.1.0 document, for services that show findings beside the code.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::FileFinding;
use crate::diagnostics::Diagnostic;
use crate::prove::rules;
use crate::source::{Sources, Span};

/// Writes the document: findings within files, and findings about whole files.
///
/// # Errors
/// Those of the writer.
pub fn write(
    out: &mut dyn Write,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    files: &[FileFinding<'_>],
) -> io::Result<()> {
    let mut rules = Rules::default();
    let mut results: Vec<Value> =
        diagnostics.iter().map(|diagnostic| result(&mut rules, sources, diagnostic)).collect();
    results.extend(files.iter().map(|finding| file_result(&mut rules, finding)));
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "sqlward",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.all,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

/// The rules of the results, in order of appearance. Rules of the proof include their page.
#[derive(Default)]
struct Rules {
    ids: Vec<&'static str>,
    all: Vec<Value>,
}

impl Rules {
    /// The index of a rule.
    fn index(&mut self, id: &'static str) -> usize {
        if let Some(index) = self.ids.iter().position(|known| *known == id) {
            return index;
        }
        self.ids.push(id);
        self.all.push(match rules::ALL.iter().find(|rule| rule.id == id) {
            Some(rule) => json!({
                "id": id,
                "shortDescription": { "text": rule.summary() },
                "help": { "text": rule.page, "markdown": rule.page },
            }),
            None => json!({ "id": id }),
        });
        self.ids.len() - 1
    }
}

fn result(rules: &mut Rules, sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let mut location = json!({ "physicalLocation": place(sources, diagnostic.span) });
    if let Some(query) = &diagnostic.query {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": query, "kind": "function" }]);
    }
    let related = diagnostic.notes.iter().map(
        |(span, note)| json!({ "physicalLocation": place(sources, *span), "message": { "text": note } }),
    );
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": rules.index(diagnostic.rule),
        "level": super::severity(diagnostic.severity),
        "message": message(&diagnostic.message, diagnostic.help.as_deref()),
        "locations": [location],
    });
    if !diagnostic.notes.is_empty() {
        result["relatedLocations"] = related.collect();
    }
    result
}

fn file_result(rules: &mut Rules, finding: &FileFinding<'_>) -> Value {
    json!({
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": "error",
        "message": message(finding.message, Some(finding.help)),
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(finding.file) } } }],
    })
}

fn message(message: &str, help: Option<&str>) -> Value {
    match help {
        Some(help) => json!({ "text": format!("{message}\nhelp: {help}") }),
        None => json!({ "text": message }),
    }
}

fn place(sources: &Sources, span: Span) -> Value {
    let (start, end) = (sources.start(span), sources.end(span));
    json!({
        "artifactLocation": { "uri": uri(&sources.path(span).to_string_lossy()) },
        "region": {
            "startLine": start.line,
            "startColumn": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        },
    })
}

/// A path as a URI reference that cannot be mistaken for anything else.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte.into())
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
