//! `soft-delete`: rows that are marked as deleted have no influence, and stay deleted.

use super::Rule;
use crate::prove::case::{Case, Failure, Finding, Reason, Verdict};
use crate::prove::events::{Occurrence, RowWrite};
use crate::prove::liveness;
use crate::prove::truth::is_boolean;
use crate::schema::Column;

pub(in crate::prove) const RULE: Rule =
    Rule { id: "soft-delete", page: include_str!("soft_delete.md"), judge };

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    let events = case.events;
    let mut findings = Vec::new();
    for occurrence in &events.occurrences {
        findings.extend(judge_live(case, occurrence));
    }
    for write in events.writes.iter().filter(|write| !write.insert) {
        findings.extend(stays_deleted(case, write));
    }
    findings
}

fn judge_live(case: &Case<'_, '_>, occurrence: &Occurrence) -> Option<Finding> {
    let table = case.table(occurrence.table)?;
    let column = table.column(case.arena.policy.soft_delete_column(table)?)?;
    let verdict = match case.live_mark(occurrence.entry, column, &occurrence.context) {
        Some(mark) => Verdict::Holds(Reason {
            because: liveness::live_condition(case.arena.schema, "", column),
            at: case.place_of(occurrence, mark),
        }),
        None => match live_by_same_row(case, occurrence, column) {
            Some(reason) => Verdict::Holds(reason),
            None => Verdict::Fails(missing(case, occurrence, column)),
        },
    };
    Some(Finding { verdict, entry: Some(occurrence.entry), at: None, table: Some(occurrence.table) })
}

/// The reason why a row is not deleted, from another entry with the same row.
fn live_by_same_row(case: &Case<'_, '_>, occurrence: &Occurrence, column: &Column) -> Option<Reason> {
    let context = &occurrence.context;
    let mark = |entry| case.live_mark(entry, column, context);
    let other = case.same_row_with(occurrence.entry, context, |entry| mark(entry).is_some())?;
    let condition = liveness::live_condition(case.arena.schema, "", column);
    let because = format!("the same row as {}: {condition}", case.name(other));
    Some(Reason { because, at: case.place_of(occurrence, mark(other)?) })
}

fn missing(case: &Case<'_, '_>, occurrence: &Occurrence, column: &Column) -> Failure {
    let name = case.name(occurrence.entry);
    let condition = liveness::live_condition(case.arena.schema, &format!("{name}."), column);
    let message =
        format!("soft-deleted rows of `{name}` are not excluded: nothing guarantees that {condition}");
    let failure = case.with_place(Failure::new(message, ""), occurrence, column.number, &condition);
    case.with_near_misses(failure, occurrence, column.number, None, &condition)
}

/// An UPDATE must not set the column to NULL or to its default, or a boolean to anything but true.
fn stays_deleted(case: &Case<'_, '_>, write: &RowWrite) -> Option<Finding> {
    let table = case.table(write.table)?;
    let column = table.column(case.arena.policy.soft_delete_column(table)?)?;
    let (_, values) = write.columns.iter().find(|(number, _)| *number == column.number)?;
    let is_boolean = is_boolean(case.arena.schema, column.type_oid);
    let revives = values.iter().find(|value| match is_boolean {
        true => !case.is_true(value.term),
        false => value.null || value.default,
    })?;
    let (to, value) = if is_boolean { ("a value other than true", "true") } else { ("NULL", "a value") };
    let failure = Failure::new(
        format!(
            "this restores soft-deleted rows of `{}`: {} is set to {to}",
            case.name(write.row),
            column.name
        ),
        format!(
            "set it to {value}, or, if the query is meant to restore rows, waive it: `--@ allow \
             soft-delete: \"reason\"`"
        ),
    );
    Some(Finding {
        verdict: Verdict::Fails(failure),
        entry: Some(write.row),
        at: revives.at,
        table: Some(write.table),
    })
}
