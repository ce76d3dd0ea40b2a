//! What queries take and return, for people and for programs.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::io::{self, Write};

use serde::Serialize;

use super::distribution::Distributed;
use crate::infer::{Column, Param, RustType};
use crate::parse::{ScopeDecl, TokenName};
use crate::prove::{Judged, Placement, Verdict};
use crate::report::visible;
use crate::source::Sources;

/// Writes one line of JSON about a query.
///
/// # Errors
/// Those of the writer.
pub fn json(out: &mut dyn Write, sources: &Sources, query: &Judged) -> io::Result<()> {
    json_with(out, sources, query, None)
}

/// The same, with how many shards it needs.
///
/// # Errors
/// Those of the writer.
pub fn json_with(
    out: &mut dyn Write,
    sources: &Sources,
    query: &Judged,
    placement: Option<&Placement>,
) -> io::Result<()> {
    let distribution = placement.map(Distributed::of);
    serde_json::to_writer(&mut *out, &QueryLine { distribution, ..QueryLine::of(sources, query) })?;
    writeln!(out)
}

/// Writes a paragraph about a query, with the signature of its function if it has one.
///
/// # Errors
/// Those of the writer.
pub fn human(
    out: &mut dyn Write,
    sources: &Sources,
    query: &Judged,
    function: Option<&str>,
) -> io::Result<()> {
    let line = QueryLine::of(sources, query);
    let mut text = String::new();
    paragraph(&mut text, &line, function).map_err(io::Error::other)?;
    writeln!(out, "{}", visible(&text))
}

fn paragraph(out: &mut String, line: &QueryLine<'_>, function: Option<&str>) -> fmt::Result {
    let variants = line.variants.map_or_else(String::new, |variants| format!("{variants} variants  "));
    let variants = line.mode.map_or(variants, |mode| format!("{mode}  "));
    writeln!(out, "{}  {}  {variants}{}:{}", line.query, line.cardinality, line.file, line.line)?;
    let scope = if line.claims.is_empty() { line.scope.join(", ") } else { line.claims.join(", ") };
    if !scope.is_empty() {
        writeln!(out, "    scope    {scope}")?;
    }
    if let Some(grants) = &line.grants {
        writeln!(out, "    grants   {grants}")?;
    }
    writeln!(out, "    on       {}", line.on)?;
    let values = [("params", &line.params), ("columns", &line.columns)];
    for (title, values) in values {
        let width = width(values, 0);
        let mut title = title;
        for value in values {
            value_lines(out, std::mem::take(&mut title), value, 0, width)?;
        }
    }
    if let Some(function) = function {
        writeln!(out, "    fn       {function}")?;
    }
    Ok(())
}

/// The width of the names; members are indented below their column.
fn width(values: &[ValueLine<'_>], indent: usize) -> usize {
    let width_of = |value: &ValueLine<'_>| {
        (indent + value.name.chars().count()).max(width(&value.members, indent + INDENT))
    };
    values.iter().map(width_of).max().unwrap_or(0)
}

fn value_lines(
    out: &mut String,
    title: &str,
    value: &ValueLine<'_>,
    indent: usize,
    width: usize,
) -> fmt::Result {
    let rust = if value.nullable { format!("Option<{}>", value.rust_type) } else { value.rust_type.clone() };
    // A name may contain a line break, and still takes one line.
    let name = format!("{:indent$}{}", "", value.name.replace('\n', "\u{240a}"));
    writeln!(out, "    {title:<8} {name:<width$}  {} -> {rust}", value.pg_type)?;
    value.members.iter().try_for_each(|member| value_lines(out, "", member, indent + INDENT, width))
}

const INDENT: usize = 2;

/// `{"type":"query",...}`. The order of the fields is part of the format.
#[derive(Serialize)]
struct QueryLine<'a> {
    r#type: &'static str,
    query: String,
    file: String,
    line: usize,
    verdict: &'static str,
    scope: Vec<&'a str>,
    /// The same with roles, for people.
    #[serde(skip)]
    claims: Vec<String>,
    cardinality: &'static str,
    /// How many texts it stands for, if more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    variants: Option<usize>,
    /// Whether it is a copy or a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    /// What it runs on, for people.
    #[serde(skip)]
    on: &'static str,
    params: Vec<ValueLine<'a>>,
    columns: Vec<ValueLine<'a>>,
    proof: Vec<ProofLine<'a>>,
    waivers: Vec<WaiverLine<'a>>,
    /// Whether it only reads, so that it can run on a read replica.
    reads: bool,
    /// The roles that it requires, by scope.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    roles: BTreeMap<&'a str, &'a str>,
    /// The token that it grants.
    #[serde(skip_serializing_if = "Option::is_none")]
    grants: Option<String>,
    /// Why it is in system scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The triggers that it fires; they belong to the schema.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    triggers: Vec<TriggerLine<'a>>,
    /// How many shards it needs, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    distribution: Option<Distributed<'a>>,
}

#[derive(Serialize)]
struct TriggerLine<'a> {
    table: &'a str,
    trigger: &'a str,
    on: &'a str,
}

#[derive(Serialize)]
struct ProofLine<'a> {
    table: &'a str,
    alias: &'a str,
    rule: &'a str,
    because: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct WaiverLine<'a> {
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    table: Option<&'a str>,
    reason: &'a str,
    line: usize,
}

#[derive(Serialize)]
struct ValueLine<'a> {
    name: &'a str,
    pg_type: &'a str,
    rust_type: String,
    nullable: bool,
    /// The members of a nested result or of a list of items.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<ValueLine<'a>>,
}

impl<'a> ValueLine<'a> {
    fn of(column: &'a Column) -> Self {
        ValueLine {
            name: &column.name,
            pg_type: &column.pg_type,
            rust_type: column.rust.display(),
            nullable: column.nullable,
            members: column.members.iter().map(ValueLine::of).collect(),
        }
    }

    fn of_param(param: &'a Param, streamed: bool) -> Self {
        let fields = match &param.rust {
            RustType::Items { fields, .. } => &fields[..],
            _ => &[],
        };
        let members = fields.iter().map(|field| ValueLine {
            name: &field.param,
            pg_type: &field.pg_type,
            rust_type: field.rust.display(),
            nullable: field.nullable,
            members: Vec::new(),
        });
        let rust_type = match &param.rust {
            RustType::Items { name, .. } if streamed => format!("Stream<{name}>"),
            rust => rust.display(),
        };
        ValueLine {
            name: &param.name,
            pg_type: &param.pg_type,
            rust_type,
            nullable: param.nullable,
            members: members.collect(),
        }
    }
}

fn role_in_scope(token: &TokenName) -> Option<(&str, &str)> {
    Some((&token.scope.value, &token.role.as_ref()?.value))
}

impl<'a> QueryLine<'a> {
    fn of(sources: &Sources, query: &'a Judged) -> Self {
        let (decl, signature) = (query.decl(), query.signature());
        let claimed = match &decl.scope {
            Some(ScopeDecl::Claimed(tokens)) => tokens.as_slice(),
            Some(ScopeDecl::System { .. }) | None => &[],
        };
        let streamed = signature.copy.is_some();
        let params = signature.callers().map(|param| ValueLine::of_param(param, streamed));
        let columns = signature.columns.iter().map(ValueLine::of);
        QueryLine {
            r#type: "query",
            query: decl.path(),
            file: sources.path(decl.name.span).display().to_string(),
            line: sources.start(decl.name.span).line,
            verdict: match query.verdict() {
                Verdict::Proven => "proven",
                Verdict::Rejected => "rejected",
            },
            scope: match &decl.scope {
                Some(ScopeDecl::Claimed(scopes)) => {
                    scopes.iter().map(|token| token.scope.value.as_str()).collect()
                }
                Some(ScopeDecl::System { .. }) => vec!["system"],
                None => Vec::new(),
            },
            claims: claimed.iter().map(ToString::to_string).collect(),
            roles: claimed.iter().filter_map(role_in_scope).collect(),
            grants: decl.grants.as_ref().map(ToString::to_string),
            reason: match &decl.scope {
                Some(ScopeDecl::System { reason, .. }) => Some(reason),
                Some(ScopeDecl::Claimed(_)) | None => None,
            },
            cardinality: signature.cardinality.word(),
            variants: signature
                .choice
                .as_ref()
                .map(|choice| choice.variants)
                .filter(|variants| *variants > 1),
            mode: match (&decl.copy, decl.batch) {
                (Some(_), _) => Some("copy"),
                (None, Some(_)) => Some("batch"),
                (None, None) => None,
            },
            on: signature.runs_on().trim_start_matches("sqlward::"),
            params: params.collect(),
            columns: columns.collect(),
            proof: query
                .derivation()
                .iter()
                .map(|found| ProofLine {
                    table: &found.table,
                    alias: &found.alias,
                    rule: found.rule,
                    because: &found.because,
                    line: found.line,
                })
                .collect(),
            waivers: query
                .waivers()
                .iter()
                .map(|waiver| WaiverLine {
                    rule: &waiver.rule,
                    table: waiver.table.as_deref(),
                    reason: &waiver.reason,
                    line: sources.start(waiver.span).line,
                })
                .collect(),
            reads: signature.reads,
            triggers: query
                .fired()
                .iter()
                .map(|fired| TriggerLine { table: &fired.table, trigger: &fired.trigger, on: fired.on })
                .collect(),
            distribution: None,
        }
    }
}
