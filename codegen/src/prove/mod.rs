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
//! - What *passes* into a level (`Passable`) are the conditions on its output columns that may be pushed down into it.
//! - *Influence*: a row has influence if the result or the effect of the statement can depend on it. The facts of a context
//!   hold for the rows that have influence, and not for every row that the executor visits.
//! - *Occurrence*: an entry for a table whose rows are read, locked or written.
//! - *Guard*: a condition of the policy on the rows of one table.
//! - *Way*: a foreign key by which the policy brings the rows of a table into scope.
//! - *Twins*: two entries of one table whose rows have the same primary key, and so are the same row.

#![deny(clippy::wildcard_enum_match_arm)]

mod arena;
mod build;
mod case;
mod chosen;
mod closure;
mod conditions;
mod context;
mod counted;
mod distribution;
mod events;
mod expressions;
mod facts;
mod filtered;
mod functions;
mod grouping;
mod guards;
mod hints;
mod implied;
mod joined;
mod joins;
mod places;
mod policy;
mod reach;
pub mod rules;
mod search;
mod sets;
mod terms;
mod trie;
mod truth;
mod twins;
mod unnest;
mod values;
mod walk;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

pub use distribution::{Distribution, Part, Placement, Shards};
pub use policy::Policy;

use rustc_hash::FxHashSet;

use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::infer::{Signature, Typed};
use crate::parallel;
use crate::parse::{Allow, QueryDecl, ScopeDecl, TokenName, TokenSpans, Variant};
use crate::schema::Schema;
use crate::source::{Sources, Span};
use crate::tree::Query;
use arena::{Arena, Container, LevelId};
use case::{Case, Claims, Finding, Reason};
use events::Events;
use policy::ScopePolicy;
use search::Searched;
use terms::{EntryId, Term};

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
        let misread = typed.decl.misread;
        let verdict = if found.is_empty() && !misread { Verdict::Proven } else { Verdict::Rejected };
        found.into_iter().filter(|_| !misread).for_each(|diagnostic| diagnostics.report(diagnostic));
        let judged = Judged { typed, verdict, derivation: derivations, waivers, fired };
        match verdict {
            Verdict::Proven => outcome.proven.push(Proven(judged)),
            Verdict::Rejected => outcome.rejected.push(judged),
        }
    }
    outcome
}

/// Judges one query. If it has variants, each is judged by itself and the results are joined.
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
    joined::join(&typed.decl, found)
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
    let claims = claims(&mut report, policy, decl);
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
        searched: Searched::default(),
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

fn claims<'p>(report: &mut Report<'_>, policy: &'p Policy, decl: &QueryDecl) -> Claims<'p> {
    match &decl.scope {
        None if policy.scopes.is_empty() => Claims::Free,
        None => Claims::Nothing,
        Some(ScopeDecl::System { .. }) => Claims::System,
        Some(ScopeDecl::Claimed(names)) => {
            let mut found = Vec::new();
            for name in names {
                match policy.scope(&name.scope.value) {
                    Some(scope) => {
                        report.check_role(scope, name);
                        found.push(scope);
                    }
                    None => {
                        let known = || policy.scopes.iter().map(|scope| scope.name.as_str());
                        let help = match nearest(&name.scope.value, known().chain(["system"])) {
                            Some("system") => {
                                "system scope takes a reason: `--@ scope system: \"why\"`".to_owned()
                            }
                            Some(near) => format!("did you mean `{near}`?"),
                            None if known().next().is_none() => {
                                format!(
                                    "describe it there: `[scopes.{}]`, see docs/policy.md",
                                    name.scope.value
                                )
                            }
                            None => format!(
                                "it has {}; a further one is a section of it, `[scopes.{}]`, see docs/policy.md",
                                known().collect::<Vec<_>>().join(", "),
                                name.scope.value
                            ),
                        };
                        let message = format!("sqlward.toml has no scope `{}`", name.scope.value);
                        let diagnostic =
                            Diagnostic::error("unknown-scope", name.scope.span, message).help(help);
                        report.diagnostics.push(diagnostic);
                    }
                }
            }
            for (position, name) in names.iter().enumerate() {
                report.check_param(policy, name, &names[..position]);
            }
            Claims::Scopes(found)
        }
    }
}

/// The result for one query while it is collected.
struct Report<'d> {
    sources: &'d Sources,
    schema: &'d Schema,
    decl: &'d QueryDecl,
    spans: TokenSpans<'d>,
    places: BTreeMap<EntryId, usize>,
    derivations: Vec<Derivation>,
    derived: FxHashSet<Derivation>,
    diagnostics: Vec<Diagnostic>,
    /// The diagnostics so far as text, so that each is reported once.
    told: FxHashSet<String>,
    fired: Vec<Fired>,
    steps: u64,
    /// The waivers, and whether each was needed.
    allows: Vec<(&'d Allow, bool)>,
}

impl<'d> Report<'d> {
    fn new(sources: &'d Sources, schema: &'d Schema, decl: &'d QueryDecl) -> Self {
        Report {
            sources,
            schema,
            decl,
            spans: TokenSpans::of(&decl.sql),
            places: BTreeMap::new(),
            derivations: Vec::new(),
            derived: FxHashSet::default(),
            diagnostics: Vec::new(),
            told: FxHashSet::default(),
            fired: Vec::new(),
            steps: 0,
            allows: decl.allows.iter().map(|allow| (allow, false)).collect(),
        }
    }

    /// Checks that the scope has the role that the query names.
    fn check_role(&mut self, scope: &ScopePolicy, name: &TokenName) {
        let Some(role) = &name.role else { return };
        let known = || scope.membership.iter().flat_map(|found| &found.roles).map(|role| role.name.as_str());
        if known().any(|known| known == role.value) {
            return;
        }
        let help = match nearest(&role.value, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known().next().is_none() => {
                format!("name it in sqlward.toml: `[scopes.{}.membership.roles]`", scope.name)
            }
            None => format!(
                "it has {}; a further one is a section of it, `[scopes.{}]`, see docs/policy.md",
                known().collect::<Vec<_>>().join(", "),
                name.scope.value
            ),
        };
        let message = format!("scope `{}` has no role `{}`", scope.name, role.value);
        self.diagnostics.push(Diagnostic::error("unknown-scope", role.span, message).help(help));
    }

    /// Checks that no two claimed scopes fill the same parameter: it can have the value of one token only.
    fn check_param(&mut self, policy: &Policy, name: &TokenName, before: &[TokenName]) {
        let param = |name: &TokenName| policy.scope(&name.scope.value)?.param.as_deref();
        let Some(own) = param(name) else { return };
        let Some(other) = before.iter().find(|other| param(other) == Some(own)) else { return };
        let message =
            format!("the tokens of `{}` and `{}` both fill `:{own}`", other.scope.value, name.scope.value);
        let diagnostic = Diagnostic::error("annotation", name.scope.span, message)
            .help("claim one of them, or give one another `param` in sqlward.toml");
        self.diagnostics.push(diagnostic);
    }

    fn span(&self, offset: usize) -> Span {
        self.spans.at(offset)
    }

    /// Adds a finding of a rule.
    fn add(&mut self, case: &Case<'_, '_>, rule: &'static str, finding: Finding) {
        let table = finding.table.and_then(|table| self.schema.table(table));
        let entry_at = finding.entry.and_then(|entry| self.places.get(&entry)).copied();
        let place = finding.at.or(entry_at);
        match finding.verdict {
            case::Verdict::Holds(Reason { because, at }) => {
                let span = at.or(place).map_or(self.decl.name.span, |at| self.span(at));
                let derivation = Derivation {
                    table: table.map(|table| table.display_name()).unwrap_or_default(),
                    alias: finding.entry.map(|entry| case.name(entry).to_owned()).unwrap_or_default(),
                    rule,
                    because,
                    span,
                    line: self.sources.line(span),
                    waived: false,
                };
                self.derive(derivation);
            }
            case::Verdict::Fails(failure) => {
                if self.waive(case, rule, finding.table, finding.entry, place) {
                    return;
                }
                let span = place.map_or(self.decl.name.span, |at| self.span(at));
                let mut diagnostic = Diagnostic::error(rule, span, failure.message).query(self.decl.path());
                let help = match &self.decl.copy {
                    Some(_) if rule == "foreign-reference" => {
                        format!("COPY takes what comes: insert from `unnest` instead, and {}", failure.help)
                    }
                    _ => failure.help,
                };
                diagnostic.help = Some(help).filter(|help| !help.is_empty());
                diagnostic.notes =
                    failure.notes.into_iter().map(|(at, note)| (self.span(at), note)).collect();
                if self.told.insert(format!("{diagnostic:?}")) {
                    self.diagnostics.push(diagnostic);
                }
            }
        }
    }

    /// Adds a derivation unless it is there already.
    fn derive(&mut self, derivation: Derivation) {
        if self.derived.insert(derivation.clone()) {
            self.derivations.push(derivation);
        }
    }

    /// Whether a waiver covers a failure of this rule. If so, the waiver is recorded as its derivation.
    fn waive(
        &mut self,
        case: &Case<'_, '_>,
        rule: &'static str,
        table: Option<u32>,
        entry: Option<EntryId>,
        place: Option<usize>,
    ) -> bool {
        if case.events.incomplete && rule == rules::opaque::RULE.id {
            return false;
        }
        let schema = self.schema;
        let covers = |allow: &Allow| {
            allow.rule.value == rule
                && allow.table.as_ref().is_none_or(|name| {
                    let named = schema.table_named(&name.value).map(|found| found.oid);
                    named.is_some() && named == table
                })
        };
        let Some((allow, used)) = self.allows.iter_mut().find(|(allow, _)| covers(allow)) else {
            return false;
        };
        *used = true;
        let because = format!("waived: {}", allow.reason);
        let span = place.map_or(self.decl.name.span, |at| self.span(at));
        let derivation = Derivation {
            table: table
                .and_then(|table| schema.table(table))
                .map(|table| table.display_name())
                .unwrap_or_default(),
            alias: entry.map(|entry| case.name(entry).to_owned()).unwrap_or_default(),
            rule,
            because,
            span,
            line: self.sources.line(span),
            waived: true,
        };
        self.derive(derivation);
        true
    }

    fn finish(mut self) -> Examination {
        let mut waivers = Vec::new();
        for (allow, used) in &self.allows {
            if *used {
                waivers.push(Waiver {
                    rule: allow.rule.value.clone(),
                    table: allow.table.as_ref().map(|table| table.value.clone()),
                    reason: allow.reason.clone(),
                    span: allow.span,
                });
                continue;
            }
            let diagnostic =
                match allow.table.as_ref().filter(|table| self.schema.table_named(&table.value).is_none()) {
                    Some(table) => {
                        let tables = self.schema.tables.values().filter(|table| table.is_relation());
                        let near = nearest(&table.value, tables.map(|table| table.name.as_str()));
                        let mut diagnostic = Diagnostic::error(
                            "unused-allow",
                            table.span,
                            format!("the schema has no table `{}`", table.value),
                        );
                        diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
                        // The waiver was meant for these diagnostics. They would be a consequence of its misspelt table.
                        self.diagnostics.retain(|found| found.rule != allow.rule.value);
                        diagnostic
                    }
                    None => Diagnostic::error("unused-allow", allow.span, "this waiver waives nothing")
                        .help("remove it: whoever reads it will think that the query needs it"),
                };
            self.diagnostics.push(diagnostic);
        }
        // A wrong owner is one mistake: once the value is corrected, what it refers to is right as well.
        let of_owners =
            self.diagnostics.iter().filter(|diagnostic| diagnostic.rule == rules::tenant_write::RULE.id);
        let unowned: Vec<Span> = of_owners.map(|diagnostic| diagnostic.span).collect();
        self.diagnostics.retain(|diagnostic| {
            diagnostic.rule != rules::foreign_reference::RULE.id || !unowned.contains(&diagnostic.span)
        });
        let path = self.decl.path();
        for diagnostic in &mut self.diagnostics {
            diagnostic.query.get_or_insert_with(|| path.clone());
        }
        Examination {
            derivations: self.derivations,
            diagnostics: self.diagnostics,
            waivers,
            fired: self.fired,
            steps: self.steps,
        }
    }
}
