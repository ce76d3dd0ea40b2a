//! The closure of facts: equivalence classes of terms with the same value, and what is known of each class.
//!
//! It is a persistent union-find. A copy takes constant time, so each place of a statement has its own. Adding a fact takes
//! logarithmic time, however many facts there are.
//!
//! Each term has a node. The nodes of a class form a tree, whose root has the knowledge of the class, and a ring, by which
//! all of them are found. A term that is forgotten loses its node. The node stays in its class, so that equalities between
//! other terms that were derived through it still hold. A fact that is later learned about the term is about a new node.

use std::rc::Rc;

use super::facts::{Atom, ConditionId, Fact, Facts};
use super::terms::TermId;
use super::trie::{List, Trie};
use crate::tree::{Location, Oid};

/// The index of a node: a term between the moment it is learned and the moment it is forgotten.
pub(super) type NodeId = u32;

/// All that follows from some facts.
#[derive(Debug, Clone, Default)]
pub(super) struct Closure {
    nodes: Trie<NodeId>,
    list: Trie<Rc<Node>>,
    count: NodeId,
    conditions: Trie<()>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    term: TermId,
    /// The parent in the tree of the class. The root is its own parent.
    parent: NodeId,
    /// The next node in the ring of the class.
    next: NodeId,
    /// The place of the first fact about the term.
    at: Location,
    /// Whether a fact says that the term is NULL.
    is_null: bool,
    /// The facts about the term, each with the node of the other term, or this node.
    facts: List<(Atom, NodeId)>,
    /// Comparisons by `<=`: the other node, the collation of the order, and whether the other node is the greater one.
    orders: List<(NodeId, Oid, bool)>,
    /// If it is the root, what is known of the class.
    class: Class,
}

/// What is known of an equivalence class.
#[derive(Debug, Clone, Default)]
struct Class {
    /// The number of its nodes, with those of forgotten terms.
    size: usize,
    /// The number of its nodes with `is_null`.
    nulls: usize,
    not_null: bool,
    /// The arrays of which its value is an element.
    sets: List<NodeId>,
    /// Pairs of nodes that are equal unless one is NULL, of which one is in this class. They are united as soon as neither
    /// can be NULL.
    unless: List<(NodeId, NodeId, Location)>,
}

impl Closure {
    /// The closure of these facts.
    pub(super) fn of(facts: &Facts) -> Closure {
        let mut closure = Closure::default();
        for atom in facts.atoms() {
            closure.learn(atom);
        }
        closure
    }

    /// Adds a fact.
    pub(super) fn learn(&mut self, atom: Atom) {
        let at = atom.at;
        match atom.fact {
            Fact::Equal(a, b) => {
                let (a, b) = self.note_pair(a, b, atom);
                self.unite(a, b);
                self.set_not_null(a);
            }
            Fact::Same(a, b) => {
                let (a, b) = self.note_pair(a, b, atom);
                self.unite(a, b);
            }
            Fact::Null(a) => {
                let node = self.note(a, atom);
                self.set_null(node);
            }
            Fact::NotNull(a) => {
                let node = self.note(a, atom);
                self.set_not_null(node);
            }
            Fact::Member(a, set) => {
                let (a, set) = self.note_pair(a, set, atom);
                let root = self.find(a);
                self.class_mut(root).sets.push(set);
            }
            Fact::AtMost(a, b, order) => {
                let (a, b) = self.note_pair(a, b, atom);
                self.set_not_null(a);
                self.set_not_null(b);
                self.compare(a, b, order);
            }
            Fact::EqualUnlessNull(a, b) => {
                let (a, b) = self.note_pair(a, b, atom);
                self.unite_unless_null(a, b, at);
            }
            Fact::Condition(condition) => {
                self.conditions.insert(condition, ());
            }
        }
    }

    /// The node of a term, which is made if there is none. No fact is added.
    pub(super) fn add(&mut self, term: TermId, at: Location) -> NodeId {
        if let Some(node) = self.nodes.get(term) {
            return *node;
        }
        let id = self.count;
        self.count += 1;
        self.nodes.insert(term, id);
        let class = Class { size: 1, ..Class::default() };
        self.list.insert(id, Rc::new(Node { term, parent: id, next: id, at, class, ..Node::default() }));
        id
    }

    /// Records a fact about one term. Returns the term's node.
    fn note(&mut self, term: TermId, atom: Atom) -> NodeId {
        let id = self.add(term, atom.at);
        self.node_mut(id).facts.push((atom, id));
        id
    }

    /// Records a fact about two terms. Returns their nodes.
    fn note_pair(&mut self, a: TermId, b: TermId, atom: Atom) -> (NodeId, NodeId) {
        let (left, right) = (self.add(a, atom.at), self.add(b, atom.at));
        self.node_mut(left).facts.push((atom, right));
        self.node_mut(right).facts.push((atom, left));
        (left, right)
    }

    fn node(&self, id: NodeId) -> &Node {
        self.list.get(id).expect("a node stays")
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        Rc::make_mut(self.list.get_mut(id).expect("a node stays"))
    }

    fn class_mut(&mut self, root: NodeId) -> &mut Class {
        &mut self.node_mut(root).class
    }

    fn find(&self, mut id: NodeId) -> NodeId {
        loop {
            let parent = self.node(id).parent;
            if parent == id {
                return id;
            }
            id = parent;
        }
    }

    /// Merges the classes of two nodes.
    fn unite(&mut self, a: NodeId, b: NodeId) {
        let (a_root, b_root) = (self.find(a), self.find(b));
        if a_root == b_root {
            return;
        }
        let is_larger = self.node(a_root).class.size >= self.node(b_root).class.size;
        let (root, other) = if is_larger { (a_root, b_root) } else { (b_root, a_root) };
        let (ring, other_ring) = (self.node(root).next, self.node(other).next);
        let merged = std::mem::take(self.class_mut(other));
        let node = self.node_mut(other);
        (node.parent, node.next) = (root, ring);
        let node = self.node_mut(root);
        node.next = other_ring;
        let class = &mut node.class;
        let becomes_known = class.not_null != merged.not_null;
        class.size += merged.size;
        class.nulls += merged.nulls;
        class.not_null |= merged.not_null;
        class.sets = std::mem::take(&mut class.sets).join(merged.sets);
        class.unless = std::mem::take(&mut class.unless).join(merged.unless);
        if becomes_known {
            self.retry(root);
        }
    }

    fn set_null(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        if !std::mem::replace(&mut node.is_null, true) {
            let root = self.find(id);
            self.class_mut(root).nulls += 1;
        }
    }

    fn set_not_null(&mut self, id: NodeId) {
        let root = self.find(id);
        if !self.node(root).class.not_null {
            self.class_mut(root).not_null = true;
            self.retry(root);
        }
    }

    fn unite_unless_null(&mut self, a: NodeId, b: NodeId, at: Location) {
        let (a_root, b_root) = (self.find(a), self.find(b));
        if self.node(a_root).class.not_null && self.node(b_root).class.not_null {
            return self.unite(a, b);
        }
        for root in [a_root, b_root] {
            if !self.node(root).class.not_null {
                self.class_mut(root).unless.push((a, b, at));
            }
        }
    }

    /// A class has become known not to be NULL: pairs that waited for this are tried again.
    fn retry(&mut self, root: NodeId) {
        for (a, b, at) in std::mem::take(&mut self.class_mut(root).unless).backwards() {
            self.unite_unless_null(a, b, at);
        }
    }

    /// Records `a <= b`. If `b <= a` in the same order is known too, both are equal.
    fn compare(&mut self, a: NodeId, b: NodeId, order: Oid) {
        let (above, below) = (&self.node(a).orders, &self.node(b).orders);
        let is_turned = if above.len() < below.len() {
            above.backwards().any(|known| known == (b, order, false))
        } else {
            below.backwards().any(|known| known == (a, order, true))
        };
        self.node_mut(a).orders.push((b, order, true));
        self.node_mut(b).orders.push((a, order, false));
        if is_turned {
            self.unite(a, b);
        }
    }

    /// Forgets a term. What follows about other terms stays known.
    pub(super) fn forget(&mut self, term: TermId) {
        self.nodes.remove(term);
    }

    /// Forgets a fact that a term is NULL, and what it equals unless it is NULL.
    pub(super) fn forget_null(&mut self, term: TermId) {
        let Some(id) = self.nodes.get(term).copied() else { return };
        let root = self.find(id);
        self.class_mut(root).unless = List::default();
        if std::mem::take(&mut self.node_mut(id).is_null) {
            let root = self.find(id);
            self.class_mut(root).nulls -= 1;
        }
    }

    /// Forgets a condition.
    pub(super) fn forget_condition(&mut self, condition: ConditionId) {
        self.conditions.remove(condition);
    }

    fn known(&self, term: TermId) -> Option<&Class> {
        let root = self.find(*self.nodes.get(term)?);
        Some(&self.node(root).class)
    }

    /// The root of a term's class, if there are facts about the term.
    pub(super) fn root(&self, term: TermId) -> Option<NodeId> {
        Some(self.find(*self.nodes.get(term)?))
    }

    /// Whether there are facts about a term.
    pub(super) fn knows(&self, term: TermId) -> bool {
        self.nodes.contains(term)
    }

    /// The terms about which there are facts, in order.
    pub(super) fn terms(&self) -> Vec<TermId> {
        self.nodes.keys()
    }

    /// The place of the first fact about a term.
    pub(super) fn place(&self, term: TermId) -> Location {
        self.node(*self.nodes.get(term)?).at
    }

    /// Whether two terms are known to be the same value, or both NULL.
    pub(super) fn same(&self, a: TermId, b: TermId) -> bool {
        a == b || self.root(a).is_some_and(|root| self.root(b) == Some(root))
    }

    /// Whether two terms are known to be the same value unless one of them is NULL.
    pub(super) fn same_unless_null(&self, a: TermId, b: TermId) -> bool {
        let (Some(class), Some(root), Some(other)) = (self.known(a), self.root(a), self.root(b)) else {
            return false;
        };
        let are_these = |(x, y)| (x, y) == (root, other) || (x, y) == (other, root);
        class.unless.backwards().any(|(x, y, _)| are_these((self.find(x), self.find(y))))
    }

    /// All terms that are known to be the same value, in order, with the term itself.
    pub(super) fn class(&self, term: TermId) -> Vec<TermId> {
        let Some(first) = self.nodes.get(term).copied() else { return vec![term] };
        let mut found = Vec::new();
        let mut id = first;
        loop {
            let node = self.node(id);
            if self.is_current(id, node) {
                found.push(node.term);
            }
            id = node.next;
            if id == first {
                found.sort_unstable();
                return found;
            }
        }
    }

    /// An upper bound for the number of terms in the class of a term.
    pub(super) fn class_size(&self, term: TermId) -> usize {
        self.known(term).map_or(1, |class| class.size)
    }

    /// Whether a node still belongs to its term, which was not forgotten.
    fn is_current(&self, id: NodeId, node: &Node) -> bool {
        self.nodes.get(node.term) == Some(&id)
    }

    /// Whether a term is known to be NULL.
    pub(super) fn is_null(&self, term: TermId) -> bool {
        self.known(term).is_some_and(|class| class.nulls > 0)
    }

    /// Whether a term is known not to be NULL.
    pub(super) fn is_not_null(&self, term: TermId) -> bool {
        self.known(term).is_some_and(|class| class.not_null)
    }

    /// Whether a term is known to be an element of that array, and not NULL.
    pub(super) fn is_member(&self, term: TermId, set: TermId) -> bool {
        let (Some(class), Some(set)) = (self.known(term), self.root(set)) else { return false };
        class.not_null && class.sets.backwards().any(|known| self.find(known) == set)
    }

    /// The conditions that are known to be true.
    pub(super) fn conditions(&self) -> impl Iterator<Item = ConditionId> {
        self.conditions.keys().into_iter()
    }

    /// Whether a condition is known to be true.
    pub(super) fn holds(&self, condition: ConditionId) -> bool {
        self.conditions.contains(condition)
    }

    /// The facts about a term in the order in which they were learned, without those whose other term was forgotten.
    pub(super) fn facts_about(&self, term: TermId) -> Vec<Atom> {
        let Some(id) = self.nodes.get(term) else { return Vec::new() };
        let facts = self.node(*id).facts.backwards();
        let mut found: Vec<Atom> = facts
            .filter(|(_, other)| self.is_current(*other, self.node(*other)))
            .map(|(atom, _)| atom)
            .collect();
        found.reverse();
        found
    }
}
