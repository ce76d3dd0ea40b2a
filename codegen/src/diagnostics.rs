//! What is wrong with the input: one type for all stages, collected, never printed here.
//!
//! Wrong SQL is data. A stage takes `diagnostics: &mut Diagnostics` first, reports what it finds and goes on,
//! so that one run tells every mistake. A broken environment (no server, an unwritable folder) is an `Err`
//! instead, see [`crate::Error`].

use std::collections::BTreeSet;

use crate::source::Span;

/// The severity of a finding. Only errors make a run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The query does not compile.
    Error,
    /// It compiles, but is probably not what was meant.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The id of the rule that was broken: `syntax`, `unknown-column`, `tenant-scope`, ...
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence without a final full stop.
    pub message: String,
    /// The text to underline.
    pub span: Span,
    /// Further places that explain it, each with a few words.
    pub notes: Vec<(Span, String)>,
    /// What to do about it.
    pub help: Option<String>,
    /// The query it is about, as `module::name`.
    pub query: Option<String>,
}

impl Diagnostic {
    /// An error of that rule at that place.
    pub fn error(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            rule,
            severity: Severity::Error,
            message: message.into(),
            span,
            notes: Vec::new(),
            help: None,
            query: None,
        }
    }

    /// A warning of that rule at that place.
    pub fn warning(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Diagnostic { severity: Severity::Warning, ..Self::error(rule, span, message) }
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at a further place.
    pub fn note(mut self, span: Span, note: impl Into<String>) -> Self {
        self.notes.push((span, note.into()));
        self
    }

    /// Names the query, `module::name`.
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// Whether another finding says the same about the same place, in whichever query.
    fn says_what(&self, other: &Diagnostic) -> bool {
        let words = |found: &Diagnostic| (found.rule, found.severity, found.span);
        words(self) == words(other)
            && (&self.message, &self.notes, &self.help) == (&other.message, &other.notes, &other.help)
    }
}

/// The findings of a run.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Adds the findings of other work on the same input.
    pub fn extend(&mut self, others: Diagnostics) {
        self.found.extend(others.found);
    }

    /// Whether anything found is an error.
    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether an error of that rule was found.
    pub fn has_errors_of(&self, rule: &str) -> bool {
        self.found.iter().any(|found| found.severity == Severity::Error && found.rule == rule)
    }

    /// The queries with errors, as `module::name`.
    pub fn queries_with_errors(&self) -> BTreeSet<String> {
        let errors = self.found.iter().filter(|found| found.severity == Severity::Error);
        errors.filter_map(|found| found.query.clone()).collect()
    }

    /// Those that meet a condition.
    pub fn only(mut self, condition: impl Fn(&Diagnostic) -> bool) -> Self {
        self.found.retain(condition);
        self
    }

    /// The findings in the order of the text they point at, without duplicates.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| {
            (a.span, a.severity, a.rule, &a.message).cmp(&(b.span, b.severity, b.rule, &b.message))
        });
        // A mistake above a file's first query is found once for each query.
        self.found.dedup_by(|later, first| later.says_what(first));
        self.found
    }
}

/// The candidate nearest to a word that was not found, for "did you mean" help; `None` if none is near.
///
/// Among equally near candidates it prefers one with the same first letter, which is rarely mistyped.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let first = lower.chars().next();
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let known = candidate.to_lowercase();
            let distance = strsim::damerau_levenshtein(&lower, &known);
            let allowed = (lower.chars().count().max(known.chars().count()) / 3).max(1);
            (distance <= allowed).then_some((distance, known.chars().next() != first, candidate))
        })
        .min()
        .map(|(_, _, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_finds_typos_and_leaves_strangers_alone() {
        assert_eq!(nearest("delted_at", ["created_at", "deleted_at"]), Some("deleted_at"));
        assert_eq!(nearest("scpoe", ["allow", "scope"]), Some("scope"));
        assert_eq!(nearest("uid", ["cid", "uuid"]), Some("uuid"));
        assert_eq!(nearest("zebra", ["title", "slug"]), None);
    }
}
