//! How far a change goes through foreign keys.

use std::collections::BTreeSet;

use crate::schema::{ForeignKey, Schema, Table};
use crate::tree::Oid;

/// The search for a table that is meant, among those whose rows foreign keys remove or change.
pub(super) struct Reach<'r, F> {
    schema: &'r Schema,
    is_meant: F,
    met: BTreeSet<(Oid, bool, Vec<i32>)>,
}

impl<'r, F: Fn(&Table) -> bool> Reach<'r, F> {
    pub(super) fn new(schema: &'r Schema, is_meant: F) -> Self {
        Reach { schema, is_meant, met: BTreeSet::new() }
    }

    /// A table that is meant and loses or changes rows when rows of this one are removed.
    pub(super) fn by_delete(&mut self, table: Oid) -> Option<&'r Table> {
        if !self.met.insert((table, true, Vec::new())) {
            return None;
        }
        for (owner, key) in self.keys_to(table) {
            let found = match key.on_delete {
                'c' | 'n' | 'd' if (self.is_meant)(owner) => Some(owner),
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
    pub(super) fn by_update(&mut self, table: Oid, columns: &BTreeSet<i32>) -> Option<&'r Table> {
        if !self.met.insert((table, false, columns.iter().copied().collect())) {
            return None;
        }
        // Before version 15 a row that goes to another partition is removed from its own, for those who refer to it too.
        let moves = self.schema.partitions(table).next().is_some();
        for (owner, key) in self.keys_to(table) {
            let removes = moves && matches!(key.on_delete, 'c' | 'n' | 'd');
            let passes = removes || matches!(key.on_update, 'c' | 'n' | 'd');
            // The columns of a partition have numbers of their own.
            let changes = key.foreign_table != table
                || key.foreign_columns.iter().any(|column| columns.contains(column));
            if !passes || !changes {
                continue;
            }
            if (self.is_meant)(owner) {
                return Some(owner);
            }
            let removed = if removes && key.on_delete == 'c' { self.by_delete(owner.oid) } else { None };
            let changed = || self.by_update(owner.oid, &key.columns.iter().copied().collect());
            if let Some(found) = removed.or_else(changed) {
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
