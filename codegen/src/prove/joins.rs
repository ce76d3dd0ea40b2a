//! FROM: the facts about the rows of its items. For an outer join, also those that hold once a side is known to be present,
//! because a strict condition is true for one of its columns.

use std::ops::{Index, IndexMut};

use super::arena::{Arena, LevelId};
use super::facts::Facts;
use super::terms::{EntryId, TermId};
use crate::tree::{Command, Expr, FromItem, Join, JoinKind};

/// The number of a side of an outer join of the statement: twice the join's index, plus one for the right side.
pub(super) type SideId = u32;

/// A side of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) const BOTH: [Side; 2] = [Side::Left, Side::Right];

    pub(super) fn other(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }

    /// The item of FROM on that side.
    pub(super) fn of(self, join: &Join) -> &FromItem {
        match self {
            Side::Left => &join.left,
            Side::Right => &join.right,
        }
    }
}

/// A value for each side.
#[derive(Debug, Clone, Default)]
pub(super) struct Sides<T>([T; 2]);

impl<T> Sides<T> {
    pub(super) fn new(left: T, right: T) -> Self {
        Sides([left, right])
    }
}

impl<T> Index<Side> for Sides<T> {
    type Output = T;

    fn index(&self, side: Side) -> &T {
        &self.0[side as usize]
    }
}

impl<T> IndexMut<Side> for Sides<T> {
    fn index_mut(&mut self, side: Side) -> &mut T {
        &mut self.0[side as usize]
    }
}

/// An outer join.
#[derive(Debug)]
pub(super) struct OuterJoin {
    number: u32,
    /// The innermost nullable side of another outer join that contains it.
    pub(super) within: Option<SideId>,
    /// Whether a side is nullable: a row can be padded there.
    pub(super) pads: Sides<bool>,
    /// What holds for the rows of each side alone.
    pub(super) facts: Sides<Facts>,
    /// The facts of ON, which hold for rows in which both sides are present.
    pub(super) quals: Facts,
    /// The positions in FROM of the entries within it.
    pub(super) order: std::ops::Range<usize>,
}

impl OuterJoin {
    pub(super) fn side_id(&self, side: Side) -> SideId {
        self.number * 2 + side as u32
    }

    pub(super) fn side_ids(&self) -> [SideId; 2] {
        Side::BOTH.map(|side| self.side_id(side))
    }
}

impl<'a> Arena<'a> {
    /// The facts of a condition, if there is one.
    pub(super) fn quals_facts(&mut self, level: LevelId, quals: Option<&'a Expr>) -> Facts {
        quals.map(|quals| self.holds(level, quals)).unwrap_or_default()
    }

    /// What holds for each row of FROM that passes WHERE.
    pub(super) fn row_facts(&mut self, level: LevelId) -> Facts {
        let query = self.levels[level].query;
        for item in &query.from.items {
            let facts = self.item_facts(level, item, None);
            self.levels[level].items.push(facts);
        }
        if query.command == Command::Merge {
            // Which rows meet ON depends on the actions: see `Walk::merge`.
            return Facts::default();
        }
        let mut facts = self.quals_facts(level, query.from.quals.as_ref());
        self.levels[level].items.iter().for_each(|item| facts.extend(item));
        let facts = self.share(level, facts);
        if self.levels[level].outer_joins.is_empty() {
            return facts;
        }
        let further = self.assume(&mut Default::default(), &facts);
        self.share(level, facts.and(&further))
    }

    /// What holds for each row of an item of FROM by itself. `within` is the innermost nullable side that contains it.
    fn item_facts(&mut self, level: LevelId, item: &'a FromItem, within: Option<SideId>) -> Facts {
        match item {
            FromItem::Range(index) => {
                self.order_entry(level, *index, within);
                self.entry_facts(level, *index)
            }
            FromItem::Join(join) => self.join_facts(level, join, within),
            FromItem::Nested(from) => {
                let mut facts = self.quals_facts(level, from.quals.as_ref());
                for item in &from.items {
                    let item = self.item_facts(level, item, within);
                    facts.extend(&item);
                }
                self.share(level, facts)
            }
            FromItem::Opaque(_) => Facts::default(),
        }
    }

    fn join_facts(&mut self, level: LevelId, join: &'a Join, within: Option<SideId>) -> Facts {
        let pads = Sides(match join.kind {
            JoinKind::Inner => [false, false],
            JoinKind::Left => [false, true],
            JoinKind::Right => [true, false],
            JoinKind::Full => [true, true],
        });
        let outer =
            (join.kind != JoinKind::Inner).then(|| self.add_outer_join(level, join, within, pads.clone()));
        let start = self.levels[level].ordered;
        let mut facts: Sides<Facts> = Sides::default();
        for side in Side::BOTH {
            let own = outer.filter(|_| pads[side]).map(|outer| self.outer_joins[outer].side_id(side));
            facts[side] = self.item_facts(level, side.of(join), own.or(within));
        }
        if let Some(index) = join.range {
            self.order_entry(level, index, within);
        }
        let quals = self.quals_facts(level, join.quals.as_ref());
        let Some(outer) = outer else {
            return self.share(level, quals.and(&facts[Side::Left]).and(&facts[Side::Right]));
        };
        let order = start..self.levels[level].ordered;
        let kept = Side::BOTH.into_iter().find(|side| !pads[*side]).map(|side| facts[side].clone());
        let found = &mut self.outer_joins[outer];
        (found.facts, found.quals, found.order) = (facts, quals, order);
        kept.unwrap_or_default()
    }

    fn add_outer_join(
        &mut self,
        level: LevelId,
        join: &'a Join,
        within: Option<SideId>,
        pads: Sides<bool>,
    ) -> usize {
        let index = self.outer_joins.len();
        let number = u32::try_from(index).expect("fewer than 2^31 joins");
        let (facts, quals, order) = Default::default();
        self.outer_joins.push(OuterJoin { number, within, pads, facts, quals, order });
        self.outer_join_index.insert((level, std::ptr::from_ref(join)), index);
        self.levels[level].outer_joins.push(index);
        index
    }

    /// The outer join that a join is, if it is one.
    pub(super) fn outer_join(&self, level: LevelId, join: &'a Join) -> Option<&OuterJoin> {
        let index = self.outer_join_index.get(&(level, std::ptr::from_ref(join)))?;
        Some(&self.outer_joins[*index])
    }

    /// Gives an entry its position in FROM, and the nullable side that contains it.
    fn order_entry(&mut self, level: LevelId, index: usize, within: Option<SideId>) {
        let level = &mut self.levels[level];
        if let Some(entry) = index.checked_sub(1).and_then(|index| level.entries.get(index)) {
            self.entries[*entry].order = Some(level.ordered);
            self.entries[*entry].side = within;
            level.ordered += 1;
        }
    }

    /// Whether a term is a column of an entry within that outer join, or of a level that produces the rows of such an entry.
    pub(super) fn is_of(&self, term: TermId, level: LevelId, join: &OuterJoin) -> bool {
        let Some(entry) = self.terms.entry(term) else { return false };
        let is_in =
            |entry: EntryId| self.entries[entry].order.is_some_and(|order| join.order.contains(&order));
        let mut entry = Some(entry);
        let mut at = entry.map(|entry| self.entries[entry].level);
        while let Some(found) = at {
            if found == level {
                return entry.is_some_and(is_in);
            }
            entry = self.entry_of_level(found);
            at = self.level_around(found);
        }
        false
    }
}
