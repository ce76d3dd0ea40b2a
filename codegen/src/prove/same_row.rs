//! Entries with the same row: two entries of one table with equal primary keys, as in a self-join. What is known of one holds
//! for the other.
//!
//! This needs both to be read with the same snapshot. A row that the statement writes, locks or returns can be another
//! version of the row that it reads, and a function can read with another snapshot.

use super::arena::Container;
use super::case::Case;
use super::closure::NodeId;
use super::context::Context;
use super::terms::EntryId;
use crate::tree::Oid;

impl<'a> Case<'_, 'a> {
    /// The first other entry with the same row for which `holds` is true.
    pub(super) fn same_row_with(
        &self,
        entry: EntryId,
        context: &Context,
        holds: impl Fn(EntryId) -> bool,
    ) -> Option<EntryId> {
        let mut others = self.same_row_candidates(entry, context).into_iter();
        others.find(|other| holds(*other) && self.are_same_row(entry, *other, context))
    }

    /// The entries that may have the same row. The caller checks which do.
    pub(super) fn same_row_candidates(&self, entry: EntryId, context: &Context) -> Vec<EntryId> {
        let key = self.arena.entries[entry].table.and_then(|table| self.primary_key(table));
        let first = key.and_then(|key| self.column(entry, *key.first()?));
        match (self.arena.entries[entry].table, first) {
            (Some(table), Some(first)) if self.is_read_by_snapshot(entry) => {
                self.candidates(context, first, table)
            }
            _ => Vec::new(),
        }
    }

    /// The class of an entry's primary key, if the key is one column and the class alone decides which entries have the same row.
    /// `search` remembers failures by it.
    pub(super) fn same_row_key(&self, entry: EntryId, context: &Context) -> Option<NodeId> {
        let [number] = self.primary_key(self.arena.entries[entry].table?)? else { return None };
        let own = self.column(entry, *number)?;
        let decides = context.closure.is_not_null(own) || self.arena.is_present(context, entry);
        context.closure.root(own).filter(|_| decides && self.is_read_by_snapshot(entry))
    }

    /// Whether two entries have the same row wherever the first has one.
    pub(super) fn are_same_row(&self, entry: EntryId, other: EntryId, context: &Context) -> bool {
        self.arena.count(1);
        let key = self.arena.entries[entry].table.and_then(|table| self.primary_key(table));
        let agree = |number: &i32| match (self.column(entry, *number), self.column(other, *number)) {
            (Some(own), Some(far)) => {
                context.closure.same(own, far)
                    && (context.closure.is_not_null(own) || self.arena.is_present(context, entry))
            }
            (None, _) | (_, None) => false,
        };
        entry != other && key.is_some_and(|key| key.iter().all(agree)) && self.is_read_by_snapshot(other)
    }

    /// The columns of a table's primary key. Not for a table with children, whose rows may repeat keys.
    fn primary_key(&self, table: Oid) -> Option<&'a [i32]> {
        let table = self.table(table).filter(|table| !table.has_children)?;
        let mut keys = table.unique.iter().filter(|key| key.primary && key.holds && key.predicate.is_none());
        Some(&keys.next()?.columns)
    }

    /// Whether an entry's rows are read with the statement's snapshot, and are neither written, locked nor returned.
    fn is_read_by_snapshot(&self, entry: EntryId) -> bool {
        let mut at = Some(entry);
        let mut level = self.arena.entries[entry].level;
        loop {
            let found = &self.arena.levels[level];
            let is_target = at.is_some_and(|at| {
                let index = self.arena.entries[at].index;
                index == 0 || found.query.result_relation == Some(index)
            });
            if is_target || found.sees_own_writes || !found.query.row_marks.is_empty() {
                return false;
            }
            (at, level) = match found.container {
                Container::Nothing => return true,
                Container::Entry(around) => (Some(around), self.arena.entries[around].level),
                Container::Expression(around) => (None, around),
            };
        }
    }
}
