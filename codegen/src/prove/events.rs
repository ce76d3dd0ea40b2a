//! Events: what a statement does, as far as the rules judge it. `walk` records them.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::context::Context;
use super::facts::Facts;
use super::terms::{EntryId, TermId};
use crate::tree::{Location, Oid};

/// How rows are accessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// They are read.
    Read,
    /// They are locked by a row mark such as FOR UPDATE.
    Lock,
    /// They are updated or deleted.
    Write,
}

/// An entry for a table, whose rows can influence the result or the effect of the statement.
#[derive(Debug, Clone)]
pub(super) struct Occurrence {
    pub(super) entry: EntryId,
    pub(super) table: Oid,
    pub(super) access: Access,
    /// What holds for each row that has influence.
    pub(super) context: Rc<Context>,
    /// The innermost outer join that contains it, for messages: conditions may not restrict this side of it.
    pub(super) join: Option<OuterJoin>,
}

/// An outer join around an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OuterJoin {
    /// Whether the occurrence is on the nullable side.
    pub(super) nullable: bool,
    /// Whether both sides are nullable.
    pub(super) full: bool,
    /// The place of ON.
    pub(super) at: Location,
}

/// A value that is written into a column.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// The term, if the value is plain.
    pub(super) term: Option<TermId>,
    /// If the value is not plain, or a column of a set operation: it is NULL or one of these. Empty means that nothing is
    /// known.
    pub(super) choice: Vec<Choice>,
    /// Whether it is the constant NULL.
    pub(super) null: bool,
    /// Whether it is DEFAULT.
    pub(super) default: bool,
    pub(super) at: Location,
}

/// One of the values that a column may get.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// The term, if the value is plain.
    pub(super) term: Option<TermId>,
    /// What also holds for the row that gets it: the facts of the arm of a set operation that it comes from.
    pub(super) facts: Facts,
}

/// A write to columns of a row, or of several rows of VALUES.
#[derive(Debug, Clone)]
pub(super) struct RowWrite {
    pub(super) table: Oid,
    /// The entry of the table. For an UPDATE its columns are those of the old row.
    pub(super) row: EntryId,
    pub(super) insert: bool,
    /// Each column with its values: one for all rows, or one for each row. Columns that get their default are not listed.
    pub(super) columns: Vec<(i32, Vec<Value>)>,
    pub(super) context: Rc<Context>,
}

/// The key by which ON CONFLICT finds an existing row.
#[derive(Debug, Clone)]
pub(super) struct Arbiter {
    pub(super) table: Oid,
    /// The entry of the row to insert.
    pub(super) row: EntryId,
    /// The columns that are in every unique index by which the conflict can be found.
    pub(super) columns: BTreeSet<i32>,
}

/// Something that the prover does not understand. It fails the rule `opaque`.
#[derive(Debug, Clone)]
pub(super) struct Unknown {
    /// The message: "`f` is written in plpgsql".
    pub(super) what: String,
    pub(super) help: &'static str,
    pub(super) at: Location,
    /// The entry that it is about, if it is about one.
    pub(super) entry: Option<EntryId>,
    /// The table, for waivers.
    pub(super) table: Option<Oid>,
}

/// Everything that a statement does.
#[derive(Debug, Default)]
pub(super) struct Events {
    pub(super) occurrences: Vec<Occurrence>,
    pub(super) writes: Vec<RowWrite>,
    pub(super) arbiters: Vec<Arbiter>,
    /// The tables from which rows are deleted, each with its entry.
    pub(super) deletes: Vec<(Oid, EntryId)>,
    pub(super) unknown: Vec<Unknown>,
    /// Whether a part of the statement was not visited. Then the other events may be incomplete, and the failure of `opaque`
    /// cannot be waived.
    pub(super) incomplete: bool,
}
