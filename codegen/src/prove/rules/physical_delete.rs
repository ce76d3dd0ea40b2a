//! `physical-delete`: rows that must be kept are never removed, neither directly nor through foreign keys.

use std::collections::BTreeSet;

use super::Rule;
use crate::prove::cascade::Cascade;
use crate::prove::case::{Case, Failure, Finding, Verdict};
use crate::prove::liveness::deleted_value;
use crate::prove::terms::EntryId;
use crate::schema::Table;
use crate::tree::Oid;

pub(in crate::prove) const RULE: Rule =
    Rule { id: "physical-delete", page: include_str!("physical_delete.md"), judge };

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (table, entry) in &case.events.deletes {
        findings.extend(deleted(case, *table, *entry));
    }
    for write in case.events.writes.iter().filter(|write| !write.insert) {
        let columns: BTreeSet<i32> = write.columns.iter().map(|(column, _)| *column).collect();
        if let Some(reached) = cascade(case).by_update(write.table, &columns) {
            let failure = Failure::new(
                format!(
                    "this changes a key of `{}`, which cascades to `{}`, whose rows must be kept",
                    case.name(write.row),
                    reached.name
                ),
                "leave the key column out",
            );
            findings.push(finding(write.table, write.row, failure));
        }
    }
    findings
}

/// The search for tables whose rows must be kept.
fn cascade<'r>(case: &Case<'_, 'r>) -> Cascade<'r, impl Fn(&Table) -> bool> {
    let policy = case.arena.policy;
    Cascade::new(case.arena.schema, move |table| policy.keeps(table))
}

fn finding(table: Oid, entry: EntryId, failure: Failure) -> Finding {
    Finding { verdict: Verdict::Fails(failure), entry: Some(entry), at: None, table: Some(table) }
}

fn deleted(case: &Case<'_, '_>, oid: Oid, entry: EntryId) -> Option<Finding> {
    let table = case.table(oid)?;
    let name = case.name(entry);
    if let Some(column) = case.arena.policy.soft_delete_column(table).and_then(|number| table.column(number))
    {
        let failure = Failure::new(
            format!("rows of `{name}` are soft-deleted, not removed"),
            format!(
                "`update {} set {} = {} where ...`",
                table.display_name(),
                column.name,
                deleted_value(case.arena.schema, column)
            ),
        );
        return Some(finding(oid, entry, failure));
    }
    if case.arena.policy.keeps(table) {
        let failure = Failure::new(
            format!("rows of `{name}` must be kept, by `never_delete` in sqlward.toml"),
            format!(
                "change their state instead; if they must be removed, waive it: `--@ allow \
                 physical-delete {}: \"reason\"`",
                table.display_name()
            ),
        );
        return Some(finding(oid, entry, failure));
    }
    let reached = cascade(case).by_delete(oid)?;
    let failure = Failure::new(
        format!(
            "removing rows of `{name}` also removes or changes rows of `{}`, by foreign keys",
            reached.name
        ),
        format!(
            "rows of `{}` must be kept: soft-delete instead, or change ON DELETE of the foreign key",
            reached.name
        ),
    );
    Some(finding(oid, entry, failure))
}
