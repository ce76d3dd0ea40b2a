//! The structure of FROM: which entries an outer join can leave without a row, and where its conditions hold.

use std::collections::BTreeMap;

use crate::infer::cardinality::{always_true, from_item_has_rows};
use crate::schema::Schema;
use crate::tree::{Expr, From, FromItem, Join, JoinKind, MergeMatch, Query, RangeIndex};

/// One side of an outer join, which is padded with NULL if the other side has no match.
pub type Pad = usize;

/// FROM and WHERE, in a form suited to nullability.
#[derive(Debug, Default)]
pub struct Joins<'a> {
    /// The entries in FROM, each with the sides of outer joins that contain it: it has a row if all of them do.
    pub entries: BTreeMap<RangeIndex, Vec<Pad>>,
    /// The conditions. Each holds in rows in which all these sides have a row.
    pub conditions: Vec<(Vec<Pad>, &'a Expr)>,
    /// The full joins: the sides that contain each, and its own two sides, at least one of which has a row.
    pub full: Vec<(Vec<Pad>, Pad, Pad)>,
}

impl<'a> Joins<'a> {
    /// Reads FROM and WHERE.
    pub fn of(schema: &Schema, query: &'a Query) -> Self {
        let mut builder = Builder { schema, query, joins: Joins::default(), pads: 0 };
        if query.merge_actions.is_empty() {
            builder.from(&query.from, &[]);
        } else {
            builder.merge_source();
        }
        builder.joins
    }
}

struct Builder<'s, 'a> {
    schema: &'s Schema,
    query: &'a Query,
    joins: Joins<'a>,
    pads: usize,
}

impl<'a> Builder<'_, 'a> {
    fn from(&mut self, from: &'a From, within: &[Pad]) {
        for item in &from.items {
            self.item(item, within);
        }
        self.condition(from.quals.as_ref(), within);
    }

    /// MERGE: the ON condition holds for some actions only, and even a source row can be missing.
    fn merge_source(&mut self) {
        let by_source =
            self.query.merge_actions.iter().any(|action| action.matched == MergeMatch::NotMatchedBySource);
        let within = if by_source { vec![self.new_pad()] } else { Vec::new() };
        for item in &self.query.from.items {
            self.item(item, &within);
        }
    }

    fn item(&mut self, item: &'a FromItem, within: &[Pad]) {
        match item {
            FromItem::Range(range) => {
                self.joins.entries.insert(*range, within.to_vec());
            }
            FromItem::Join(join) => self.join(join, within),
            FromItem::Nested(from) => self.from(from, within),
            // Entries that are not listed can always be NULL.
            FromItem::Opaque(_) => {}
        }
    }

    fn join(&mut self, join: &'a Join, within: &[Pad]) {
        match join.kind {
            JoinKind::Inner => {
                self.item(&join.left, within);
                self.item(&join.right, within);
                self.condition(join.quals.as_ref(), within);
            }
            JoinKind::Left => self.outer(&join.left, &join.right, join, within),
            JoinKind::Right => self.outer(&join.right, &join.left, join, within),
            JoinKind::Full => {
                let (left, right) = (self.new_pad(), self.new_pad());
                self.item(&join.left, &and(within, left));
                self.item(&join.right, &and(within, right));
                self.condition(join.quals.as_ref(), &and(&and(within, left), right));
                self.joins.full.push((within.to_vec(), left, right));
            }
        }
    }

    fn outer(&mut self, preserved: &'a FromItem, padded: &'a FromItem, join: &'a Join, within: &[Pad]) {
        self.item(preserved, within);
        if always_true(join.quals.as_ref()) && from_item_has_rows(self.schema, self.query, padded) {
            self.item(padded, within);
            return;
        }
        let inside = and(within, self.new_pad());
        self.item(padded, &inside);
        self.condition(join.quals.as_ref(), &inside);
    }

    fn condition(&mut self, condition: Option<&'a Expr>, within: &[Pad]) {
        self.joins.conditions.extend(condition.map(|condition| (within.to_vec(), condition)));
    }

    fn new_pad(&mut self) -> Pad {
        self.pads += 1;
        self.pads - 1
    }
}

fn and(pads: &[Pad], pad: Pad) -> Vec<Pad> {
    pads.iter().copied().chain([pad]).collect()
}
