//! Which texts of a query need not be looked at one by one, because others that are have all that they have.

use std::collections::{BTreeMap, BTreeSet};

use super::{Analysed, read_tree};
use crate::parse::{QueryDecl, Variant};
use crate::postgres::Analysis;
use crate::tree::Shape;

/// A text of a query that is others put together, as PostgreSQL understands it: they are the same but for conditions of
/// one WHERE, and it has theirs, all of them and no other.
///
/// Each condition more is a fact more, and takes rows away. So what holds of those texts holds of this one: why each
/// table in them is in scope and alive, that a column is never NULL, that there is at most one row. What does not hold of
/// one of them is looked for in this one too.
#[derive(Debug, Clone)]
pub struct Covered {
    /// Which one.
    pub variant: Variant,
    /// The query with this text alone.
    pub decl: Box<QueryDecl>,
    /// The SQL that was analysed and that ships.
    pub sql: String,
    analysis: Analysis,
}

impl Covered {
    pub(super) fn new(variant: Variant, decl: Box<QueryDecl>, sql: String, analysis: Analysis) -> Self {
        Covered { variant, decl, sql, analysis }
    }

    /// Reads it after all.
    pub fn read(&self) -> Option<Analysed> {
        let read = read_tree(&self.decl, self.analysis.clone()).ok()?;
        Some(read.of(self.decl.clone(), self.sql.clone()))
    }
}

/// The places of the texts that are covered by others, which are not. `trees` are as the server printed them.
pub(super) fn covered(trees: &[(Variant, &str)]) -> BTreeSet<usize> {
    // With a line or none there is nothing to be put together.
    let Some(last) = trees.len().checked_sub(1).filter(|last| *last > 2) else { return BTreeSet::new() };
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut looked_at: BTreeMap<String, Vec<Conditions>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    // Fewer lines come before more.
    for (index, (variant, tree)) in trees.iter().enumerate() {
        let Some(shape) = Shape::of(tree) else { continue };
        let mut number = |condition| {
            let next = numbers.len();
            *numbers.entry(condition).or_insert(next)
        };
        let of_where = |where_: BTreeSet<String>| where_.into_iter().map(&mut number).collect();
        let conditions: Conditions = shape.conditions.into_iter().map(of_where).collect();
        let same = looked_at.entry(shape.frame).or_default();
        let is_covered = is_put_together(&conditions, same);
        // The first is what a cursor is made of, the last what the others are measured by.
        if is_covered && variant.given != 0 && index != last {
            found.insert(index);
        } else {
            same.push(conditions);
        }
    }
    found
}

/// The numbers of the conditions of each WHERE.
type Conditions = Vec<BTreeSet<usize>>;

/// Whether a text is some of those that are known put together: they differ from it in one WHERE.
///
/// Were it several, then one subquery could be empty in one of them and another in another, and never both. A text with
/// no part is none, also where it has no condition.
fn is_put_together(text: &Conditions, known: &[Conditions]) -> bool {
    (0..text.len()).any(|place| {
        let is_part = |part: &&Conditions| {
            part[place].is_subset(&text[place])
                && part
                    .iter()
                    .zip(text)
                    .enumerate()
                    .all(|(other, (part, text))| other == place || part == text)
        };
        let mut parts = known.iter().filter(is_part).peekable();
        parts.peek().is_some()
            && parts.flat_map(|part| &part[place]).collect::<BTreeSet<_>>().len() == text[place].len()
    })
}
