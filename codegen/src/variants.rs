//! Merges the findings about a query's variants into findings about the query.

use crate::diagnostics::Diagnostic;
use crate::parse::{QueryDecl, Variant};
use crate::prove;
use crate::source::Span;

/// Reports each finding once. If only some variants have it, the message says which marks make the difference.
pub(crate) fn merge(decl: &QueryDecl, found: Vec<(Variant, Vec<Diagnostic>)>) -> Vec<Diagnostic> {
    let variants: Vec<Variant> = found.iter().map(|(variant, _)| *variant).collect();
    let mut merged: Vec<(Diagnostic, Vec<Variant>)> = Vec::new();
    for (variant, diagnostics) in found {
        for diagnostic in diagnostics {
            let same = |(known, _): &&mut (Diagnostic, Vec<Variant>)| {
                (known.rule, known.span, &known.message)
                    == (diagnostic.rule, diagnostic.span, &diagnostic.message)
            };
            match merged.iter_mut().find(same) {
                Some((_, having)) => having.push(variant),
                None => merged.push((diagnostic, vec![variant])),
            }
        }
    }
    let blamed = merged.into_iter().map(|(diagnostic, having)| blame(decl, diagnostic, &variants, &having));
    blamed.collect()
}

/// Adds to a finding what all variants that have it share, and no other variant does.
fn blame(decl: &QueryDecl, mut found: Diagnostic, all: &[Variant], having: &[Variant]) -> Diagnostic {
    let is_free = |variant: &Variant| all.contains(variant) && !having.contains(variant);
    let bits = |given: u32| (0..decl.marks.conditions.len()).filter(move |bit| given & (1 << bit) != 0);
    let most = having.iter().max_by_key(|variant| variant.given.count_ones());
    let least = having.iter().min_by_key(|variant| variant.given.count_ones());
    let (Some(most), Some(least)) = (most, least) else { return found };
    let missing: Vec<usize> =
        bits(!most.given).filter(|bit| is_free(&Variant { given: most.given | 1 << bit, ..*most })).collect();
    let present: Vec<usize> = bits(least.given)
        .filter(|bit| is_free(&Variant { given: least.given & !(1 << bit), ..*least }))
        .collect();
    let (conditions, without) = if missing.is_empty() { (present, false) } else { (missing, true) };
    for condition in &conditions {
        let note = if without { "this line is left out" } else { "this line is sent" };
        found.notes.push((decl.marks.conditions[*condition].span, note.to_owned()));
    }
    let names: Vec<String> = conditions.iter().map(|condition| names_of(decl, *condition)).collect();
    // All marks are needed: with one more or one less there is a variant without the finding.
    match (names.as_slice(), without) {
        ([], _) => {}
        ([only], false) => found.message.push_str(&format!(", when {only} is given")),
        ([only], true) => found.message.push_str(&format!(", when {only} is not given")),
        (several, false) => found.message.push_str(&format!(", when {} are given", several.join(" and "))),
        (several, true) => {
            found.message.push_str(&format!(", when neither {} is given", several.join(" nor ")));
        }
    }
    if !without && found.rule == "syntax" && found.message.starts_with("multiple assignments") {
        let help = "use one unmarked line: `column = case when :flag then :value else column end`";
        found.help = Some(help.to_owned());
    }
    if without && found.rule == "syntax" && found.help.is_none() {
        let help = "mark only lines that can be left out: put an unmarked condition first, `where true`";
        found.help = Some(help.to_owned());
    }
    if without && !conditions.is_empty() && prove::RULES.contains(&found.rule) {
        found.help = Some("every variant needs it: remove the mark from that line".to_owned());
    }
    if conditions.is_empty() && !most.total && having.iter().all(|variant| variant.sort == most.sort) {
        found.notes.extend(sort_note(decl, most.sort, all));
    }
    found
}

/// ``` `status` ```, ``` `from` and `to` ```
fn names_of(decl: &QueryDecl, condition: usize) -> String {
    let names = decl.marks.conditions[condition].names.iter().map(|name| &decl.marks.names[*name].name.value);
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

fn sort_note(decl: &QueryDecl, sort: usize, all: &[Variant]) -> Option<(Span, String)> {
    let differs = all.iter().any(|variant| variant.sort != sort);
    let sort = decl.marks.sorts.get(sort).filter(|_| differs)?;
    Some((sort.span, "in this sort".to_owned()))
}

/// In which variants something holds, in words, if not in all: `when `status` is given`.
pub(crate) fn when(decl: &QueryDecl, all: usize, having: &[Variant]) -> Option<String> {
    if having.len() == all {
        return None;
    }
    let common = having.iter().fold(u32::MAX, |common, variant| common & variant.given);
    let names: Vec<String> = (0..decl.marks.conditions.len())
        .filter(|bit| common & (1 << bit) != 0)
        .map(|condition| names_of(decl, condition))
        .collect();
    Some(match names.is_empty() {
        true => "in some of the variants".to_owned(),
        false => format!("when {} is given", names.join(" and ")),
    })
}
