//! Which tables a DELETE or UPDATE also changes through ON DELETE and ON UPDATE of foreign keys.

use std::collections::BTreeSet;

use crate::schema::{ForeignKey, Schema, Table};
use crate::tree::Oid;

/// The search for a table of interest among those whose rows are removed or changed through foreign keys. `is_protected` says
/// which tables are of interest.
pub(super) struct Cascade<'r, F> {
    schema: &'r Schema,
    is_protected: F,
    visited: BTreeSet<(Oid, bool, Vec<i32>)>,
}

impl<'r, F: Fn(&Table) -> bool> Cascade<'r, F> {
    pub(super) fn new(schema: &'r Schema, is_protected: F) -> Self {
        Cascade { schema, is_protected, visited: BTreeSet::new() }
    }

    /// A table of interest whose rows are removed or changed when rows of `table` are removed.
    pub(super) fn by_delete(&mut self, table: Oid) -> Option<&'r Table> {
        if !self.visited.insert((table, true, Vec::new())) {
            return None;
        }
        for (owner, key) in self.keys_to(table) {
            let found = match key.on_delete {
                'c' | 'n' | 'd' if (self.is_protected)(owner) => Some(owner),
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

    /// A table of interest whose rows are removed or changed when these columns of `table` change.
    pub(super) fn by_update(&mut self, table: Oid, columns: &BTreeSet<i32>) -> Option<&'r Table> {
        if !self.visited.insert((table, false, columns.iter().copied().collect())) {
            return None;
        }
        // Before version 15 an UPDATE that moves a row to another partition also fires ON DELETE for rows that refer to it.
        let moves = self.schema.partitions(table).next().is_some();
        for (owner, key) in self.keys_to(table) {
            let removes = moves && matches!(key.on_delete, 'c' | 'n' | 'd');
            let passes = removes || matches!(key.on_update, 'c' | 'n' | 'd');
            // Column numbers of a partition are not those of the partitioned table, so any column may be the changed one.
            let changes = key.foreign_table != table
                || key.foreign_columns.iter().any(|column| columns.contains(column));
            if !passes || !changes {
                continue;
            }
            if (self.is_protected)(owner) {
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

    /// The foreign keys that refer to a table or to one of its partitions, each with its own table.
    fn keys_to(&self, table: Oid) -> Vec<(&'r Table, &'r ForeignKey)> {
        let keys = |owner: &'r Table| owner.foreign_keys.iter().map(move |key| (owner, key));
        let refers = |key: &ForeignKey| {
            self.schema.table(key.foreign_table).is_some_and(|found| self.schema.is_part_of(found, table))
        };
        self.schema.tables.values().flat_map(keys).filter(|(_, key)| refers(key)).collect()
    }
}
