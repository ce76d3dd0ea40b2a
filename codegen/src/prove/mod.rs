//! The prover: takes typed queries from `infer` and gives `emit` those for which every rule holds. The others are
//! rejected with diagnostics.
//!
//! 1. [`Policy`]: resolves `sqlward.toml` against the schema.
//! 2. `build` lays the statement out in an `arena`: its query levels and range-table entries, with views, CTEs and
//!    function bodies expanded. Conditions become facts about the rows of each level (`conditions`, `joins`, `facts`,
//!    `terms`).
//! 3. `walk`, `expressions` and `writes` visit the statement from the outside in. At each place they know a `context`: the
//!    facts that hold there, and what follows from them (`closure`). They record `events`: tables that are read, rows that
//!    are written, and what is not understood.
//! 4. The [`rules`] judge the events. Each rule holds for a reason or fails with a diagnostic. `search` looks for the
//!    reason why a row is in scope.
//!
//! [`Distribution`] uses the same events and facts to find how many shards a query needs, for the audit.
//!
//! What is not understood fails. Only this module can make a [`Proven`].
//!
//! # Vocabulary
//!
//! - *Level*: a query level, which is a `Query` node of PostgreSQL: the statement, a subquery, a view's query, a CTE's query,
//!   an arm of a set operation, or a function's body. One that is read in two places has two levels. *Stored* levels come
//!   from the catalogs (views, function bodies) and have no place in the author's text.
//! - *Entry*: a range-table entry of a level.
//! - *Term*: a value whose equalities are followed: a column of an entry's row, a parameter, or a constant. An expression is
//!   *plain* if it is such a term below casts that do not change the value.
//! - *Fact*: an equality, null test or condition that is true for each row that it is about.
//! - *Side*: one of the two inputs of an outer join. A row is *padded* (null-extended) if that side has no match; the side is
//!   then *missing*, and otherwise *present*.
//! - *Pushdown*: which conditions on a level's output columns may be pushed down into it.
//! - *Influence*: a row has influence if the result or the effect of the statement can depend on it. The facts of a context
//!   hold for the rows that have influence, and not for every row that the executor visits.
//! - *Occurrence*: an entry for a table whose rows are read, locked or written.
//! - *Guard*: a condition of the policy on the rows of one table.
//! - *Via*: a foreign key of `via` in the policy: rows of a table are in scope if the rows at its other end are.
//! - *Same row*: two entries of one table have the same row if their primary keys are equal, as in a self-join.

#![deny(clippy::wildcard_enum_match_arm)]

mod aggregate_filter;
mod arena;
mod build;
mod cascade;
mod case;
mod closure;
mod conditional;
mod conditions;
mod context;
mod count_subquery;
mod distribution;
mod events;
mod expressions;
mod facts;
mod functions;
mod grouping;
mod guards;
mod hints;
mod implicit_calls;
mod joins;
mod liveness;
mod places;
mod policy;
mod report;
pub mod rules;
mod same_row;
mod search;
mod sets;
mod terms;
mod trie;
mod truth;
mod unnest;
mod values;
mod variants;
mod walk;
mod writes;

use std::collections::BTreeSet;

pub use distribution::{Distribution, Part, Placement, Shards};
pub use policy::Policy;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::infer::{Signature, Typed};
use crate::parallel;
use crate::parse::{QueryDecl, Variant};
use crate::schema::Schema;
use crate::source::{Sources, Span};
use crate::tree::Query;
use arena::{Arena, Container, LevelId};
use case::Case;
use events::Events;
use report::Report;
use search::SearchCache;
use terms::Term;

/// The ids of the rules that a query must satisfy, and that `--@ allow` can waive.
pub const RULES: &[&str] = &[
    "soft-delete",
    "tenant-scope",
    "tenant-write",
    "foreign-reference",
    "grant",
    "physical-delete",
    "opaque",
    "unused-allow",
];

/// Whether code may be generated for a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every rule holds, or is waived for a reason.
    Proven,
    /// Some rule neither holds nor is waived.
    Rejected,
}

/// Why one rule holds for one event of a query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Derivation {
    /// The table.
    pub table: String,
    /// The table's alias in the query.
    pub alias: String,
    /// The rule's id.
    pub rule: &'static str,
    /// The reason: `creator_id = :creator_id`.
    pub because: String,
    /// The place of the condition that is the reason, or else that of the table.
    pub span: Span,
    /// The line of `span`.
    pub line: usize,
    /// Whether a waiver takes the place of a reason.
    pub waived: bool,
}

/// A trigger that a query fires. The prover does not analyse what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The table.
    pub table: String,
    /// The trigger's name.
    pub trigger: String,
    /// The event that fires it: `insert`, `update`, `delete`.
    pub on: &'static str,
}

/// A waiver that was needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule that it waives.
    pub rule: String,
    /// The table that it is limited to, if it names one.
    pub table: Option<String>,
    /// The author's reason.
    pub reason: String,
    /// The directive.
    pub span: Span,
}

/// The result of the rules for one query.
#[derive(Debug, Clone)]
pub struct Examination {
    /// The reasons for which rules hold.
    pub derivations: Vec<Derivation>,
    /// Where a rule does not hold and is not waived.
    pub diagnostics: Vec<Diagnostic>,
    /// The waivers that were needed.
    pub waivers: Vec<Waiver>,
    /// The triggers that it fires.
    pub fired: Vec<Fired>,
    /// The number of steps that the proof took. Tests check that it grows about linearly with the size of the query.
    pub steps: u64,
}

/// A query with the result of its proof.
#[derive(Debug, Clone)]
pub struct Judged {
    typed: Typed,
    verdict: Verdict,
    derivation: Vec<Derivation>,
    waivers: Vec<Waiver>,
    fired: Vec<Fired>,
}

impl Judged {
    /// The declaration that the author wrote.
    pub fn decl(&self) -> &QueryDecl {
        &self.typed.decl
    }

    /// PostgreSQL's analysis of the statement.
    pub fn tree(&self) -> &Query {
        &self.typed.tree
    }

    /// The signature of the generated function.
    pub fn signature(&self) -> &Signature {
        &self.typed.signature
    }

    /// Whether code may be generated for it.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The reasons for which the rules hold: one for each rule and event.
    pub fn derivation(&self) -> &[Derivation] {
        &self.derivation
    }

    /// The derivation as text without what is waived: a line for each table and alias.
    /// `content: creator_id = :creator_id (line 6), deleted_at is null (line 6)`.
    pub fn proof_lines(&self) -> Vec<String> {
        let mut lines: Vec<((&str, &str), Vec<String>)> = Vec::new();
        for found in self.derivation.iter().filter(|found| !found.waived) {
            let thing = (found.table.as_str(), found.alias.as_str());
            // Two rules can hold for the same reason.
            let reason = format!("{} (line {})", found.because, found.line);
            match lines.iter_mut().find(|(known, _)| *known == thing) {
                Some((_, reasons)) if reasons.contains(&reason) => {}
                Some((_, reasons)) => reasons.push(reason),
                None => lines.push((thing, vec![reason])),
            }
        }
        let line = |((table, alias), reasons): ((&str, &str), Vec<String>)| {
            let name = if table == alias { table.to_owned() } else { format!("{table} {alias}") };
            format!("{name}: {}", reasons.join(", "))
        };
        lines.into_iter().map(line).collect()
    }

    /// The waivers that it needs.
    pub fn waivers(&self) -> &[Waiver] {
        &self.waivers
    }

    /// The triggers that it fires.
    pub fn fired(&self) -> &[Fired] {
        &self.fired
    }
}

/// A query for which code may be generated.
#[derive(Debug, Clone)]
pub struct Proven(Judged);

impl std::ops::Deref for Proven {
    type Target = Judged;

    fn deref(&self) -> &Judged {
        &self.0
    }
}

/// The outcome for all queries, each list in the order of the input.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The queries for which code may be generated.
    pub proven: Vec<Proven>,
    /// The others, whose diagnostics were reported.
    pub rejected: Vec<Judged>,
}

impl Outcome {
    /// Rejects all queries. Needed if the policy has errors: parts of it were left out, so the proofs are not valid.
    pub fn revoke(self) -> Outcome {
        self.reject(|_| true)
    }

    /// Rejects the queries with these paths, whose errors other stages have found. Their proofs are kept.
    pub fn without(self, wrong: &BTreeSet<String>) -> Outcome {
        if wrong.is_empty() { self } else { self.reject(|judged| wrong.contains(&judged.decl().path())) }
    }

    fn reject(self, is_wrong: impl Fn(&Judged) -> bool) -> Outcome {
        let Outcome { proven, mut rejected } = self;
        let (wrong, proven): (Vec<_>, Vec<_>) =
            proven.into_iter().partition(|Proven(judged)| is_wrong(judged));
        rejected
            .extend(wrong.into_iter().map(|Proven(judged)| Judged { verdict: Verdict::Rejected, ..judged }));
        Outcome { proven, rejected }
    }
}

/// Judges queries. Rules that do not hold are reported to `diagnostics`.
pub fn prove(
    diagnostics: &mut Diagnostics,
    sources: &Sources,
    schema: &Schema,
    policy: &Policy,
    queries: Vec<Typed>,
) -> Outcome {
    let mut outcome = Outcome { proven: Vec::with_capacity(queries.len()), rejected: Vec::new() };
    let examined = parallel::map(&queries, |typed| examine(sources, schema, policy, typed));
    for (typed, examination) in queries.into_iter().zip(examined) {
        let Examination { derivations, diagnostics: found, waivers, fired, steps: _ } = examination;
        let has_errors = typed.decl.has_errors;
        let verdict = if found.is_empty() && !has_errors { Verdict::Proven } else { Verdict::Rejected };
        found.into_iter().filter(|_| !has_errors).for_each(|diagnostic| diagnostics.report(diagnostic));
        let judged = Judged { typed, verdict, derivation: derivations, waivers, fired };
        match verdict {
            Verdict::Proven => outcome.proven.push(Proven(judged)),
            Verdict::Rejected => outcome.rejected.push(judged),
        }
    }
    outcome
}

/// Judges one query. If it has variants, each is judged separately and the results are merged.
pub fn examine(sources: &Sources, schema: &Schema, policy: &Policy, typed: &Typed) -> Examination {
    if typed.variants.is_empty() {
        return examine_text(sources, schema, policy, &typed.decl, &typed.tree);
    }
    let of_text = |decl: &QueryDecl, tree: &Query| examine_text(sources, schema, policy, decl, tree);
    let examined = typed.variants.iter().map(|text| (text.variant, of_text(&text.decl, &text.tree)));
    let mut found: Vec<(Variant, Examination)> = examined.collect();
    if found.iter().any(|(_, examination)| !examination.diagnostics.is_empty()) {
        // A variant fails: now the covered ones are judged as well, so that the message can name all variants that fail.
        let further = typed.covered.iter().filter_map(|text| Some((text.variant, text.read()?)));
        found.extend(further.map(|(variant, text)| (variant, of_text(&text.decl, &text.tree))));
    }
    variants::merge(&typed.decl, found)
}

/// Judges one text of a query.
fn examine_text(
    sources: &Sources,
    schema: &Schema,
    policy: &Policy,
    decl: &QueryDecl,
    tree: &Query,
) -> Examination {
    let mut report = Report::new(sources, schema, decl);
    let claims = report.claims(policy);
    if let Some(grants) = &decl.grants
        && let Some(scope) = policy.scope(&grants.scope.value)
    {
        report.check_role(scope, grants);
    }
    if !report.diagnostics.is_empty() {
        // Without the scope or role that the query names, the rules have nothing to compare with.
        return report.finish();
    }
    let mut arena = Arena::new(schema, policy);
    let (root, events) = lay_out(&mut arena, decl, tree);
    report.fired = fired(schema, &events);
    report.places = places::places(&arena, &decl.sql.text, root);
    let mut case = Case {
        arena: &mut arena,
        events: &events,
        claims: &claims,
        decl,
        root,
        search_cache: SearchCache::default(),
    };
    for rule in rules::ALL {
        for finding in (rule.judge)(&mut case) {
            report.add(&case, rule.id, finding);
        }
    }
    report.steps = arena.steps();
    report.finish()
}

/// Lays out a statement and collects its events.
fn lay_out<'a>(arena: &mut Arena<'a>, decl: &QueryDecl, tree: &'a Query) -> (LevelId, Events) {
    for number in 1..=decl.sql.params.len() {
        arena.terms.id(Term::Param(number));
    }
    let root = arena.build(tree, None, Container::Nothing, None, false);
    let events = walk::Walk::over(arena, root);
    (root, events)
}

/// The triggers of the tables whose rows a statement writes.
fn fired(schema: &Schema, events: &Events) -> Vec<Fired> {
    let writes =
        events.writes.iter().map(|write| (write.table, if write.insert { "insert" } else { "update" }));
    let deletes = events.deletes.iter().map(|(table, _)| (*table, "delete"));
    let mut found = Vec::new();
    for (table, on) in writes.chain(deletes) {
        let Some(table) = schema.table(table) else { continue };
        for trigger in &table.triggers {
            let fires = match on {
                "insert" => trigger.on_insert(),
                "update" => trigger.on_update(),
                _ => trigger.on_delete(),
            };
            let fired = Fired { table: table.display_name(), trigger: trigger.name.clone(), on };
            if fires && !found.contains(&fired) {
                found.push(fired);
            }
        }
    }
    found
}
