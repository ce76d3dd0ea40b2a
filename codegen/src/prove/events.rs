//! What a statement does, as far as the rules are concerned.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::context::Context;
use super::facts::Facts;
use super::terms::{EntryId, TermId};
use crate::tree::{Location, Oid};

/// How rows are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// They are read.
    Read,
    /// They are locked.
    Lock,
    /// They are changed or removed.
    Write,
}

/// A place where rows of a table influence the result or the effect.
#[derive(Debug, Clone)]
pub(super) struct Occurrence {
    pub(super) entry: EntryId,
    pub(super) table: Oid,
    pub(super) access: Access,
    /// What holds for each row that has influence.
    pub(super) context: Rc<Context>,
    /// Why not more holds: the outer join that it stands on the nullable side of, or is the preserved side of.
    pub(super) join: Option<OuterJoin>,
}

/// An outer join around an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OuterJoin {
    /// Whether the occurrence is on the side that may be missing.
    pub(super) nullable: bool,
    /// Whether both sides may be missing.
    pub(super) full: bool,
    /// The place of its condition.
    pub(super) at: Location,
}

/// A value that is written into a column.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// What it is, where that is plain.
    pub(super) term: Option<TermId>,
    /// Where it is not, or is a column of a set operation: NULL or one of these, of which each has to be plain. Empty is
    /// anything.
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
    /// What it is, where that is plain.
    pub(super) term: Option<TermId>,
    /// What holds besides of the row that gets it, since it comes from one arm of a set operation.
    pub(super) facts: Facts,
}

/// Columns that get values.
#[derive(Debug, Clone)]
pub(super) struct RowWrite {
    pub(super) table: Oid,
    /// The row: of an UPDATE the old one.
    pub(super) row: EntryId,
    pub(super) insert: bool,
    /// Each column with its value, or values where several rows are written. One that is left to its default is not among them.
    pub(super) columns: Vec<(i32, Vec<Value>)>,
    pub(super) context: Rc<Context>,
}

/// What ON CONFLICT asks whether it is taken.
#[derive(Debug, Clone)]
pub(super) struct Arbiter {
    pub(super) table: Oid,
    /// The row that would be new.
    pub(super) row: EntryId,
    /// The columns that every key has which can find the conflict.
    pub(super) columns: BTreeSet<i32>,
}

/// Something that the prover cannot see through.
#[derive(Debug, Clone)]
pub(super) struct Unknown {
    /// What it is: "`f` is written in plpgsql".
    pub(super) what: String,
    pub(super) help: &'static str,
    pub(super) at: Location,
    /// The entry that it is about, where it is one.
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
    /// Tables from which rows are deleted, and the entries that say so.
    pub(super) deletes: Vec<(Oid, EntryId)>,
    pub(super) unknown: Vec<Unknown>,
    /// Whether a part of the statement was not gone through, so that nothing can be said of it, and nothing waived.
    pub(super) incomplete: bool,
}
