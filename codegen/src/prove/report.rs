//! The report on one query: the findings of the rules become derivations, waivers and diagnostics.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::case::{Case, Claims, Finding, Reason, Verdict};
use super::policy::{Policy, ScopePolicy};
use super::terms::EntryId;
use super::{Derivation, Examination, Fired, Waiver};
use crate::diagnostics::{Diagnostic, nearest};
use crate::parse::{Allow, QueryDecl, ScopeDecl, TokenName, TokenSpans};
use crate::schema::Schema;
use crate::source::{Sources, Span};

/// The result for one query while it is collected.
pub(super) struct Report<'d> {
    sources: &'d Sources,
    schema: &'d Schema,
    decl: &'d QueryDecl,
    spans: TokenSpans<'d>,
    pub(super) places: BTreeMap<EntryId, usize>,
    derivations: Vec<Derivation>,
    derived: FxHashSet<Derivation>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The diagnostics so far as text, so that each is reported once.
    told: FxHashSet<String>,
    pub(super) fired: Vec<Fired>,
    pub(super) steps: u64,
    /// The waivers, and whether each was needed.
    allows: Vec<(&'d Allow, bool)>,
}

impl<'d> Report<'d> {
    pub(super) fn new(sources: &'d Sources, schema: &'d Schema, decl: &'d QueryDecl) -> Self {
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

    /// The scopes that the query claims. Those that the policy does not have are reported.
    pub(super) fn claims<'p>(&mut self, policy: &'p Policy) -> Claims<'p> {
        match &self.decl.scope {
            None if policy.scopes.is_empty() => Claims::Free,
            None => Claims::Nothing,
            Some(ScopeDecl::System { .. }) => Claims::System,
            Some(ScopeDecl::Claimed(names)) => {
                let mut found = Vec::new();
                for name in names {
                    match policy.scope(&name.scope.value) {
                        Some(scope) => {
                            self.check_role(scope, name);
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
                                        "declare it there: `[scopes.{}]`, see docs/policy.md",
                                        name.scope.value
                                    )
                                }
                                None => format!(
                                    "it has {}; declare another one as `[scopes.{}]`, see docs/policy.md",
                                    known().collect::<Vec<_>>().join(", "),
                                    name.scope.value
                                ),
                            };
                            let message = format!("sqlward.toml has no scope `{}`", name.scope.value);
                            let diagnostic =
                                Diagnostic::error("unknown-scope", name.scope.span, message).help(help);
                            self.diagnostics.push(diagnostic);
                        }
                    }
                }
                for (position, name) in names.iter().enumerate() {
                    self.check_param(policy, name, &names[..position]);
                }
                Claims::Scopes(found)
            }
        }
    }

    /// Checks that the scope has the role that the query names.
    pub(super) fn check_role(&mut self, scope: &ScopePolicy, name: &TokenName) {
        let Some(role) = &name.role else { return };
        let known = || scope.membership.iter().flat_map(|found| &found.roles).map(|role| role.name.as_str());
        if known().any(|known| known == role.value) {
            return;
        }
        let help = match nearest(&role.value, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known().next().is_none() => {
                format!("declare it in sqlward.toml: `[scopes.{}.membership.roles]`", scope.name)
            }
            None => format!("it has {}", known().collect::<Vec<_>>().join(", ")),
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
    pub(super) fn add(&mut self, case: &Case<'_, '_>, rule: &'static str, finding: Finding) {
        let table = finding.table.and_then(|table| self.schema.table(table));
        let entry_at = finding.entry.and_then(|entry| self.places.get(&entry)).copied();
        let place = finding.at.or(entry_at);
        match finding.verdict {
            Verdict::Holds(Reason { because, at }) => {
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
            Verdict::Fails(failure) => {
                if self.waive(case, rule, finding.table, finding.entry, place) {
                    return;
                }
                let span = place.map_or(self.decl.name.span, |at| self.span(at));
                let mut diagnostic = Diagnostic::error(rule, span, failure.message).query(self.decl.path());
                let help = match &self.decl.copy {
                    Some(_) if rule == "foreign-reference" => {
                        format!(
                            "COPY does not check values: insert from `unnest` instead, and {}",
                            failure.help
                        )
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
        if case.events.incomplete && rule == super::rules::opaque::RULE.id {
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

    pub(super) fn finish(mut self) -> Examination {
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
                    None => Diagnostic::error("unused-allow", allow.span, "unused waiver")
                        .help("remove it: readers will assume that the query needs it"),
                };
            self.diagnostics.push(diagnostic);
        }
        // A wrong owner is one mistake: once the value is corrected, what it refers to is right as well.
        let of_owners = self
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.rule == super::rules::tenant_write::RULE.id);
        let unowned: Vec<Span> = of_owners.map(|diagnostic| diagnostic.span).collect();
        self.diagnostics.retain(|diagnostic| {
            diagnostic.rule != super::rules::foreign_reference::RULE.id || !unowned.contains(&diagnostic.span)
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
