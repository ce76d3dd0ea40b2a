//! `tenant-write`: new rows belong to the caller, and no row changes hands.

use super::Rule;
use crate::prove::case::{Case, Failure, Finding, Reason, Verdict};
use crate::prove::events::{RowWrite, Value};
use crate::prove::policy::ScopePolicy;

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

fn new_rows(case: &Case<'_, '_>, write: &RowWrite) -> Vec<Finding> {
    let name = case.name(write.row);
    if case.arena.policy.is_shared(write.table) {
        let failure = Failure::new(
            format!("`{name}` is shared by all, and only system scope may add to it"),
            "claim `--@ scope system: \"reason\"` for what the platform itself does",
        );
        return vec![finding(write, None, Verdict::Fails(failure))];
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
    let filled = scopes.iter().find_map(|scope| {
        let ways = scope.via.get(&write.table)?;
        ways.iter()
            .filter(|way| way.refers)
            .find(|way| way.pairs.iter().all(|(own, _)| is_filled(case, write, *own)))
    });
    vec![match filled {
        Some(way) => {
            let other = case.table(way.table).map_or("", |table| table.name.as_str());
            finding(
                write,
                None,
                Verdict::Holds(Reason { because: format!("new rows belong to a row of {other}"), at: None }),
            )
        }
        None => {
            let failure = Failure::new(
                format!("new rows of `{name}` belong to nobody: nothing in them ties them to the caller"),
                "fill the key that brings them into scope, with a value that is not NULL, or claim a scope that owns the table",
            );
            finding(write, None, Verdict::Fails(failure))
        }
    }]
}

/// Each new row gets the scope's parameter in its owner column, or a value that is proven to equal it.
fn owned(case: &Case<'_, '_>, write: &RowWrite, scope: &ScopePolicy, owner: i32) -> Finding {
    let column = case.column_name(write.row, owner);
    let param = scope.param.as_deref().unwrap_or_default();
    let help = format!("give {column} the value :{param}");
    let generated = case.arena.schema.column(write.table, owner);
    let overridden = write.overriding && generated.is_some_and(|column| column.identity);
    let values =
        write.columns.iter().find(|(number, _)| *number == owner).map(|(_, values)| values.as_slice());
    let Some(values) = values.filter(|values| !values.is_empty() && !overridden) else {
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

/// Whether every row gets a value there that is not NULL.
fn is_filled(case: &Case<'_, '_>, write: &RowWrite, column: i32) -> bool {
    let Some((_, values)) = write.columns.iter().find(|(number, _)| *number == column) else { return false };
    let not_null = case.arena.schema.column(write.table, column).is_some_and(|column| column.not_null);
    values.iter().all(|value| {
        !value.null
            && !value.default
            && (not_null || value.term.is_some_and(|term| write.context.closure.is_not_null(term)))
    })
}

/// No column changes that decides whose the row is.
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
                format!(
                    "`{}.{name}` is {what}; to change it moves rows from one owner to another",
                    case.name(write.row)
                ),
                "leave it out; moving rows needs `--@ allow tenant-write: \"reason\"`",
            );
            findings.push(finding(write, changed.at, Verdict::Fails(failure)));
        }
    }
    findings
}
