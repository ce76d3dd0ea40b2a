//! The uses of distributed tables in a statement, each with the values that are known for the distribution column.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Distribution, Part};
use crate::prove::case::{Case, Failure, Reason};
use crate::prove::context::Context;
use crate::prove::events::{Access, Arbiter, Occurrence, RowWrite, Value};
use crate::prove::reach::Reach;
use crate::prove::terms::{EntryId, TermId};
use crate::schema::Table;
use crate::tree::{Location, Oid};

/// A use of a distributed table: rows that have influence, or that are written.
pub(super) struct Stake {
    pub(super) entry: EntryId,
    table: Oid,
    column: i32,
    context: Rc<Context>,
    doing: Doing,
    /// The parameters and constants that the distribution column of each row is known to equal.
    pub(super) pins: BTreeSet<TermId>,
    /// Whether it is only known to equal parameters that have another value for each item of a copy or batch.
    by_item: bool,
}

enum Doing {
    /// Rows are read, locked or written.
    Meet(Occurrence),
    /// A row is inserted with this value in the column.
    Give(Value),
    /// The column of a row is set to this value, which must be the one that it has.
    Change(Value),
}

impl Distribution {
    /// All uses of distributed tables in a statement.
    pub(super) fn stakes(&self, case: &Case<'_, '_>) -> Vec<Stake> {
        let events = case.events;
        let met = events.occurrences.iter().filter_map(|occurrence| self.met(case, occurrence));
        let given = events.writes.iter().flat_map(|write| self.given(case, write));
        met.chain(given).collect()
    }

    fn met(&self, case: &Case<'_, '_>, occurrence: &Occurrence) -> Option<Stake> {
        let column = self.column(occurrence.table)?;
        let context = Rc::clone(&occurrence.context);
        let pins = case.column(occurrence.entry, column).map(|term| pins(case, &context, term));
        let doing = Doing::Meet(occurrence.clone());
        let (entry, table) = (occurrence.entry, occurrence.table);
        Some(Stake { entry, table, column, context, doing, pins: pins.unwrap_or_default(), by_item: false })
    }

    /// The values that a write gives to the column: one for each new row, or the one of an UPDATE.
    fn given(&self, case: &Case<'_, '_>, write: &RowWrite) -> Vec<Stake> {
        let Some(column) = self.column(write.table) else { return Vec::new() };
        let values =
            write.columns.iter().find(|(number, _)| *number == column).map(|(_, values)| &values[..]);
        let left_out = Value { term: None, choice: Vec::new(), null: false, default: true, at: None };
        let values = match values {
            Some(values) if !values.is_empty() => values.to_vec(),
            Some(_) | None if write.insert => vec![left_out],
            Some(_) | None => Vec::new(),
        };
        let stake = |value: Value| Stake {
            entry: write.row,
            table: write.table,
            column,
            context: Rc::clone(&write.context),
            pins: value.term.map(|term| pins(case, &write.context, term)).unwrap_or_default(),
            by_item: false,
            doing: if write.insert { Doing::Give(value) } else { Doing::Change(value) },
        };
        values.into_iter().map(stake).collect()
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
        let reach = || Reach::new(case.arena.schema, |table: &Table| self.column(table.oid).is_some());
        let removed = events.deletes.iter().map(|(table, row)| (*row, *table, reach().by_delete(*table)));
        let changed = events.writes.iter().filter(|write| !write.insert).map(|write| {
            let columns = write.columns.iter().map(|(column, _)| *column).collect();
            (write.row, write.table, reach().by_update(write.table, &columns))
        });
        let found = removed.chain(changed).filter(|(_, table, _)| self.column(*table).is_none());
        found.filter_map(|(row, table, reached)| Some((row, table, reached?))).collect()
    }

    /// The uses of tables that are not distributed.
    pub(super) fn undistributed(&self, case: &Case<'_, '_>) -> Vec<(EntryId, Oid, Access)> {
        let events = case.events;
        let met = events.occurrences.iter().map(|found| (found.entry, found.table, found.access));
        let made = events.writes.iter().map(|write| (write.row, write.table, Access::Write));
        met.chain(made).filter(|(_, table, _)| self.column(*table).is_none()).collect()
    }
}

/// The parameters and constants that a term is known to equal.
fn pins(case: &Case<'_, '_>, context: &Context, term: TermId) -> BTreeSet<TermId> {
    let terms = &case.arena.terms;
    let class = context.closure.class(term).into_iter();
    class.filter(|term| terms.is_param(*term) || terms.is_constant(*term)).collect()
}

/// A value that is known for every use for which any value is known, if there is one.
pub(super) fn common(stakes: &[Stake]) -> Option<TermId> {
    let mut all = stakes.iter().map(|stake| stake.pins.clone()).filter(|pins| !pins.is_empty());
    let first = all.next()?;
    all.fold(first, |common, pins| &common & &pins).first().copied()
}

impl Stake {
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
            None => self.lack(case, key),
        };
        if pin.is_some() && !pinned {
            because.push_str(", and other rows have another value");
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
        let value = match &self.doing {
            Doing::Meet(_) => match case.column(self.entry, self.column) {
                Some(own) => return case.equality(&self.context, self.entry, own, pin),
                None => return Reason { because: column, at: None },
            },
            Doing::Give(value) | Doing::Change(value) => value,
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
    fn lack(&self, case: &Case<'_, '_>, key: Option<TermId>) -> Reason {
        let column = case.column_name(self.entry, self.column);
        let wanted = match key {
            Some(key) => case.term_name(key, self.entry),
            None => format!(":{column}"),
        };
        if self.by_item {
            return Reason { because: format!("{column} has a value of its own with each item"), at: None };
        }
        match &self.doing {
            Doing::Give(value) if value.default => {
                let because = format!("{column} is left out: give it the value {wanted}");
                Reason { because, at: value.at }
            }
            Doing::Give(value) => {
                let because = format!("{column} gets a value that no argument tells: give it {wanted}");
                Reason { because, at: value.at }
            }
            Doing::Change(value) => {
                let because = format!("{column} changes, which moves the row to another shard");
                Reason { because, at: value.at }
            }
            Doing::Meet(occurrence) => {
                if let Some(reason) = self.several(case) {
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
    fn several(&self, case: &Case<'_, '_>) -> Option<Reason> {
        let own = case.column(self.entry, self.column)?;
        let params = 1..=case.decl.sql.params.len();
        let mut params = params.filter_map(|number| case.param(number));
        let set = params.find(|param| self.context.closure.is_member(own, *param))?;
        let Reason { because, at } = case.equality(&self.context, self.entry, own, set);
        Some(Reason { because: format!("{because}, which can name several shards"), at })
    }
}
