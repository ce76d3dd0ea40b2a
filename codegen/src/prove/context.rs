//! What may be assumed at a place of a query. Contexts are copied at once and grow from the outside in: what is known
//! outside stays known inside, but for what has to be forgotten at the border.

use std::rc::Rc;

use super::arena::{Arena, Container, LevelId, Passable};
use super::closure::Closure;
use super::facts::{Atom, Fact, Facts, Seen};
use super::joins::{OuterJoin, Side, SideId};
use super::terms::{EntryId, TermId};
use super::trie::{List, Trie};
use crate::tree::{FromItem, Join};

/// What may be assumed at a place of a query: facts with all that follows from them.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    pub(super) closure: Closure,
    /// The shared parts that were learned.
    parts: Trie<()>,
    /// The terms that are known, by the entry whose columns they are.
    columns: Trie<List<TermId>>,
    /// The levels of which something is known, or of something below them.
    levels: Trie<()>,
    /// Sides of outer joins of which something is known.
    spoken_of: Trie<()>,
    /// Entries that no outer join has padded with NULL, since a condition is strict in one of their columns.
    strict: Trie<()>,
    /// Sides of outer joins that are not missing.
    present: Trie<()>,
}

impl Context {
    /// The columns of an entry of which something is known.
    pub(super) fn columns_of(&self, entry: EntryId) -> Vec<TermId> {
        self.columns.get(number(entry)).map(|terms| terms.backwards().collect()).unwrap_or_default()
    }

    /// Whether a side of an outer join is known not to be missing.
    pub(super) fn has(&self, side: SideId) -> bool {
        self.present.contains(side)
    }
}

/// What a context has still to learn.
#[derive(Default)]
struct News {
    /// Sides that turned out not to be missing.
    sides: Vec<SideId>,
    /// What they were found to say.
    facts: Facts,
}

impl<'a> Arena<'a> {
    /// The context in which these facts hold.
    pub(super) fn context(&self, facts: &Facts) -> Rc<Context> {
        self.further(&Rc::default(), facts)
    }

    /// The context in which these facts hold as well.
    pub(super) fn further(&self, context: &Rc<Context>, facts: &Facts) -> Rc<Context> {
        if facts.is_empty() {
            return Rc::clone(context);
        }
        let mut context = Rc::clone(context);
        self.assume(Rc::make_mut(&mut context), facts);
        context
    }

    /// Learns facts, and what follows from them about outer joins: a side with a column that is not NULL is not missing,
    /// so that what is known of its rows holds. These further facts come back.
    pub(super) fn assume(&self, context: &mut Context, facts: &Facts) -> Facts {
        let mut news = News::default();
        self.learn(context, facts, &mut news);
        self.conclude(context, news)
    }

    /// Assumes that a side of an outer join is not missing.
    ///
    /// Where ON needs a side of another join further down, the context in which that one is not missing is where this
    /// one begins: in a long chain of joins each is made of the one before.
    pub(super) fn with_side(&mut self, context: &Rc<Context>, side: SideId) -> Rc<Context> {
        let key = |side| (Rc::as_ptr(context), side);
        let mut chain = vec![side];
        let mut found = loop {
            let last = chain[chain.len() - 1];
            if let Some((_, known)) = self.with_sides.get(&key(last)) {
                chain.pop();
                break Rc::clone(known);
            }
            match self.needed(context, last) {
                Some(further) => chain.push(further),
                None => break Rc::clone(context),
            }
        };
        while let Some(side) = chain.pop() {
            let mut news = News::default();
            let inner = Rc::make_mut(&mut found);
            self.find_present(inner, Some(side), &mut news);
            self.conclude(inner, news);
            self.with_sides.insert(key(side), (Rc::clone(context), Rc::clone(&found)));
        }
        found
    }

    /// A side of a join further down that cannot be missing where that side is not.
    fn needed(&self, context: &Context, side: SideId) -> Option<SideId> {
        let (join, which) = self.side(side);
        let other = which.other();
        if join.pads[other] && !context.has(join.side_id(other)) {
            return None;
        }
        let mut needed = None;
        join.quals.each(&mut |seen| {
            if let Seen::Atom(atom) = seen {
                let terms = atom.fact.strict_terms().into_iter().flatten();
                let mut sides = terms.filter_map(|term| self.entries[self.terms.entry(term)?].side);
                // Joins are numbered from the outside in.
                needed = needed.or(sides.find(|found| found / 2 > side / 2 && !context.has(*found)));
            }
            needed.is_none()
        });
        needed
    }

    fn conclude(&self, context: &mut Context, mut news: News) -> Facts {
        while let Some(side) = news.sides.pop() {
            let (join, which) = self.side(side);
            let mut facts = join.facts[which].clone();
            let other = join.side_id(which.other());
            if !join.pads[which.other()] || context.has(other) {
                facts.extend(&join.quals);
            }
            self.learn(context, &facts, &mut news);
            news.facts.extend(&facts);
        }
        news.facts
    }

    fn learn(&self, context: &mut Context, facts: &Facts, news: &mut News) {
        facts.each(&mut |seen| match seen {
            Seen::Part(part) => context.parts.insert(part, ()).is_none(),
            Seen::Atom(atom) => {
                self.learn_one(context, atom, news);
                true
            }
        });
    }

    fn learn_one(&self, context: &mut Context, atom: Atom, news: &mut News) {
        self.count(1);
        for term in atom.fact.terms().into_iter().flatten() {
            self.speak_of(context, term);
        }
        if let Fact::Condition(condition) = atom.fact {
            // The condition is forgotten with any of its terms.
            for term in &self.conditions[condition as usize] {
                self.speak_of(context, *term);
                context.closure.add(*term, atom.at);
            }
        }
        context.closure.learn(atom);
        for term in atom.fact.strict_terms().into_iter().flatten() {
            self.find_strict(context, term, news);
        }
    }

    /// Notes that something is known of a term, for when it has to be forgotten.
    fn speak_of(&self, context: &mut Context, term: TermId) {
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
                && context.spoken_of.insert(id, ()).is_none()
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

    /// A column that is not NULL is of an entry that is not padded, and so are the entries that it came through.
    fn find_strict(&self, context: &mut Context, term: TermId, news: &mut News) {
        let mut entry = self.terms.entry(term);
        while let Some(found) = entry
            && context.strict.insert(number(found), ()).is_none()
        {
            self.find_present(context, self.entries[found].side, news);
            entry = self.entry_around(self.entries[found].level);
        }
    }

    fn find_present(&self, context: &mut Context, mut side: Option<SideId>, news: &mut News) {
        while let Some(id) = side
            && context.present.insert(id, ()).is_none()
        {
            news.sides.push(id);
            side = self.side(id).0.within;
        }
    }

    /// The entry whose rows a level makes, or has an expression for.
    fn entry_around(&self, mut level: LevelId) -> Option<EntryId> {
        loop {
            match self.levels[level].container {
                Container::Nothing => return None,
                Container::Entry(entry) => return Some(entry),
                Container::Expression(around) => level = around,
            }
        }
    }

    /// What may be assumed inside a level of what is known outside: about its own rows only what passes.
    pub(super) fn inside(&self, context: &Rc<Context>, level: LevelId) -> Rc<Context> {
        let mut inside = Rc::clone(context);
        if matches!(self.levels[level].passable, Passable::All) || !context.levels.contains(number(level)) {
            return inside;
        }
        let inner = Rc::make_mut(&mut inside);
        let mut kept = Vec::new();
        self.forget_level(inner, level, &self.levels[level].passable, &mut kept);
        let mut news = News::default();
        for term in kept {
            self.speak_of_again(inner, term);
            if inner.closure.is_not_null(term) {
                self.find_strict(inner, term, &mut news);
            }
        }
        self.conclude(inner, news);
        inside
    }

    fn speak_of_again(&self, context: &mut Context, term: TermId) {
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

    /// The entry whose rows a level makes.
    pub(super) fn entry_of_level(&self, level: LevelId) -> Option<EntryId> {
        match self.levels[level].container {
            Container::Entry(entry) => Some(entry),
            Container::Nothing | Container::Expression(_) => None,
        }
    }

    /// The level that a level stands in.
    pub(super) fn level_around(&self, level: LevelId) -> Option<LevelId> {
        match self.levels[level].container {
            Container::Nothing => None,
            Container::Entry(entry) => Some(self.entries[entry].level),
            Container::Expression(around) => Some(around),
        }
    }

    /// What follows about everything but one side of an outer join.
    pub(super) fn without(
        &self,
        context: &Rc<Context>,
        level: LevelId,
        join: &'a Join,
        side: Side,
    ) -> Rc<Context> {
        let mut without = Rc::clone(context);
        if let Some(found) = self.outer_join(level, join)
            && context.spoken_of.contains(found.side_id(side))
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
                        outer.pads[side] && !context.spoken_of.contains(outer.side_id(side))
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
        self.forget_columns(context, *entry, &Passable::Nothing, &mut Vec::new());
        if let Some(nested) = self.entries[*entry].nested {
            self.forget_level(context, nested, &Passable::Nothing, &mut Vec::new());
        }
    }

    /// Forgets what is known of the columns of a level, and of what stands below it, but for what passes.
    fn forget_level(
        &self,
        context: &mut Context,
        level: LevelId,
        passable: &Passable,
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
                self.forget_columns(context, *entry, passable, kept);
                context.strict.remove(number(*entry));
            }
            for part in &level.parts {
                context.parts.remove(*part);
            }
            for side in level.outer_joins.iter().flat_map(|join| self.outer_joins[*join].side_ids()) {
                context.spoken_of.remove(side);
                context.present.remove(side);
            }
            levels.extend_from_slice(&level.children);
        }
    }

    fn forget_columns(
        &self,
        context: &mut Context,
        entry: EntryId,
        passable: &Passable,
        kept: &mut Vec<TermId>,
    ) {
        for term in context.columns.remove(number(entry)).unwrap_or_default().backwards() {
            self.count(1);
            for condition in self.conditions_about.get(&term).into_iter().flatten() {
                context.closure.forget_condition(*condition);
            }
            match passable {
                Passable::Keys(keys) => {
                    // Keys let equalities in, and no null tests.
                    context.closure.forget_null(term);
                    if keys.contains(&term) {
                        kept.push(term);
                    } else {
                        context.closure.forget(term);
                    }
                }
                Passable::Nothing | Passable::All => context.closure.forget(term),
            }
        }
    }

    fn side(&self, side: SideId) -> (&OuterJoin, Side) {
        (&self.outer_joins[side as usize / 2], Side::BOTH[side as usize % 2])
    }
}

/// The number under which tries know a level or an entry.
fn number(id: usize) -> u32 {
    u32::try_from(id).expect("a statement that large was given up before")
}
