//! Typed queries -> proven queries: every table occurrence in scope and alive, or the query does not compile.
//!
//! 1. [`Policy`]: `sqlward.toml` against the schema
//! 2. `build`: the statement laid out as an `arena` of levels and entries, with the facts of each level
//!    (`conditions`, `joins`, `facts`, `terms`)
//! 3. `walk`, `expressions`, `writes`: what may be assumed at each place, which is a `context` with a `closure` that
//!    shares with its neighbours what it has in common with them, and the `events` that the rules judge
//! 4. [`rules`]: each event holds for a reason, or fails with a diagnostic; why rows are in scope is found by `search`
//!
//! [`Distribution`] asks the same events and facts where a query's rows are, for the audit.
//!
//! What is not understood fails. Only this module can make a [`Proven`].

#![deny(clippy::wildcard_enum_match_arm)]

mod arena;
mod build;
mod case;
mod closure;
mod conditions;
mod context;
mod counted;
mod distribution;
mod events;
mod expressions;
mod facts;
mod functions;
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
mod terms;
mod trie;
mod twins;
mod unnest;
mod values;
mod walk;
mod writes;

use std::collections::BTreeMap;

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

/// Whether a query may be generated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every rule holds, or is waived for a reason.
    Proven,
    /// Some rule does not.
    Rejected,
}

/// Why one rule holds for one thing that a query does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Derivation {
    /// The table.
    pub table: String,
    /// The name by which the query calls it.
    pub alias: String,
    /// The rule's id.
    pub rule: &'static str,
    /// The reason: `creator_id = :creator_id`.
    pub because: String,
    /// Where the reason stands, or else the table.
    pub span: Span,
    /// The line of that place.
    pub line: usize,
    /// Whether a waiver takes the place of a reason.
    pub waived: bool,
}

/// A trigger that a query fires. It belongs to the schema, and is not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The table.
    pub table: String,
    /// The trigger's name.
    pub trigger: String,
    /// What fires it: `insert`, `update`, `delete`.
    pub on: &'static str,
}

/// A waiver that was needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The rule that it waives.
    pub rule: String,
    /// The table that it is limited to.
    pub table: Option<String>,
    /// The author's reason.
    pub reason: String,
    /// The directive.
    pub span: Span,
}

/// What the rules say of one query.
#[derive(Debug, Clone)]
pub struct Examination {
    /// Why what holds holds.
    pub derivations: Vec<Derivation>,
    /// What does not hold and is not waived.
    pub diagnostics: Vec<Diagnostic>,
    /// The waivers that were needed.
    pub waivers: Vec<Waiver>,
    /// The triggers that it fires.
    pub fired: Vec<Fired>,
    /// How much there was to do. It grows with the size of the query, and hardly faster; nothing else depends on it.
    pub steps: u64,
}

/// A query, and what is known of its safety.
#[derive(Debug, Clone)]
pub struct Judged {
    typed: Typed,
    verdict: Verdict,
    derivation: Vec<Derivation>,
    waivers: Vec<Waiver>,
    fired: Vec<Fired>,
}

impl Judged {
    /// What the author wrote.
    pub fn decl(&self) -> &QueryDecl {
        &self.typed.decl
    }

    /// What PostgreSQL made of it.
    pub fn tree(&self) -> &Query {
        &self.typed.tree
    }

    /// What the function looks like.
    pub fn signature(&self) -> &Signature {
        &self.typed.signature
    }

    /// Whether it may be generated.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why it is safe, as far as it is: a reason for each rule and each thing that it does.
    pub fn derivation(&self) -> &[Derivation] {
        &self.derivation
    }

    /// The derivation in words, a line for each thing that the query does, without what is waived:
    /// `content: creator_id = :creator_id (line 6), deleted_at is null (line 6)`.
    pub fn proof_lines(&self) -> Vec<String> {
        let mut lines: Vec<((&str, &str), Vec<String>)> = Vec::new();
        for found in self.derivation.iter().filter(|found| !found.waived) {
            let thing = (found.table.as_str(), found.alias.as_str());
            // Two rules can hold for one reason.
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

/// A query that may be generated.
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
    /// The queries that may be generated.
    pub proven: Vec<Proven>,
    /// The others, whose diagnostics were reported.
    pub rejected: Vec<Judged>,
}

impl Outcome {
    /// Takes all verdicts back: what was judged by a policy of which something is missing is not proven.
    pub fn revoke(self) -> Outcome {
        let proven = self.proven.into_iter().map(|Proven(judged)| judged);
        let rejected =
            proven.chain(self.rejected).map(|judged| Judged { verdict: Verdict::Rejected, ..judged });
        Outcome { proven: Vec::new(), rejected: rejected.collect() }
    }
}

/// Judges queries. What does not hold is reported.
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

/// Judges one query, in every variant if it has several.
pub fn examine(sources: &Sources, schema: &Schema, policy: &Policy, typed: &Typed) -> Examination {
    if typed.variants.is_empty() {
        return examine_text(sources, schema, policy, &typed.decl, &typed.tree);
    }
    let of_text = |decl: &QueryDecl, tree: &Query| examine_text(sources, schema, policy, decl, tree);
    let examined = typed.variants.iter().map(|text| (text.variant, of_text(&text.decl, &text.tree)));
    let mut found: Vec<(Variant, Examination)> = examined.collect();
    if found.iter().any(|(_, examination)| !examination.diagnostics.is_empty()) {
        // What fails in one may fail in others too, and which ones do tells why.
        let further = typed.covered.iter().filter_map(|text| Some((text.variant, text.read()?)));
        found.extend(further.map(|(variant, text)| (variant, of_text(&text.decl, &text.tree))));
    }
    joined::join(&typed.decl, found)
}

/// Judges one text.
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
        // What is in reach of a scope that there is not, nobody can say.
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

/// Lays out a statement, and goes through all that it does.
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
                            None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
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

/// What is found about a query, while it is found.
struct Report<'d> {
    sources: &'d Sources,
    schema: &'d Schema,
    decl: &'d QueryDecl,
    spans: TokenSpans<'d>,
    places: BTreeMap<EntryId, usize>,
    derivations: Vec<Derivation>,
    derived: FxHashSet<Derivation>,
    diagnostics: Vec<Diagnostic>,
    /// The diagnostics in words: many parts of a query can lack the same.
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

    /// A role must be one of its scope's.
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
            None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
        };
        let message = format!("scope `{}` has no role `{}`", scope.name, role.value);
        self.diagnostics.push(Diagnostic::error("unknown-scope", role.span, message).help(help));
    }

    /// A parameter is filled from one token, and would say nothing of another one.
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

    /// Adds what a rule found.
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

    /// Adds a reason, once.
    fn derive(&mut self, derivation: Derivation) {
        if self.derived.insert(derivation.clone()) {
            self.derivations.push(derivation);
        }
    }

    /// Whether a waiver covers it.
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
                        // What it is there to waive is no second mistake.
                        self.diagnostics.retain(|found| found.rule != allow.rule.value);
                        diagnostic
                    }
                    None => Diagnostic::error("unused-allow", allow.span, "this waiver waives nothing")
                        .help("remove it: whoever reads it will think that the query needs it"),
                };
            self.diagnostics.push(diagnostic);
        }
        // A value that is not the owner's is one mistake: putting it right settles what it may refer to.
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
