//! Why each query is safe, for reviewers: its scope, the proof, what was waived, and the triggers that it fires.

use std::fmt::{self, Write as _};
use std::io::{self, Write};

use serde::Serialize;

use super::distribution::{self, DistributionSummary, Spread};
use super::{count, describe};
use crate::parse::ScopeDecl;
use crate::prove::{Judged, Placement, Verdict};
use crate::report::visible;
use crate::source::Sources;
use crate::{Compilation, Result};

/// What is known of all queries.
pub struct Audit<'c> {
    sources: &'c Sources,
    queries: Vec<&'c Judged>,
    spread: Option<Spread>,
}

impl<'c> Audit<'c> {
    /// What is known of the queries of a project, and how many shards each asks where tables are spread by columns.
    ///
    /// # Errors
    /// No table has such a column.
    pub fn of(compilation: &'c Compilation, columns: &[String]) -> Result<Self> {
        let spread = (!columns.is_empty()).then(|| Spread::of(compilation, columns)).transpose()?;
        Ok(Audit { sources: &compilation.project.sources, queries: compilation.queries(), spread })
    }

    fn placements(&self) -> impl Iterator<Item = Option<&Placement>> {
        let placements = self.spread.iter().flat_map(|spread| spread.placements.iter().map(Some));
        placements.chain(std::iter::repeat(None))
    }

    /// Writes a line of JSON about each query, and one about all.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        for (query, placement) in self.queries.iter().zip(self.placements()) {
            describe::json_with(out, self.sources, query, placement)?;
        }
        let distribution = self.spread.as_ref().map(Spread::summary);
        serde_json::to_writer(&mut *out, &Summary { distribution, ..Summary::of(&self.queries) })?;
        writeln!(out)
    }

    /// Writes a paragraph about each query, and a line about all.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn human(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut text = String::new();
        for (query, placement) in self.queries.iter().zip(self.placements()) {
            paragraph(&mut text, self.sources, query, placement).map_err(io::Error::other)?;
        }
        let Summary { queries, proven, rejected, waived, system, .. } = Summary::of(&self.queries);
        writeln!(
            out,
            "{}{}: {proven} proven, {rejected} rejected; {waived} with waivers, {system} in system scope",
            visible(&text),
            count(queries, "query", "queries"),
        )?;
        match &self.spread {
            Some(spread) => write!(out, "{}", visible(&spread.text())),
            None => Ok(()),
        }
    }
}

fn paragraph(
    out: &mut String,
    sources: &Sources,
    query: &Judged,
    placement: Option<&Placement>,
) -> fmt::Result {
    let decl = query.decl();
    let rejected = if query.verdict() == Verdict::Rejected { "  REJECTED" } else { "" };
    let place = (sources.path(decl.name.span).display(), sources.start(decl.name.span).line);
    writeln!(out, "{}  {}:{}{rejected}", decl.path(), place.0, place.1)?;
    let scope = match &decl.scope {
        Some(ScopeDecl::Claimed(names)) => {
            names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        Some(ScopeDecl::System { reason, .. }) => format!("system: {reason}"),
        None => "none".to_owned(),
    };
    let waivers = query.waivers().iter().map(|waiver| {
        let table = waiver.table.as_ref().map_or(String::new(), |table| format!(" {table}"));
        format!("{}{table}: {} (line {})", waiver.rule, waiver.reason, sources.start(waiver.span).line)
    });
    let triggers =
        query.fired().iter().map(|fired| format!("{}: {} on {}", fired.table, fired.trigger, fired.on));
    let variants = query.signature().choice.as_ref().map(|choice| choice.variants);
    let variants = variants.filter(|variants| *variants > 1).map(|variants| {
        format!("{variants}, each proven; a reason that holds in only some of them says when")
    });
    section(out, "scope", [scope])?;
    section(out, "variants", variants)?;
    section(out, "sends", query.signature().copy.as_ref().map(|copy| copy.sql.clone()))?;
    section(out, "proof", query.proof_lines())?;
    section(out, "waived", waivers)?;
    section(out, "triggers", triggers)?;
    section(out, "shards", placement.map(distribution::lines).unwrap_or_default())?;
    writeln!(out)
}

/// Lines with a title beside the first.
fn section(out: &mut String, title: &str, lines: impl IntoIterator<Item = String>) -> fmt::Result {
    for (index, line) in lines.into_iter().enumerate() {
        let title = if index == 0 { title } else { "" };
        // A reason may hold a line end, and still is on one line.
        writeln!(out, "    {title:<8} {}", line.replace('\n', "\u{240a}"))?;
    }
    Ok(())
}

/// `{"type":"summary",...}`. The order of the fields is part of the format.
#[derive(Serialize)]
struct Summary<'s> {
    r#type: &'static str,
    /// All queries that could be analysed.
    queries: usize,
    proven: usize,
    rejected: usize,
    /// Those that need waivers, proven or not.
    waived: usize,
    /// Those in system scope, proven or not.
    system: usize,
    /// How many shards they ask, where that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    distribution: Option<DistributionSummary<'s>>,
}

impl Summary<'_> {
    fn of(queries: &[&Judged]) -> Self {
        let number = |is: fn(&Judged) -> bool| queries.iter().filter(|query| is(query)).count();
        Summary {
            r#type: "summary",
            queries: queries.len(),
            proven: number(|query| query.verdict() == Verdict::Proven),
            rejected: number(|query| query.verdict() == Verdict::Rejected),
            waived: number(|query| !query.waivers().is_empty()),
            system: number(|query| matches!(query.decl().scope, Some(ScopeDecl::System { .. }))),
            distribution: None,
        }
    }
}
