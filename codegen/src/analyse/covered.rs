//! Which texts of a query need not be looked at one by one, because others that are have all that they have.

use std::collections::{BTreeMap, BTreeSet};

use super::{Analysed, read_tree};
use crate::parse::{QueryDecl, Variant};
use crate::postgres::Analysis;
use crate::tree::Shape;

/// A text of a query that is others put together, as PostgreSQL understands it: they are the same but for conditions of
/// WHERE, and it has theirs, all of them and no other.
///
/// Each condition more is a fact more, and takes rows away. So what holds of those texts holds of this one: why each
/// table in them is in scope and alive, that a column is never NULL, that there is at most one row. What does not hold of
/// one of them is looked for in this one too.
#[derive(Debug, Clone)]
pub struct Covered {
    /// Which one.
    pub variant: Variant,
    /// The query with this text alone.
    pub decl: QueryDecl,
    /// The SQL that was analysed and that ships.
    pub sql: String,
    analysis: Analysis,
}

impl Covered {
    pub(super) fn new(variant: Variant, decl: QueryDecl, sql: String, analysis: Analysis) -> Self {
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
    let mut numbers: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let mut looked_at: BTreeMap<String, Vec<BTreeSet<usize>>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    // Fewer lines come before more.
    for (index, (variant, tree)) in trees.iter().enumerate() {
        let Some(shape) = Shape::of(tree) else { continue };
        let number = |condition| {
            let next = numbers.len();
            *numbers.entry(condition).or_insert(next)
        };
        let conditions: BTreeSet<usize> = shape.conditions.into_iter().map(number).collect();
        let same = looked_at.entry(shape.frame).or_default();
        let parts = same.iter().filter(|known| known.is_subset(&conditions));
        let is_covered =
            parts.flatten().collect::<BTreeSet<_>>().len() == conditions.len() && !same.is_empty();
        // The first is what a cursor is made of, the last what the others are measured by.
        if is_covered && variant.given != 0 && index != last {
            found.insert(index);
        } else {
            same.push(conditions);
        }
    }
    found
}
