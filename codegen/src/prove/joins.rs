//! What the conditions of FROM say of the rows above it: of inner, outer and full joins, and where a strict condition
//! turns an outer join into an inner one.

use std::collections::BTreeSet;

use super::arena::{Arena, LevelId};
use super::facts::Facts;
use super::terms::{EntryId, TermId};
use crate::tree::{Expr, From, FromItem, Join, JoinKind};

impl<'a> Arena<'a> {
    /// The facts of a condition that may be missing.
    pub(super) fn quals_facts(&mut self, level: LevelId, quals: Option<&'a Expr>) -> Facts {
        quals.map(|quals| self.holds(level, quals)).unwrap_or_default()
    }

    /// What holds for each row of an item of FROM. `strict` are terms that conditions above it need to be not NULL.
    pub(super) fn gather(&mut self, level: LevelId, item: &'a FromItem, strict: &BTreeSet<TermId>) -> Facts {
        match item {
            FromItem::Range(index) => self.entry_facts(level, *index),
            FromItem::Join(join) => self.gather_join(level, join, strict),
            FromItem::Nested(from) => self.gather_nested(level, from, strict),
            FromItem::Opaque(_) => Facts::default(),
        }
    }

    fn gather_nested(&mut self, level: LevelId, from: &'a From, strict: &BTreeSet<TermId>) -> Facts {
        let mut facts = self.quals_facts(level, from.quals.as_ref());
        let strict = strict | &facts.strict_terms();
        for item in &from.items {
            let item = self.gather(level, item, &strict);
            facts.extend(&item);
        }
        facts
    }

    fn gather_join(&mut self, level: LevelId, join: &'a Join, strict: &BTreeSet<TermId>) -> Facts {
        let kind = self.reduced(level, join, strict);
        let quals = self.quals_facts(level, join.quals.as_ref());
        let inner = strict | &quals.strict_terms();
        match kind {
            JoinKind::Inner => {
                let left = self.gather(level, &join.left, &inner);
                let right = self.gather(level, &join.right, &inner);
                quals.and(&left).and(&right)
            }
            JoinKind::Left => self.gather(level, &join.left, strict),
            JoinKind::Right => self.gather(level, &join.right, strict),
            JoinKind::Full => Facts::default(),
        }
    }

    /// The kind of a join once conditions above it that are not true for NULL have dropped rows without a match.
    pub(super) fn reduced(&mut self, level: LevelId, join: &Join, strict: &BTreeSet<TermId>) -> JoinKind {
        if join.kind == JoinKind::Inner {
            return JoinKind::Inner;
        }
        let needs = |arena: &Self, item: &FromItem| {
            let entries = arena.entries_of(level, item);
            strict.iter().any(|term| arena.is_of(*term, level, &entries))
        };
        let (needs_left, needs_right) = (needs(self, &join.left), needs(self, &join.right));
        match join.kind {
            JoinKind::Inner => JoinKind::Inner,
            JoinKind::Left => {
                if needs_right {
                    JoinKind::Inner
                } else {
                    JoinKind::Left
                }
            }
            JoinKind::Right => {
                if needs_left {
                    JoinKind::Inner
                } else {
                    JoinKind::Right
                }
            }
            JoinKind::Full => match (needs_left, needs_right) {
                (true, true) => JoinKind::Inner,
                (true, false) => JoinKind::Left,
                (false, true) => JoinKind::Right,
                (false, false) => JoinKind::Full,
            },
        }
    }

    /// The entries that an item of FROM is made of.
    pub(super) fn entries_of(&self, level: LevelId, item: &FromItem) -> BTreeSet<EntryId> {
        let mut found = BTreeSet::new();
        self.collect_entries(level, item, &mut found);
        found
    }

    fn collect_entries(&self, level: LevelId, item: &FromItem, found: &mut BTreeSet<EntryId>) {
        match item {
            FromItem::Range(index) => {
                found.extend(index.checked_sub(1).and_then(|index| self.levels[level].entries.get(index)));
            }
            FromItem::Join(join) => {
                found.extend(join.range.and_then(|index| self.levels[level].entries.get(index - 1)));
                self.collect_entries(level, &join.left, found);
                self.collect_entries(level, &join.right, found);
            }
            FromItem::Nested(from) => {
                from.items.iter().for_each(|item| self.collect_entries(level, item, found))
            }
            FromItem::Opaque(_) => {}
        }
    }
}
