//! `physical-delete`: rows that are history are never removed.

use std::collections::BTreeSet;

use super::Rule;
use crate::prove::case::{Case, Failure, Finding, Verdict};
use crate::prove::policy::Policy;
use crate::prove::terms::EntryId;
use crate::schema::{ForeignKey, Schema, Table};
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
        let mut reach = Reach { schema: case.arena.schema, policy: case.arena.policy, met: BTreeSet::new() };
        if let Some(reached) = reach.by_update(write.table, &columns) {
            let failure = Failure::new(
                format!(
                    "this changes a key of `{}`, and foreign keys pass the change on to `{}`, whose rows are history",
                    case.name(write.row),
                    reached.name
                ),
                "keys of rows do not change; leave the column out",
            );
            findings.push(finding(write.table, write.row, failure));
        }
    }
    findings
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
            format!("rows of `{name}` are deleted by marking them, not by removing them"),
            format!("`update {} set {} = now() where ...`", table.display_name(), column.name),
        );
        return Some(finding(oid, entry, failure));
    }
    if case.arena.policy.keeps(table) {
        let failure = Failure::new(
            format!("rows of `{name}` are history, by `never_delete` in sqlward.toml"),
            "end them by their state instead",
        );
        return Some(finding(oid, entry, failure));
    }
    let mut reach = Reach { schema: case.arena.schema, policy: case.arena.policy, met: BTreeSet::new() };
    let reached = reach.by_delete(oid)?;
    let failure = Failure::new(
        format!(
            "removing rows of `{name}` also removes or changes rows of `{}`, by foreign keys",
            reached.name
        ),
        format!(
            "rows of `{}` are to stay: delete by marking, or change the ON DELETE of the key",
            reached.name
        ),
    );
    Some(finding(oid, entry, failure))
}

/// How far a change goes through foreign keys.
struct Reach<'r> {
    schema: &'r Schema,
    policy: &'r Policy,
    met: BTreeSet<(Oid, bool, Vec<i32>)>,
}

impl<'r> Reach<'r> {
    /// A table whose rows stay, and which loses or changes some when rows of this one are removed.
    fn by_delete(&mut self, table: Oid) -> Option<&'r Table> {
        if !self.met.insert((table, true, Vec::new())) {
            return None;
        }
        for (owner, key) in self.keys_to(table) {
            let found = match key.on_delete {
                'c' | 'n' | 'd' if self.policy.keeps(owner) => Some(owner),
                'c' => self.by_delete(owner.oid),
                'n' | 'd' => self.by_update(owner.oid, &key.columns.iter().copied().collect()),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// The same for a change of columns.
    fn by_update(&mut self, table: Oid, columns: &BTreeSet<i32>) -> Option<&'r Table> {
        if !self.met.insert((table, false, columns.iter().copied().collect())) {
            return None;
        }
        for (owner, key) in self.keys_to(table) {
            let passes = matches!(key.on_update, 'c' | 'n' | 'd');
            // The columns of a partition have numbers of their own.
            let changes = key.foreign_table != table
                || key.foreign_columns.iter().any(|column| columns.contains(column));
            if !passes || !changes {
                continue;
            }
            if self.policy.keeps(owner) {
                return Some(owner);
            }
            if let Some(found) = self.by_update(owner.oid, &key.columns.iter().copied().collect()) {
                return Some(found);
            }
        }
        None
    }

    /// The keys that refer to a table, or to partitions of it.
    fn keys_to(&self, table: Oid) -> Vec<(&'r Table, &'r ForeignKey)> {
        let keys = |owner: &'r Table| owner.foreign_keys.iter().map(move |key| (owner, key));
        let refers = |key: &ForeignKey| {
            self.schema.table(key.foreign_table).is_some_and(|found| self.schema.is_part_of(found, table))
        };
        self.schema.tables.values().flat_map(keys).filter(|(_, key)| refers(key)).collect()
    }
}
