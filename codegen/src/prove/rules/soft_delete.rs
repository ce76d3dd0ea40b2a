//! `soft-delete`: rows that are marked as deleted have no influence, and stay deleted.

use super::Rule;
use crate::prove::case::{Case, Failure, Finding, Reason, Verdict};
use crate::prove::events::{Occurrence, RowWrite};

pub(in crate::prove) const RULE: Rule =
    Rule { id: "soft-delete", page: include_str!("soft_delete.md"), judge };

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    let events = case.events;
    let mut findings = Vec::new();
    for occurrence in &events.occurrences {
        findings.extend(alive(case, occurrence));
    }
    for write in events.writes.iter().filter(|write| !write.insert) {
        findings.extend(stays_deleted(case, write));
    }
    findings
}

fn alive(case: &Case<'_, '_>, occurrence: &Occurrence) -> Option<Finding> {
    let table = case.table(occurrence.table)?;
    let soft = case.arena.policy.soft_delete_column(table)?;
    let column = &table.column(soft)?.name;
    let term = case.column(occurrence.entry, soft);
    let verdict = match term.filter(|term| occurrence.context.closure.is_null(*term)) {
        Some(term) => Verdict::Holds(Reason {
            because: format!("{column} is null"),
            at: case.place_of(occurrence, term),
        }),
        None => match alive_elsewhere(case, occurrence, soft, column) {
            Some(reason) => Verdict::Holds(reason),
            None => Verdict::Fails(lack(case, occurrence, soft, column)),
        },
    };
    Some(Finding { verdict, entry: Some(occurrence.entry), at: None, table: Some(occurrence.table) })
}

/// The reason why a row is not deleted, by what is known of a twin.
fn alive_elsewhere(
    case: &Case<'_, '_>,
    occurrence: &Occurrence,
    number: i32,
    column: &str,
) -> Option<Reason> {
    let closure = &occurrence.context.closure;
    let term = |entry| case.column(entry, number).filter(|term| closure.is_null(*term));
    let twin = case.twin_with(occurrence.entry, &occurrence.context, |entry| term(entry).is_some())?;
    let because = format!("the same row as {}: {column} is null", case.name(twin));
    Some(Reason { because, at: case.place_of(occurrence, term(twin)?) })
}

fn lack(case: &Case<'_, '_>, occurrence: &Occurrence, number: i32, column: &str) -> Failure {
    let name = case.name(occurrence.entry);
    let message = format!(
        "deleted rows of `{name}` have influence here: nothing makes sure that {name}.{column} is null"
    );
    let condition = format!("{name}.{column} is null");
    let failure = case.with_place(Failure::new(message, ""), occurrence, number, &condition);
    case.nearly(failure, occurrence, number, None, &condition)
}

/// An UPDATE must not set the column to NULL or to its default.
fn stays_deleted(case: &Case<'_, '_>, write: &RowWrite) -> Option<Finding> {
    let table = case.table(write.table)?;
    let soft = case.arena.policy.soft_delete_column(table)?;
    let (_, values) = write.columns.iter().find(|(column, _)| *column == soft)?;
    let revives = values.iter().find(|value| value.null || value.default)?;
    let column = &table.column(soft)?.name;
    let failure = Failure::new(
        format!("this brings deleted rows of `{}` back: {column} is set to NULL", case.name(write.row)),
        "set it to a value, or, if restoring is what this query is for, say so: `--@ allow soft-delete: \"reason\"`",
    );
    Some(Finding {
        verdict: Verdict::Fails(failure),
        entry: Some(write.row),
        at: revives.at,
        table: Some(write.table),
    })
}
