//! Which texts of a query need no proof of their own, because they combine other texts that are proven.

use std::collections::{BTreeMap, BTreeSet};

use super::{Analysed, read_tree};
use crate::parse::{QueryDecl, Variant};
use crate::postgres::Analysis;
use crate::tree::Shape;

/// A text of a query that combines other texts: PostgreSQL's trees of them differ only in the conditions of one WHERE, and
/// its conditions are the union of theirs.
///
/// A further condition is a further fact, and only removes rows. So whatever holds for the other texts also holds for this
/// one: that each table in it is in scope and alive, that a column is never NULL, that there is at most one row. If something
/// does not hold for one of them, this text is looked at as well.
#[derive(Debug, Clone)]
pub struct Covered {
    /// The variant.
    pub variant: Variant,
    /// The query with only this text.
    pub decl: Box<QueryDecl>,
    /// The SQL that was analysed and that ships.
    pub sql: String,
    analysis: Analysis,
}

impl Covered {
    pub(super) fn new(variant: Variant, decl: Box<QueryDecl>, sql: String, analysis: Analysis) -> Self {
        Covered { variant, decl, sql, analysis }
    }

    /// Reads its tree, if that turns out to be needed.
    pub fn read(&self) -> Option<Analysed> {
        let read = read_tree(&self.decl, self.analysis.clone()).ok()?;
        Some(read.of(self.decl.clone(), self.sql.clone()))
    }
}

/// The indexes of the texts that other texts cover. `trees` are as the server printed them.
pub(super) fn covered(trees: &[(Variant, &str)]) -> BTreeSet<usize> {
    // With at most one optional line nothing can be combined.
    let Some(last) = trees.len().checked_sub(1).filter(|last| *last > 2) else { return BTreeSet::new() };
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut looked_at: BTreeMap<String, Vec<Conditions>> = BTreeMap::new();
    let mut found = BTreeSet::new();
    // Texts with fewer lines come first.
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
        // The first text is needed for cursors, and the last one to compare the others with.
        if is_covered && variant.given != 0 && index != last {
            found.insert(index);
        } else {
            same.push(conditions);
        }
    }
    found
}

/// For each WHERE the numbers of its conditions.
type Conditions = Vec<BTreeSet<usize>>;

/// Whether a text combines known ones, which differ from it in the conditions of one WHERE.
///
/// With several WHEREs, one subquery could be empty in one known text and another subquery in another, but never both in
/// the same. A text without parts combines nothing, even if it has no conditions.
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
