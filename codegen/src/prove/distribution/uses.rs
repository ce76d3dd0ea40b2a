//! The uses of distributed tables in a statement, each with the values that are known for the distribution column.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Distribution, Part};
use crate::prove::cascade::Cascade;
use crate::prove::case::{Case, Failure, Reason};
use crate::prove::context::Context;
use crate::prove::events::{Access, Arbiter, Occurrence, RowWrite, Value};
use crate::prove::terms::{EntryId, TermId};
use crate::schema::Table;
use crate::tree::{Location, Oid};

/// A use of a distributed table: rows that have influence or are written.
pub(super) struct TableUse {
    pub(super) entry: EntryId,
    table: Oid,
    column: i32,
    context: Rc<Context>,
    operation: Operation,
    /// The parameters and constants that the distribution column of each row is known to equal.
    pub(super) pins: BTreeSet<TermId>,
    /// Whether it is only known to equal parameters that have another value for each item of a copy or batch.
    by_item: bool,
}

enum Operation {
    /// Rows are read, locked or written.
    Access(Occurrence),
    /// A row is inserted with this value in the column.
    Insert(Value),
    /// The column of a row is set to this value, which must be the one that it has.
    Update(Value),
}

impl Distribution {
    /// All uses of distributed tables in a statement.
    pub(super) fn uses(&self, case: &Case<'_, '_>) -> Vec<TableUse> {
        let events = case.events;
        let accessed = events.occurrences.iter().filter_map(|occurrence| self.accessed(case, occurrence));
        let written = events.writes.iter().flat_map(|write| self.written(case, write));
        accessed.chain(written).collect()
    }

    fn accessed(&self, case: &Case<'_, '_>, occurrence: &Occurrence) -> Option<TableUse> {
        let column = self.column(occurrence.table)?;
        let context = Rc::clone(&occurrence.context);
        let pins = case.column(occurrence.entry, column).map(|term| pins(case, &context, term));
        let operation = Operation::Access(occurrence.clone());
        let (entry, table) = (occurrence.entry, occurrence.table);
        Some(TableUse {
            entry,
            table,
            column,
            context,
            operation,
            pins: pins.unwrap_or_default(),
            by_item: false,
        })
    }

    /// The values that a write gives to the column: one for each new row, or the one of an UPDATE.
    fn written(&self, case: &Case<'_, '_>, write: &RowWrite) -> Vec<TableUse> {
        let Some(column) = self.column(write.table) else { return Vec::new() };
        let values =
            write.columns.iter().find(|(number, _)| *number == column).map(|(_, values)| &values[..]);
        let left_out = Value { term: None, choice: Vec::new(), null: false, default: true, at: None };
        let values = match values {
            Some(values) if !values.is_empty() => values.to_vec(),
            Some(_) | None if write.insert => vec![left_out],
            Some(_) | None => Vec::new(),
        };
        let table_use = |value: Value| TableUse {
            entry: write.row,
            table: write.table,
            column,
            context: Rc::clone(&write.context),
            pins: value.term.map(|term| pins(case, &write.context, term)).unwrap_or_default(),
            by_item: false,
            operation: if write.insert { Operation::Insert(value) } else { Operation::Update(value) },
        };
        values.into_iter().map(table_use).collect()
    }

    /// The uses of ON CONFLICT whose unique index does not contain the column, so that it would have to check all shards.
    pub(super) fn conflicts<'e>(&self, case: &Case<'e, '_>) -> impl Iterator<Item = &'e Arbiter> {
        case.events.arbiters.iter().filter(|arbiter| {
            self.column(arbiter.table).is_some_and(|column| !arbiter.columns.contains(&column))
        })
    }

    /// The DELETEs and UPDATEs of tables that are not distributed which also remove or change rows of a distributed one by
    /// foreign keys: the written row, its table, and the distributed table. These rows can be on any shard.
    pub(super) fn cascades<'a>(&self, case: &Case<'_, 'a>) -> Vec<(EntryId, Oid, &'a Table)> {
        let events = case.events;
        let cascade = || Cascade::new(case.arena.schema, |table: &Table| self.column(table.oid).is_some());
        let removed = events.deletes.iter().map(|(table, row)| (*row, *table, cascade().by_delete(*table)));
        let changed = events.writes.iter().filter(|write| !write.insert).map(|write| {
            let columns = write.columns.iter().map(|(column, _)| *column).collect();
            (write.row, write.table, cascade().by_update(write.table, &columns))
        });
        let found = removed.chain(changed).filter(|(_, table, _)| self.column(*table).is_none());
        found.filter_map(|(row, table, reached)| Some((row, table, reached?))).collect()
    }

    /// The uses of tables that are not distributed.
    pub(super) fn undistributed(&self, case: &Case<'_, '_>) -> Vec<(EntryId, Oid, Access)> {
        let events = case.events;
        let accessed = events.occurrences.iter().map(|found| (found.entry, found.table, found.access));
        let made = events.writes.iter().map(|write| (write.row, write.table, Access::Write));
        accessed.chain(made).filter(|(_, table, _)| self.column(*table).is_none()).collect()
    }
}

/// The parameters and constants that a term is known to equal.
fn pins(case: &Case<'_, '_>, context: &Context, term: TermId) -> BTreeSet<TermId> {
    let terms = &case.arena.terms;
    let class = context.closure.class(term).into_iter();
    class.filter(|term| terms.is_param(*term) || terms.is_constant(*term)).collect()
}

/// A value that is known for every use for which any value is known, if there is one.
pub(super) fn common(uses: &[TableUse]) -> Option<TermId> {
    let mut all = uses.iter().map(|table_use| table_use.pins.clone()).filter(|pins| !pins.is_empty());
    let first = all.next()?;
    all.fold(first, |common, pins| &common & &pins).first().copied()
}

impl TableUse {
    /// Removes parameters that have another value for each item, since they determine no single shard.
    pub(super) fn forget(&mut self, params: &[TermId]) {
        let pinned = !self.pins.is_empty();
        self.pins.retain(|pin| !params.contains(pin));
        self.by_item = pinned && self.pins.is_empty();
    }

    /// The reason for this use, given the value that determines the statement's shard.
    pub(super) fn part(
        &self,
        case: &Case<'_, '_>,
        key: Option<TermId>,
        line: impl Fn(Location) -> usize,
    ) -> Part {
        let pinned = key.is_some_and(|key| self.pins.contains(&key));
        let pin = key.filter(|_| pinned).or(self.pins.first().copied());
        let Reason { mut because, at } = match pin {
            Some(pin) => self.reason(case, pin),
            None => self.missing(case, key),
        };
        if pin.is_some() && !pinned {
            because.push_str(", but other rows have another value");
        }
        Part {
            table: case.table(self.table).map(|table| table.display_name()).unwrap_or_default(),
            alias: case.name(self.entry).to_owned(),
            pinned,
            because,
            line: line(at),
        }
    }

    /// The reason why the column has this value.
    fn reason(&self, case: &Case<'_, '_>, pin: TermId) -> Reason {
        let column = case.column_name(self.entry, self.column);
        let value = match &self.operation {
            Operation::Access(_) => match case.column(self.entry, self.column) {
                Some(own) => return case.equality(&self.context, self.entry, own, pin),
                None => return Reason { because: column, at: None },
            },
            Operation::Insert(value) | Operation::Update(value) => value,
        };
        let because = match value.term.filter(|term| *term != pin) {
            Some(term) => {
                let through = case.equality(&self.context, self.entry, term, pin).because;
                format!("{column} is set to {}, {through}", case.term_name(term, self.entry))
            }
            None => format!("{column} is set to {}", case.term_name(pin, self.entry)),
        };
        Reason { because, at: value.at }
    }

    /// The reason why no value is known for the column, and what to change.
    fn missing(&self, case: &Case<'_, '_>, key: Option<TermId>) -> Reason {
        let column = case.column_name(self.entry, self.column);
        let wanted = match key {
            Some(key) => case.term_name(key, self.entry),
            None => format!(":{column}"),
        };
        if self.by_item {
            return Reason { because: format!("{column} differs between items"), at: None };
        }
        match &self.operation {
            Operation::Insert(value) if value.default => {
                let because = format!("{column} is left out: set it to {wanted}");
                Reason { because, at: value.at }
            }
            Operation::Insert(value) => {
                let because =
                    format!("{column} gets a value that no argument determines: set it to {wanted}");
                Reason { because, at: value.at }
            }
            Operation::Update(value) => {
                let because = format!("{column} changes, which moves the row to another shard");
                Reason { because, at: value.at }
            }
            Operation::Access(occurrence) => {
                if let Some(reason) = self.by_array(case) {
                    return reason;
                }
                let condition = format!("{}.{column} = {wanted}", case.name(self.entry));
                let failure = Failure::new("", "");
                let Failure { help, .. } = case.with_place(failure, occurrence, self.column, &condition);
                Reason { because: format!("nothing pins {column}: {help}"), at: None }
            }
        }
    }

    /// The reason if the column is known to be an element of an array.
    fn by_array(&self, case: &Case<'_, '_>) -> Option<Reason> {
        let own = case.column(self.entry, self.column)?;
        let params = 1..=case.decl.sql.params.len();
        let mut params = params.filter_map(|number| case.param(number));
        let set = params.find(|param| self.context.closure.is_member(own, *param))?;
        let Reason { because, at } = case.equality(&self.context, self.entry, own, set);
        Some(Reason { because: format!("{because}, which can span several shards"), at })
    }
}
