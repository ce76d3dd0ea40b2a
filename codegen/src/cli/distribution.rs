//! `sqlward audit --distribution`: how many shards each query needs.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::prove::{Distribution, Placement, Shards};
use crate::{Compilation, Result};

/// The shards of all queries.
pub struct Spread {
    /// In the order of the queries.
    pub placements: Vec<Placement>,
    columns: Vec<String>,
    obstacles: Vec<String>,
}

impl Spread {
    /// Determines for each query how many shards it needs.
    ///
    /// # Errors
    /// No table has such a column.
    pub fn of(compilation: &Compilation, columns: &[String]) -> Result<Self> {
        let Compilation { project, schema, policy, .. } = compilation;
        let distribution = Distribution::by(schema, columns)?;
        let queries = compilation.queries();
        let place = |query: &&_| distribution.place(&project.sources, schema, policy, query);
        Ok(Spread {
            placements: queries.iter().map(place).collect(),
            columns: columns.to_vec(),
            obstacles: distribution.obstacles(schema),
        })
    }

    /// The counts, the tables that every node needs, and the obstacles in the schema.
    pub fn text(&self) -> String {
        let DistributionSummary { single_shard, fan_out, undistributed, reference_tables, .. } =
            self.summary();
        let mut text = format!(
            "by {}: {single_shard} single-shard, {fan_out} fan out, {undistributed} touch no distributed table\n",
            self.columns.join(", ")
        );
        if !reference_tables.is_empty() {
            let names: Vec<_> = reference_tables.into_iter().collect();
            text.push_str(&format!("reference tables: {}\n", names.join(", ")));
        }
        for obstacle in &self.obstacles {
            text.push_str(&format!("obstacle: {obstacle}\n"));
        }
        text
    }

    /// The same for programs.
    pub fn summary(&self) -> DistributionSummary<'_> {
        let number = |of: Shards| self.placements.iter().filter(|placement| placement.shards == of).count();
        let beside = self.placements.iter().filter(|placement| placement.shards != Shards::None);
        DistributionSummary {
            columns: &self.columns,
            single_shard: number(Shards::One),
            fan_out: number(Shards::Many),
            undistributed: number(Shards::None),
            reference_tables: beside.flat_map(|placement| &placement.copied).map(String::as_str).collect(),
            obstacles: &self.obstacles,
        }
    }
}

/// The lines about one query.
pub fn lines(placement: &Placement) -> Vec<String> {
    let keys: Vec<_> = placement.keys.iter().map(String::as_str).collect();
    let mut lines = vec![match placement.shards {
        Shards::None => "none".to_owned(),
        Shards::One => format!("one, that of {}", keys.join(" or ")),
        Shards::Many => "many".to_owned(),
    }];
    for part in &placement.parts {
        let name = match (part.table.as_str(), part.alias.as_str()) {
            ("", "") => String::new(),
            ("", alias) => format!("{alias}: "),
            (table, alias) if table == alias || alias.is_empty() => format!("{table}: "),
            (table, alias) => format!("{table} {alias}: "),
        };
        lines.push(format!("{name}{} (line {})", part.because, part.line));
    }
    if !placement.copied.is_empty() {
        let names: Vec<_> = placement.copied.iter().map(String::as_str).collect();
        let what = if placement.shards == Shards::None { "not distributed" } else { "reference tables" };
        lines.push(format!("{what}: {}", names.join(", ")));
    }
    lines
}

/// `"distribution": {...}` of a query. The order of the fields is part of the format.
#[derive(Serialize)]
pub struct Distributed<'a> {
    shards: &'static str,
    keys: &'a BTreeSet<String>,
    parts: Vec<PartLine<'a>>,
    /// The tables without the column that it uses.
    undistributed: &'a BTreeSet<String>,
}

#[derive(Serialize)]
struct PartLine<'a> {
    table: &'a str,
    alias: &'a str,
    pinned: bool,
    because: &'a str,
    line: usize,
}

impl<'a> Distributed<'a> {
    /// The text about one query.
    pub fn of(placement: &'a Placement) -> Self {
        let parts = placement.parts.iter().map(|part| PartLine {
            table: &part.table,
            alias: &part.alias,
            pinned: part.pinned,
            because: &part.because,
            line: part.line,
        });
        Distributed {
            shards: match placement.shards {
                Shards::None => "none",
                Shards::One => "one",
                Shards::Many => "many",
            },
            keys: &placement.keys,
            parts: parts.collect(),
            undistributed: &placement.copied,
        }
    }
}

/// `"distribution": {...}` of the summary.
#[derive(Serialize)]
pub struct DistributionSummary<'a> {
    columns: &'a [String],
    single_shard: usize,
    fan_out: usize,
    undistributed: usize,
    /// The tables without the column that are used beside one with it: every node needs a copy.
    reference_tables: BTreeSet<&'a str>,
    /// What in the schema a distributed database would refuse.
    obstacles: &'a [String],
}
