//! Facts: what is known of the values in a row. They are equalities, null tests, and conditions that are kept as a whole.
//!
//! [`Facts`] is a conjunction of atoms, each of which holds for every row that it is about. [`Facts::and`] is the conjunction
//! of two. [`Facts::or`] is what two have in common, which holds if at least one of them does. [`Closure`] has all that
//! follows from facts.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::closure::Closure;
use super::terms::TermId;
use crate::tree::{Location, Oid};

/// A condition that is kept as a whole, interned in the [arena](super::arena::Arena).
pub(super) type ConditionId = u32;

/// The number of facts that several places share.
pub(super) type PartId = u32;

/// One fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// `a = b` is true: both are the same value and not NULL.
    Equal(TermId, TermId),
    /// Both are the same value, or both are NULL.
    Same(TermId, TermId),
    /// It is NULL.
    Null(TermId),
    /// It is not NULL.
    NotNull(TermId),
    /// The first is NULL, or an element of the array that the second is.
    Member(TermId, TermId),
    /// `a <= b` is true, in the total order of that collation (0 for types without).
    AtMost(TermId, TermId, Oid),
    /// They are equal, unless one of them is NULL.
    EqualUnlessNull(TermId, TermId),
    /// A condition is true.
    Condition(ConditionId),
}

impl Fact {
    /// The terms that it is about. Those of a condition are in the [arena](super::arena::Arena).
    pub(super) fn terms(self) -> [Option<TermId>; 2] {
        match self {
            Fact::Equal(a, b)
            | Fact::Same(a, b)
            | Fact::Member(a, b)
            | Fact::AtMost(a, b, _)
            | Fact::EqualUnlessNull(a, b) => [Some(a), Some(b)],
            Fact::Null(a) | Fact::NotNull(a) => [Some(a), None],
            Fact::Condition(_) => [None, None],
        }
    }

    /// The terms that are not NULL where this holds, since it comes from a condition that is strict in them.
    pub(super) fn strict_terms(self) -> [Option<TermId>; 2] {
        match self {
            Fact::Equal(a, b) | Fact::AtMost(a, b, _) => [Some(a), Some(b)],
            Fact::NotNull(a) => [Some(a), None],
            Fact::Same(..)
            | Fact::Null(_)
            | Fact::Member(..)
            | Fact::EqualUnlessNull(..)
            | Fact::Condition(_) => [None, None],
        }
    }
}

/// A fact with the place of the condition that it comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    pub(super) fact: Fact,
    pub(super) at: Location,
}

/// A conjunction of facts. Shared parts are not copied.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
enum Item {
    Atom(Atom),
    Part(Rc<Part>),
}

/// What [`Facts::each`] visits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Visit {
    Atom(Atom),
    /// Facts that were made a part by [`Facts::shared`].
    Part(PartId),
}

#[derive(Debug)]
struct Part {
    id: PartId,
    facts: Facts,
}

impl Facts {
    /// A single fact.
    pub(super) fn one(fact: Fact, at: Location) -> Facts {
        Facts { items: vec![Item::Atom(Atom { fact, at })] }
    }

    /// The same facts as one part, which is recognised by its number.
    pub(super) fn shared(self, id: PartId) -> Facts {
        Facts { items: vec![Item::Part(Rc::new(Part { id, facts: self }))] }
    }

    /// Whether there are no facts.
    pub(super) fn is_empty(&self) -> bool {
        self.items.iter().all(|item| match item {
            Item::Atom(_) => false,
            Item::Part(part) => part.facts.is_empty(),
        })
    }

    /// The number of atoms and parts.
    pub(super) fn width(&self) -> usize {
        self.items.len()
    }

    /// Adds a fact.
    pub(super) fn push(&mut self, fact: Fact, at: Location) {
        self.items.push(Item::Atom(Atom { fact, at }));
    }

    /// The conjunction of both.
    pub(super) fn and(mut self, other: &Facts) -> Facts {
        self.extend(other);
        self
    }

    /// Adds further facts.
    pub(super) fn extend(&mut self, other: &Facts) {
        self.items.extend_from_slice(&other.items);
    }

    /// Visits the facts in order. A part is visited as a whole first, and then its facts if `see` returned true for it.
    pub(super) fn each(&self, see: &mut dyn FnMut(Visit) -> bool) {
        for item in &self.items {
            match item {
                Item::Atom(atom) => {
                    see(Visit::Atom(*atom));
                }
                Item::Part(part) => {
                    if see(Visit::Part(part.id)) {
                        part.facts.each(see);
                    }
                }
            }
        }
    }

    /// All atoms. Those of a part that occurs several times are listed once.
    pub(super) fn atoms(&self) -> Vec<Atom> {
        let mut met = BTreeSet::new();
        let mut found = Vec::new();
        self.each(&mut |seen| match seen {
            Visit::Atom(atom) => {
                found.push(atom);
                true
            }
            Visit::Part(part) => met.insert(part),
        });
        found
    }

    /// What holds if one of both conjunctions holds, and it is not known which.
    pub(super) fn or(&self, other: &Facts) -> Facts {
        let (left, right) = (Closure::of(self), Closure::of(other));
        let mut both = Facts::default();
        let mut classes: BTreeMap<_, TermId> = BTreeMap::new();
        for term in left.terms().into_iter().filter(|term| right.knows(*term)) {
            let first = *classes.entry((left.root(term), right.root(term))).or_insert(term);
            let at = left.place(term);
            if first != term {
                both.push(Fact::Same(first, term), at);
            }
            if left.is_null(term) && right.is_null(term) {
                both.push(Fact::Null(term), at);
            }
            if left.is_not_null(term) && right.is_not_null(term) {
                both.push(Fact::NotNull(term), at);
            }
        }
        for atom in self.atoms() {
            match atom.fact {
                Fact::Member(term, set) => {
                    let same = left.class(term).into_iter().filter(|term| right.is_member(*term, set));
                    same.for_each(|same| both.push(Fact::Member(same, set), left.place(term)));
                }
                Fact::Condition(condition) if right.holds(condition) => both.items.push(Item::Atom(atom)),
                Fact::Condition(_)
                | Fact::Equal(..)
                | Fact::Same(..)
                | Fact::Null(_)
                | Fact::NotNull(_)
                | Fact::AtMost(..)
                | Fact::EqualUnlessNull(..) => {}
            }
        }
        both
    }

    /// What follows about the terms that are kept. `keep_condition` says whether a condition is about kept terms only.
    pub(super) fn project(
        &self,
        keep: &dyn Fn(TermId) -> bool,
        keep_condition: &dyn Fn(ConditionId) -> bool,
    ) -> Facts {
        let keep_atom = |fact: Fact| match fact {
            Fact::Equal(a, b)
            | Fact::Same(a, b)
            | Fact::Member(a, b)
            | Fact::AtMost(a, b, _)
            | Fact::EqualUnlessNull(a, b) => keep(a) && keep(b),
            Fact::Null(a) | Fact::NotNull(a) => keep(a),
            Fact::Condition(condition) => keep_condition(condition),
        };
        let atoms = self.atoms();
        let mut rest = Facts::default();
        for atom in atoms.iter().filter(|atom| keep_atom(atom.fact)) {
            rest.items.push(Item::Atom(*atom));
        }
        if rest.items.len() == atoms.len() {
            return rest;
        }
        // Facts that followed only through a dropped term are added as facts of their own.
        let (full, left) = (Closure::of(self), Closure::of(&rest));
        let mut first_of: BTreeMap<_, TermId> = BTreeMap::new();
        for term in full.terms().into_iter().filter(|term| keep(*term)) {
            let first = *first_of.entry(full.root(term)).or_insert(term);
            let at = full.place(term);
            if first != term && !(left.knows(first) && left.knows(term) && left.same(first, term)) {
                rest.push(Fact::Same(first, term), at);
            }
            if full.is_not_null(term) && !left.is_not_null(term) {
                rest.push(Fact::NotNull(term), at);
            }
            if full.is_null(term) && !left.is_null(term) {
                rest.push(Fact::Null(term), at);
            }
        }
        for atom in &atoms {
            let Fact::Member(term, set) = atom.fact else { continue };
            for (term, set) in full
                .class(term)
                .into_iter()
                .flat_map(|term| full.class(set).into_iter().map(move |set| (term, set)))
            {
                if keep(term) && keep(set) && !left.is_member(term, set) {
                    rest.push(Fact::Member(term, set), full.place(term));
                }
            }
        }
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(list: &[Fact]) -> Facts {
        let mut facts = Facts::default();
        list.iter().for_each(|fact| facts.push(*fact, None));
        facts
    }

    fn kept(facts: &Facts, gone: TermId) -> Closure {
        Closure::of(&facts.project(&|term| term != gone, &|_| true))
    }

    #[test]
    fn equalities_are_followed_and_nulls_are_not_equal() {
        let closure = Closure::of(&facts(&[Fact::Equal(1, 2), Fact::Same(2, 3), Fact::Null(4)]));
        assert!(closure.same(1, 3) && closure.is_not_null(3));
        assert!(!closure.same(1, 4) && closure.is_null(4) && !closure.is_null(1));
    }

    #[test]
    fn an_order_both_ways_is_an_equality_and_one_way_is_none() {
        assert!(Closure::of(&facts(&[Fact::AtMost(1, 2, 0), Fact::AtMost(2, 1, 0)])).same(1, 2));
        assert!(!Closure::of(&facts(&[Fact::AtMost(1, 2, 0)])).same(1, 2));
        // Comparisons in different orders prove no equality.
        assert!(!Closure::of(&facts(&[Fact::AtMost(1, 2, 0), Fact::AtMost(2, 1, 950)])).same(1, 2));
    }

    #[test]
    fn equal_unless_null_needs_both_sides() {
        let unless = Fact::EqualUnlessNull(1, 2);
        assert!(!Closure::of(&facts(&[unless, Fact::NotNull(1)])).same(1, 2));
        assert!(Closure::of(&facts(&[unless, Fact::NotNull(1), Fact::Equal(2, 3)])).same(1, 2));
    }

    #[test]
    fn an_or_knows_what_both_arms_know() {
        let left = facts(&[Fact::Equal(1, 2), Fact::Equal(2, 3), Fact::Null(9), Fact::Member(5, 6)]);
        let right = facts(&[Fact::Equal(1, 3), Fact::NotNull(2), Fact::Null(9)]);
        let both = Closure::of(&left.or(&right));
        assert!(both.same(1, 3) && both.is_not_null(1) && both.is_null(9) && both.is_not_null(2));
        assert!(!both.same(1, 2) && !both.is_member(5, 6));
    }

    #[test]
    fn what_is_known_through_a_term_stays_when_the_term_goes() {
        let through = facts(&[Fact::Equal(1, 2), Fact::Equal(2, 3), Fact::Null(2)]);
        let closure = kept(&through, 2);
        assert!(closure.same(1, 3) && closure.is_not_null(3));
        assert_eq!(closure.class(2), [2], "nothing is said of what went");
    }

    #[test]
    fn membership_belongs_to_the_value_and_not_to_its_set() {
        let members = [Fact::Member(1, 7), Fact::Equal(1, 2), Fact::Member(3, 7), Fact::NotNull(3)];
        let closure = Closure::of(&facts(&members));
        assert!(closure.is_member(2, 7) && closure.is_member(3, 7));
        assert!(!closure.same(1, 3), "two members of a set need not be the same");
        assert!(!Closure::of(&facts(&[Fact::Member(1, 7)])).is_member(1, 7), "it may be NULL");
    }
}
