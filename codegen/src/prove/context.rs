//! Contexts: what may be assumed at a place of a statement.
//!
//! `walk` carries contexts from the outside in. What is known outside a level also holds inside, except for what must not
//! be pushed down into it, which is forgotten at the border. All parts of a context are persistent data structures, so a
//! copy takes constant time.

use std::rc::Rc;

use super::arena::{Arena, Container, LevelId, Pushdown};
use super::closure::Closure;
use super::facts::{Atom, Fact, Facts, Visit};
use super::joins::{OuterJoin, Side, SideId};
use super::terms::{EntryId, TermId};
use super::trie::{List, Trie};
use crate::tree::{FromItem, Join};

/// The facts that may be assumed at a place of a statement, with all that follows from them.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    pub(super) closure: Closure,
    /// The shared parts of facts that were learned.
    parts: Trie<()>,
    /// For each entry its columns about which there are facts.
    columns: Trie<List<TermId>>,
    /// The levels that contain an entry about which there are facts, at any depth.
    levels: Trie<()>,
    /// The sides of outer joins that contain such an entry.
    known_sides: Trie<()>,
    /// The entries that are known not to be padded, because a strict condition on one of their columns is true.
    strict: Trie<()>,
    /// The sides of outer joins that are known to be present.
    present: Trie<()>,
}

impl Context {
    /// The columns of an entry about which there are facts.
    pub(super) fn columns_of(&self, entry: EntryId) -> Vec<TermId> {
        self.columns.get(number(entry)).map(|terms| terms.backwards().collect()).unwrap_or_default()
    }

    /// Whether a side of an outer join is known to be present.
    pub(super) fn has_side(&self, side: SideId) -> bool {
        self.present.contains(side)
    }
}

/// The consequences that a context has still to learn.
#[derive(Default)]
struct Pending {
    /// The sides of outer joins that are now known to be present; their facts are to be added.
    sides: Vec<SideId>,
    /// The facts that were added for such sides.
    facts: Facts,
}

impl<'a> Arena<'a> {
    /// The context in which these facts, and nothing else, are known.
    pub(super) fn context(&self, facts: &Facts) -> Rc<Context> {
        self.with_facts(&Rc::default(), facts)
    }

    /// A context with further facts.
    pub(super) fn with_facts(&self, context: &Rc<Context>, facts: &Facts) -> Rc<Context> {
        if facts.is_empty() {
            return Rc::clone(context);
        }
        let mut context = Rc::clone(context);
        self.assume(Rc::make_mut(&mut context), facts);
        context
    }

    /// Adds facts to a context, and what follows from them about outer joins: a side with a column that is not NULL is
    /// present, so what is known of its rows holds. Returns these further facts.
    pub(super) fn assume(&self, context: &mut Context, facts: &Facts) -> Facts {
        let mut pending = Pending::default();
        self.learn(context, facts, &mut pending);
        self.conclude(context, pending)
    }

    /// The context in which a side of an outer join is also present.
    ///
    /// If ON is strict in columns of a side of another join within this one, the result extends the context in which that
    /// side is present. So in a long chain of joins each context extends the previous one, and is computed once.
    pub(super) fn with_side(&mut self, context: &Rc<Context>, side: SideId) -> Rc<Context> {
        let key = |side| (Rc::as_ptr(context), side);
        let mut chain = vec![side];
        let mut found = loop {
            let last = chain[chain.len() - 1];
            if let Some((_, known)) = self.with_sides.get(&key(last)) {
                chain.pop();
                break Rc::clone(known);
            }
            match self.implied_side(context, last) {
                Some(further) => chain.push(further),
                None => break Rc::clone(context),
            }
        };
        while let Some(side) = chain.pop() {
            let mut pending = Pending::default();
            let inner = Rc::make_mut(&mut found);
            self.mark_present(inner, Some(side), &mut pending);
            self.conclude(inner, pending);
            self.with_sides.insert(key(side), (Rc::clone(context), Rc::clone(&found)));
        }
        found
    }

    /// A side of a join further inside that must be present if this side is, because ON is strict in its columns.
    fn implied_side(&self, context: &Context, side: SideId) -> Option<SideId> {
        let (join, which) = self.side(side);
        let other = which.other();
        if join.pads[other] && !context.has_side(join.side_id(other)) {
            return None;
        }
        let mut needed = None;
        join.quals.each(&mut |seen| {
            if let Visit::Atom(atom) = seen {
                let terms = atom.fact.strict_terms().into_iter().flatten();
                let mut sides = terms.filter_map(|term| self.entries[self.terms.entry(term)?].side);
                // Joins are numbered from the outside in, and a side is numbered by its join.
                needed = needed.or(sides.find(|found| found / 2 > side / 2 && !context.has_side(*found)));
            }
            needed.is_none()
        });
        needed
    }

    /// Adds the facts of all sides that are now known to be present, until nothing more follows.
    fn conclude(&self, context: &mut Context, mut pending: Pending) -> Facts {
        while let Some(side) = pending.sides.pop() {
            let (join, which) = self.side(side);
            let mut facts = join.facts[which].clone();
            let other = join.side_id(which.other());
            if !join.pads[which.other()] || context.has_side(other) {
                facts.extend(&join.quals);
            }
            self.learn(context, &facts, &mut pending);
            pending.facts.extend(&facts);
        }
        pending.facts
    }

    fn learn(&self, context: &mut Context, facts: &Facts, pending: &mut Pending) {
        facts.each(&mut |seen| match seen {
            Visit::Part(part) => context.parts.insert(part, ()).is_none(),
            Visit::Atom(atom) => {
                self.learn_one(context, atom, pending);
                true
            }
        });
    }

    fn learn_one(&self, context: &mut Context, atom: Atom, pending: &mut Pending) {
        self.count(1);
        for term in atom.fact.terms().into_iter().flatten() {
            self.index_term(context, term);
        }
        if let Fact::Condition(condition) = atom.fact {
            // `forget_columns` forgets the condition if it forgets one of these terms.
            for term in &self.conditions[condition as usize] {
                self.index_term(context, *term);
                context.closure.add(*term, atom.at);
            }
        }
        context.closure.learn(atom);
        for term in atom.fact.strict_terms().into_iter().flatten() {
            self.mark_strict(context, term, pending);
        }
    }

    /// Indexes a term by its entry, sides and levels, so that the facts about it can be found when they are forgotten.
    fn index_term(&self, context: &mut Context, term: TermId) {
        if context.closure.knows(term) {
            return;
        }
        let Some(mut entry) = self.terms.entry(term) else { return };
        let mut columns = context.columns.get(number(entry)).cloned().unwrap_or_default();
        columns.push(term);
        context.columns.insert(number(entry), columns);
        loop {
            let mut side = self.entries[entry].side;
            while let Some(id) = side
                && context.known_sides.insert(id, ()).is_none()
            {
                side = self.side(id).0.within;
            }
            let mut level = self.entries[entry].level;
            entry = loop {
                if context.levels.insert(number(level), ()).is_some() {
                    return;
                }
                match self.levels[level].container {
                    Container::Nothing => return,
                    Container::Entry(around) => break around,
                    Container::Expression(around) => level = around,
                }
            };
        }
    }

    /// The term is not NULL: its entry is not padded, and neither are the entries whose rows are produced from it.
    fn mark_strict(&self, context: &mut Context, term: TermId, pending: &mut Pending) {
        let mut entry = self.terms.entry(term);
        while let Some(found) = entry
            && context.strict.insert(number(found), ()).is_none()
        {
            self.mark_present(context, self.entries[found].side, pending);
            entry = self.entry_around(self.entries[found].level);
        }
    }

    fn mark_present(&self, context: &mut Context, mut side: Option<SideId>, pending: &mut Pending) {
        while let Some(id) = side
            && context.present.insert(id, ()).is_none()
        {
            pending.sides.push(id);
            side = self.side(id).0.within;
        }
    }

    /// The nearest entry whose rows are produced by a level, or by one around it.
    fn entry_around(&self, mut level: LevelId) -> Option<EntryId> {
        loop {
            match self.levels[level].container {
                Container::Nothing => return None,
                Container::Entry(entry) => return Some(entry),
                Container::Expression(around) => level = around,
            }
        }
    }

    /// The context inside a level, given the one outside: facts about the level's own rows are kept only if they may be
    /// pushed down.
    pub(super) fn pushed_into(&self, context: &Rc<Context>, level: LevelId) -> Rc<Context> {
        let mut inside = Rc::clone(context);
        if matches!(self.levels[level].pushdown, Pushdown::All) || !context.levels.contains(number(level)) {
            return inside;
        }
        let inner = Rc::make_mut(&mut inside);
        let mut kept = Vec::new();
        self.forget_level(inner, level, &self.levels[level].pushdown, &mut kept);
        let mut pending = Pending::default();
        for term in kept {
            self.reindex_term(inner, term);
            if inner.closure.is_not_null(term) {
                self.mark_strict(inner, term, &mut pending);
            }
        }
        self.conclude(inner, pending);
        inside
    }

    /// Indexes a term again that was kept when the facts about its level were forgotten.
    fn reindex_term(&self, context: &mut Context, term: TermId) {
        let Some(entry) = self.terms.entry(term) else { return };
        let mut columns = context.columns.get(number(entry)).cloned().unwrap_or_default();
        columns.push(term);
        context.columns.insert(number(entry), columns);
        let mut level = Some(self.entries[entry].level);
        while let Some(found) = level
            && context.levels.insert(number(found), ()).is_none()
        {
            level = self.level_around(found);
        }
    }

    /// Whether the rows of an entry are known not to be padded, so that its NOT NULL columns are not NULL.
    pub(super) fn is_present(&self, context: &Context, mut entry: EntryId) -> bool {
        loop {
            let level = &self.levels[self.entries[entry].level];
            let may_be_padded = level.padded.contains(&entry);
            if may_be_padded && !self.entries[entry].side.is_some_and(|side| context.has_side(side)) {
                return false;
            }
            match level.container {
                Container::Entry(around) => entry = around,
                Container::Nothing | Container::Expression(_) => return true,
            }
        }
    }

    /// The entry whose rows a level produces.
    pub(super) fn entry_of_level(&self, level: LevelId) -> Option<EntryId> {
        match self.levels[level].container {
            Container::Entry(entry) => Some(entry),
            Container::Nothing | Container::Expression(_) => None,
        }
    }

    /// The level that directly contains a level.
    pub(super) fn level_around(&self, level: LevelId) -> Option<LevelId> {
        match self.levels[level].container {
            Container::Nothing => None,
            Container::Entry(entry) => Some(self.entries[entry].level),
            Container::Expression(around) => Some(around),
        }
    }

    /// The context without what is known of one side of an outer join.
    pub(super) fn without_side(
        &self,
        context: &Rc<Context>,
        level: LevelId,
        join: &'a Join,
        side: Side,
    ) -> Rc<Context> {
        let mut without = Rc::clone(context);
        if let Some(found) = self.outer_join(level, join)
            && context.known_sides.contains(found.side_id(side))
        {
            self.forget_item(Rc::make_mut(&mut without), level, side.of(join));
        }
        without
    }

    fn forget_item(&self, context: &mut Context, level: LevelId, item: &'a FromItem) {
        match item {
            FromItem::Range(index) => self.forget_entry(context, level, *index),
            FromItem::Nested(from) => {
                from.items.iter().for_each(|item| self.forget_item(context, level, item))
            }
            FromItem::Opaque(_) => {}
            FromItem::Join(join) => {
                join.range.into_iter().for_each(|index| self.forget_entry(context, level, index));
                let outer = self.outer_join(level, join);
                for side in Side::BOTH {
                    let untouched = outer.is_some_and(|outer| {
                        outer.pads[side] && !context.known_sides.contains(outer.side_id(side))
                    });
                    if !untouched {
                        self.forget_item(context, level, side.of(join));
                    }
                }
            }
        }
    }

    fn forget_entry(&self, context: &mut Context, level: LevelId, index: usize) {
        let Some(entry) = index.checked_sub(1).and_then(|index| self.levels[level].entries.get(index)) else {
            return;
        };
        self.forget_columns(context, *entry, &Pushdown::Nothing, &mut Vec::new());
        if let Some(nested) = self.entries[*entry].nested {
            self.forget_level(context, nested, &Pushdown::Nothing, &mut Vec::new());
        }
    }

    /// Forgets what is known of the columns of a level and of the levels within it, except for what may be pushed down. `kept`
    /// collects the terms that stay.
    fn forget_level(
        &self,
        context: &mut Context,
        level: LevelId,
        pushdown: &Pushdown,
        kept: &mut Vec<TermId>,
    ) {
        let mut levels = vec![level];
        while let Some(level) = levels.pop() {
            if context.levels.remove(number(level)).is_none() {
                continue;
            }
            let level = &self.levels[level];
            self.count(1 + level.entries.len());
            for entry in level.entries.iter().chain([&level.result]) {
                self.forget_columns(context, *entry, pushdown, kept);
                context.strict.remove(number(*entry));
            }
            for part in &level.parts {
                context.parts.remove(*part);
            }
            for side in level.outer_joins.iter().flat_map(|join| self.outer_joins[*join].side_ids()) {
                context.known_sides.remove(side);
                context.present.remove(side);
            }
            levels.extend_from_slice(&level.children);
        }
    }

    fn forget_columns(
        &self,
        context: &mut Context,
        entry: EntryId,
        pushdown: &Pushdown,
        kept: &mut Vec<TermId>,
    ) {
        for term in context.columns.remove(number(entry)).unwrap_or_default().backwards() {
            self.count(1);
            for condition in self.conditions_about.get(&term).into_iter().flatten() {
                context.closure.forget_condition(*condition);
            }
            match pushdown {
                Pushdown::Keys(keys) => {
                    // Only equalities on keys are pushed down, and no null tests.
                    context.closure.forget_null(term);
                    if keys.contains(&term) {
                        kept.push(term);
                    } else {
                        context.closure.forget(term);
                    }
                }
                Pushdown::Nothing | Pushdown::All => context.closure.forget(term),
            }
        }
    }

    fn side(&self, side: SideId) -> (&OuterJoin, Side) {
        (&self.outer_joins[side as usize / 2], Side::BOTH[side as usize % 2])
    }
}

/// The key of a level or an entry in a trie.
fn number(id: usize) -> u32 {
    u32::try_from(id).expect("a statement that large was given up before")
}
