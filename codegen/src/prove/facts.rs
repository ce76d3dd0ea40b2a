//! What is known of values: equalities, null tests, and conditions that are kept as they were written.
//!
//! [`Facts`] is a list of atoms, each of which holds for every row that it is about. [`Closure`] is what follows
//! from them. Facts are conjunctions: AND is [`Facts::and`], OR is [`Facts::or`].

use std::collections::{BTreeMap, BTreeSet};

use super::terms::TermId;
use crate::tree::{Location, Oid};

/// A condition that is known only as itself, interned.
pub(super) type ConditionId = u32;

/// One fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fact {
    /// `a = b` is true: both are the same value and not NULL.
    Equal(TermId, TermId),
    /// Both are the same value, or both NULL.
    Same(TermId, TermId),
    /// It is NULL.
    Null(TermId),
    /// It is not NULL.
    NotNull(TermId),
    /// It is an element of the array that the second is.
    Member(TermId, TermId),
    /// `a <= b` is true, in the total order of that collation.
    AtMost(TermId, TermId, Oid),
    /// They are equal, unless one of them is NULL.
    EqualUnlessNull(TermId, TermId),
    /// A condition is true.
    Condition(ConditionId),
}

/// A fact, and the place of the condition that says it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Atom {
    pub(super) fact: Fact,
    pub(super) at: Location,
}

/// Facts that hold together.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) atoms: Vec<Atom>,
}

impl Facts {
    /// A single fact.
    pub(super) fn one(fact: Fact, at: Location) -> Facts {
        Facts { atoms: vec![Atom { fact, at }] }
    }

    /// Adds a fact.
    pub(super) fn push(&mut self, fact: Fact, at: Location) {
        self.atoms.push(Atom { fact, at });
    }

    /// Both hold.
    pub(super) fn and(mut self, other: &Facts) -> Facts {
        self.extend(other);
        self
    }

    /// Adds what else holds.
    pub(super) fn extend(&mut self, other: &Facts) {
        self.atoms.extend_from_slice(&other.atoms);
    }

    /// One of them holds, and it is not known which.
    pub(super) fn or(&self, other: &Facts) -> Facts {
        let (left, right) = (Closure::of(self), Closure::of(other));
        let mut both = Facts::default();
        let mut classes: BTreeMap<(TermId, TermId), TermId> = BTreeMap::new();
        for term in left.terms().filter(|term| right.knows(*term)) {
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
        for (term, set) in left.members() {
            if right.is_member(term, set) {
                both.push(Fact::Member(term, set), left.place(term));
            }
        }
        for atom in &self.atoms {
            if let Fact::Condition(condition) = atom.fact
                && right.holds(condition)
            {
                both.atoms.push(*atom);
            }
        }
        both
    }

    /// What follows about the terms that are kept. `keep_condition` says which conditions are about those alone.
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
        let kept = Facts { atoms: self.atoms.iter().copied().filter(|atom| keep_atom(atom.fact)).collect() };
        if kept.atoms.len() == self.atoms.len() {
            return kept;
        }
        // What was known only through a term that goes away is said anew.
        let (full, mut rest) = (Closure::of(self), kept.clone());
        let left = Closure::of(&kept);
        let mut first_of: BTreeMap<TermId, TermId> = BTreeMap::new();
        for term in full.terms().filter(|term| keep(*term)) {
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
        for (term, set) in full.members() {
            for class in full.class(term).into_iter().filter(|class| keep(*class) && keep(set)) {
                rest.push(Fact::Member(class, set), full.place(term));
            }
        }
        rest
    }

    /// The terms that are known not to be NULL because a condition is strict in them.
    pub(super) fn strict_terms(&self) -> BTreeSet<TermId> {
        let mut found = BTreeSet::new();
        for atom in &self.atoms {
            match atom.fact {
                Fact::Equal(a, b) | Fact::AtMost(a, b, _) => found.extend([a, b]),
                Fact::NotNull(a) | Fact::Member(a, _) => {
                    found.insert(a);
                }
                Fact::Same(..) | Fact::Null(_) | Fact::EqualUnlessNull(..) | Fact::Condition(_) => {}
            }
        }
        found
    }
}

/// Everything that follows from some facts.
#[derive(Debug, Clone, Default)]
pub(super) struct Closure {
    parents: BTreeMap<TermId, TermId>,
    places: BTreeMap<TermId, Location>,
    null: BTreeSet<TermId>,
    not_null: BTreeSet<TermId>,
    members: BTreeSet<(TermId, TermId)>,
    conditions: BTreeSet<ConditionId>,
}

impl Closure {
    /// The closure of these facts.
    pub(super) fn of(facts: &Facts) -> Closure {
        let mut closure = Closure::default();
        let mut orders = BTreeSet::new();
        let mut pending = Vec::new();
        let mut null = Vec::new();
        let mut not_null = Vec::new();
        let mut members = Vec::new();
        for Atom { fact, at } in facts.atoms.iter().copied() {
            match fact {
                Fact::Equal(a, b) => {
                    closure.join(a, b, at);
                    not_null.extend([a, b]);
                }
                Fact::Same(a, b) => closure.join(a, b, at),
                Fact::Null(a) => {
                    closure.add(a, at);
                    null.push(a);
                }
                Fact::NotNull(a) => {
                    closure.add(a, at);
                    not_null.push(a);
                }
                Fact::Member(a, set) => {
                    closure.add(a, at);
                    closure.add(set, at);
                    members.push((a, set));
                    not_null.push(a);
                }
                Fact::AtMost(a, b, order) => {
                    closure.add(a, at);
                    closure.add(b, at);
                    not_null.extend([a, b]);
                    orders.insert((a, b, order));
                }
                Fact::EqualUnlessNull(a, b) => {
                    closure.add(a, at);
                    closure.add(b, at);
                    pending.push((a, b, at));
                }
                Fact::Condition(condition) => {
                    closure.conditions.insert(condition);
                }
            }
        }
        let both: Vec<_> =
            orders.iter().filter(|(a, b, order)| orders.contains(&(*b, *a, *order))).copied().collect();
        for (a, b, _) in both {
            closure.join(a, b, None);
        }
        loop {
            closure.not_null = not_null.iter().map(|term| closure.root(*term)).collect();
            let known = |term: TermId| closure.not_null.contains(&closure.root(term));
            let Some(ready) = pending.iter().position(|(a, b, _)| known(*a) && known(*b)) else { break };
            let (a, b, at) = pending.swap_remove(ready);
            closure.join(a, b, at);
        }
        closure.null = null.into_iter().map(|term| closure.root(term)).collect();
        closure.members =
            members.into_iter().map(|(term, set)| (closure.root(term), closure.root(set))).collect();
        closure
    }

    fn add(&mut self, term: TermId, at: Location) {
        self.parents.entry(term).or_insert(term);
        self.places.entry(term).or_insert(at);
    }

    fn join(&mut self, a: TermId, b: TermId, at: Location) {
        self.add(a, at);
        self.add(b, at);
        let (a, b) = (self.root(a), self.root(b));
        // The smaller id is the root, so that the result does not depend on the order of the facts.
        self.parents.insert(a.max(b), a.min(b));
    }

    /// The term that stands for the class.
    pub(super) fn root(&self, term: TermId) -> TermId {
        let mut found = term;
        while let Some(parent) = self.parents.get(&found)
            && *parent != found
        {
            found = *parent;
        }
        found
    }

    fn knows(&self, term: TermId) -> bool {
        self.parents.contains_key(&term)
    }

    fn terms(&self) -> impl Iterator<Item = TermId> {
        self.parents.keys().copied()
    }

    fn place(&self, term: TermId) -> Location {
        self.places.get(&term).copied().flatten()
    }

    fn members(&self) -> impl Iterator<Item = (TermId, TermId)> {
        self.members.iter().copied()
    }

    /// Whether they are the same value.
    pub(super) fn same(&self, a: TermId, b: TermId) -> bool {
        self.root(a) == self.root(b)
    }

    /// All terms of the same value.
    pub(super) fn class(&self, term: TermId) -> Vec<TermId> {
        let root = self.root(term);
        let mut found: Vec<_> = self.terms().filter(|other| self.root(*other) == root).collect();
        if found.is_empty() {
            found.push(term);
        }
        found
    }

    /// Whether it is known to be NULL.
    pub(super) fn is_null(&self, term: TermId) -> bool {
        self.null.contains(&self.root(term))
    }

    /// Whether it is known not to be NULL.
    pub(super) fn is_not_null(&self, term: TermId) -> bool {
        self.not_null.contains(&self.root(term))
    }

    /// Whether it is known to be an element of that array.
    pub(super) fn is_member(&self, term: TermId, set: TermId) -> bool {
        self.members.contains(&(self.root(term), self.root(set)))
    }

    /// The conditions that are known to be true.
    pub(super) fn conditions(&self) -> impl Iterator<Item = ConditionId> {
        self.conditions.iter().copied()
    }

    /// Whether that condition is known to be true.
    pub(super) fn holds(&self, condition: ConditionId) -> bool {
        self.conditions.contains(&condition)
    }
}

/// Facts with their closure: what may be assumed at a place of a query.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub(super) facts: Facts,
    pub(super) closure: Closure,
}

impl Context {
    /// The context in which these facts hold.
    pub(super) fn new(facts: Facts) -> std::rc::Rc<Context> {
        let closure = Closure::of(&facts);
        std::rc::Rc::new(Context { facts, closure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(list: &[Fact]) -> Facts {
        Facts { atoms: list.iter().map(|fact| Atom { fact: *fact, at: None }).collect() }
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
        // In two orders, it says nothing.
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
        let closure = Closure::of(&facts(&[Fact::Member(1, 7), Fact::Equal(1, 2), Fact::Member(3, 7)]));
        assert!(closure.is_member(2, 7) && closure.is_member(3, 7));
        assert!(!closure.same(1, 3), "two members of a set need not be the same");
    }
}
