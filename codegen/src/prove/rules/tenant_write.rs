//! `tenant-write`: new rows are in the scope that the query claims, and no row changes its owner.

use std::collections::BTreeSet;

use super::Rule;
use super::tenant_scope::claimable;
use crate::prove::case::{Case, Claims, Failure, Finding, Reason, Verdict};
use crate::prove::events::{RowWrite, Value};
use crate::prove::policy::{ScopePolicy, Via};
use crate::prove::terms::EntryId;

pub(in crate::prove) const RULE: Rule =
    Rule { id: "tenant-write", page: include_str!("tenant_write.md"), judge };

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    if case.is_unscoped() {
        return Vec::new();
    }
    let events = case.events;
    let mut findings = Vec::new();
    for write in &events.writes {
        if write.insert {
            findings.extend(new_rows(case, write));
        } else {
            findings.extend(changed_rows(case, write));
        }
    }
    findings
}

fn finding(write: &RowWrite, at: Option<usize>, verdict: Verdict) -> Finding {
    Finding { verdict, entry: Some(write.row), at, table: Some(write.table) }
}

fn new_rows(case: &mut Case<'_, '_>, write: &RowWrite) -> Vec<Finding> {
    let name = case.name(write.row).to_owned();
    if case.arena.policy.is_shared(write.table) {
        let failure = Failure::new(
            format!("`{name}` is shared, and only system scope may insert into it"),
            "claim `--@ scope system: \"reason\"` if the platform itself does this",
        );
        return vec![finding(write, None, Verdict::Fails(failure))];
    }
    if matches!(case.claims, Claims::Nothing) {
        let message = format!("this query claims no scope, so it cannot insert into `{name}`");
        return vec![finding(write, None, Verdict::Fails(Failure::new(message, claimable(case))))];
    }
    let scopes = case.scopes();
    let owning: Vec<_> = scopes
        .iter()
        .filter_map(|scope| Some((*scope, *scope.owners.get(&write.table)?)))
        .map(|(scope, owner)| owned(case, write, scope, owner))
        .collect();
    if !owning.is_empty() {
        return owning;
    }
    let filled: Vec<&Via> = scopes
        .iter()
        .filter_map(|scope| scope.via.get(&write.table))
        .flatten()
        .filter(|via| via.refers && via.pairs.iter().all(|(own, _)| is_filled(case, write, *own)))
        .collect();
    let other = |case: &Case<'_, '_>, via: &Via| {
        case.table(via.table).map_or_else(String::new, |table| table.name.clone())
    };
    if let Some(via) = filled.iter().find(|via| meets_guard(case, write, via)) {
        let because = format!("new rows belong to a row of {}", other(case, via));
        return vec![finding(write, None, Verdict::Holds(Reason { because, at: None }))];
    }
    let failure = match filled.first() {
        Some(via) => {
            let (other, guard) = (other(case, via), via.guard.as_ref().map_or("", |guard| &guard.text));
            Failure::new(
                format!(
                    "new rows of `{name}` belong to a row of `{other}`, but nothing guarantees that it \
                     meets {guard}"
                ),
                format!(
                    "take the key from a row of `{other}` with that condition: `insert ... select ... from {other} where {guard} and ...`"
                ),
            )
        }
        None if scopes.iter().all(|scope| !scope.via.contains_key(&write.table)) => {
            let claimed: Vec<_> = scopes.iter().map(|scope| format!("`{}`", scope.name)).collect();
            Failure::new(
                format!("`{name}` is not accessible in scope {}", claimed.join(", ")),
                "claim a scope that owns it, or declare it in sqlward.toml as owned or via another table",
            )
        }
        None => Failure::new(
            format!("new rows of `{name}` have no owner: nothing ties them to the caller"),
            "set the foreign key that puts them in scope to a value that is not NULL",
        ),
    };
    vec![finding(write, None, Verdict::Fails(failure))]
}

/// Whether the row that each new row refers to by a `via` key meets the guard of that key.
fn meets_guard<'a>(case: &mut Case<'_, 'a>, write: &RowWrite, via: &'a Via) -> bool {
    let Some(guard) = &via.guard else { return true };
    let columns: Option<Vec<&Vec<Value>>> = via
        .pairs
        .iter()
        .map(|(own, _)| write.columns.iter().find(|(column, _)| column == own).map(|(_, values)| values))
        .collect();
    let Some(columns) = columns else { return false };
    let rows = columns.iter().map(|values| values.len()).max().unwrap_or(0);
    (0..rows).all(|row| {
        let terms = columns.iter().map(|values| values.get(row).or(values.first())?.term);
        let Some(terms) = terms.collect::<Option<Vec<_>>>() else { return false };
        let closure = &write.context.closure;
        let entries: BTreeSet<EntryId> =
            closure.class(terms[0]).into_iter().filter_map(|term| case.arena.terms.entry(term)).collect();
        entries.into_iter().any(|entry| {
            case.arena.entries[entry].table == Some(via.table)
                && via.pairs.iter().zip(&terms).all(|((_, far), term)| {
                    case.column(entry, *far).is_some_and(|found| closure.same(found, *term))
                })
                && case.follows(guard, entry, &write.context)
        })
    })
}

/// The finding for the owner column: each new row must get the scope's parameter there, or a value that is known to equal it.
fn owned(case: &Case<'_, '_>, write: &RowWrite, scope: &ScopePolicy, owner: i32) -> Finding {
    let column = case.column_name(write.row, owner);
    let param = scope.param.as_deref().unwrap_or_default();
    let help = format!("set {column} to :{param}");
    let values =
        write.columns.iter().find(|(number, _)| *number == owner).map(|(_, values)| values.as_slice());
    let Some(values) = values.filter(|values| !values.is_empty()) else {
        let message = format!("new rows of `{}` leave out the owner column {column}", case.name(write.row));
        return finding(write, None, Verdict::Fails(Failure::new(message, help)));
    };
    let is_own =
        |value: &&Value| value.term.is_some_and(|term| case.is_own(&write.context.closure, scope, term));
    match values.iter().find(|value| !is_own(value)) {
        Some(foreign) => {
            let message = format!("the owner column {column} gets a value that is not proven to be :{param}");
            finding(write, foreign.at, Verdict::Fails(Failure::new(message, help)))
        }
        None => {
            let first = &values[0];
            let because = match (first.term, case.scope_param(scope)) {
                (Some(term), Some(param)) if term != param => {
                    let reason = case.equality(&write.context, write.row, term, param);
                    format!("{column} is set to {}, {}", case.term_name(term, write.row), reason.because)
                }
                _ => format!("{column} is set to :{param}"),
            };
            finding(write, None, Verdict::Holds(Reason { because, at: first.at }))
        }
    }
}

/// Whether every row gets a value that is not NULL in this column.
fn is_filled(case: &Case<'_, '_>, write: &RowWrite, column: i32) -> bool {
    let Some((_, values)) = write.columns.iter().find(|(number, _)| *number == column) else { return false };
    let not_null = case.arena.schema.column(write.table, column).is_some_and(|column| column.not_null);
    values.iter().all(|value| {
        !value.null
            && !value.default
            && (not_null || value.term.is_some_and(|term| write.context.closure.is_not_null(term)))
    })
}

/// The findings for an UPDATE: no column may change that decides in which scope the row is.
fn changed_rows(case: &Case<'_, '_>, write: &RowWrite) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut told = std::collections::BTreeSet::new();
    for (column, what) in case.arena.policy.anchors(write.table) {
        let Some((_, values)) = write.columns.iter().find(|(number, _)| *number == column) else { continue };
        let old = case.column(write.row, column);
        let stays = |value: &&Value| match (value.term, old) {
            (Some(new), Some(old)) => write.context.closure.same(new, old),
            _ => false,
        };
        if let Some(changed) = values.iter().find(|value| !stays(value))
            && told.insert(column)
        {
            let name = case.column_name(write.row, column);
            let failure = Failure::new(
                format!("`{}.{name}` is {what}; changing it moves rows between owners", case.name(write.row)),
                "leave it out; moving rows needs `--@ allow tenant-write: \"reason\"`",
            );
            findings.push(finding(write, changed.at, Verdict::Fails(failure)));
        }
    }
    findings
}
