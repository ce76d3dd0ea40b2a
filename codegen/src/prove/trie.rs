//! Persistent data structures: a map from small integers, and a list. A copy takes constant time and shares all nodes that
//! neither copy changes.

use std::rc::Rc;

const BITS: u32 = 3;
const WIDTH: usize = 1 << BITS;

/// A persistent map from integers: a radix trie, whose height is determined by the greatest key.
#[derive(Debug)]
pub(super) struct Trie<V> {
    root: Option<Rc<Node<V>>>,
    /// The number of branches above each leaf.
    height: u32,
}

#[derive(Debug, Clone)]
enum Node<V> {
    Branch([Option<Rc<Node<V>>>; WIDTH]),
    Leaf([Option<V>; WIDTH]),
}

impl<V> Clone for Trie<V> {
    fn clone(&self) -> Self {
        Trie { root: self.root.clone(), height: self.height }
    }
}

impl<V> Default for Trie<V> {
    fn default() -> Self {
        Trie { root: None, height: 0 }
    }
}

fn slot(key: u32, height: u32) -> usize {
    (key >> (BITS * height)) as usize & (WIDTH - 1)
}

impl<V: Clone> Node<V> {
    fn empty(height: u32) -> Self {
        if height == 0 { Node::Leaf(Default::default()) } else { Node::Branch(Default::default()) }
    }

    fn slot_mut(&mut self, key: u32, height: u32) -> &mut Option<V> {
        match self {
            Node::Leaf(values) => &mut values[slot(key, 0)],
            Node::Branch(nodes) => {
                let below = height.saturating_sub(1);
                let node = nodes[slot(key, height)].get_or_insert_with(|| Rc::new(Node::empty(below)));
                Rc::make_mut(node).slot_mut(key, below)
            }
        }
    }

    fn keys(&self, height: u32, from: u32, found: &mut Vec<u32>) {
        let at = |index: usize| from + ((u32::try_from(index).unwrap_or(0)) << (BITS * height));
        match self {
            Node::Leaf(values) => {
                found.extend(
                    values.iter().enumerate().filter(|(_, value)| value.is_some()).map(|(i, _)| at(i)),
                );
            }
            Node::Branch(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    if let Some(node) = node {
                        node.keys(height - 1, at(index), found);
                    }
                }
            }
        }
    }
}

impl<V: Clone> Trie<V> {
    fn reaches(&self, key: u32) -> bool {
        key.checked_shr(BITS * (self.height + 1)).unwrap_or(0) == 0
    }

    pub(super) fn get(&self, key: u32) -> Option<&V> {
        if !self.reaches(key) {
            return None;
        }
        let mut node = self.root.as_deref()?;
        let mut height = self.height;
        loop {
            match node {
                Node::Leaf(values) => return values[slot(key, 0)].as_ref(),
                Node::Branch(nodes) => node = nodes[slot(key, height)].as_deref()?,
            }
            height -= 1;
        }
    }

    pub(super) fn contains(&self, key: u32) -> bool {
        self.get(key).is_some()
    }

    fn slot_mut(&mut self, key: u32) -> &mut Option<V> {
        while !self.reaches(key) {
            let mut nodes: [Option<Rc<Node<V>>>; WIDTH] = Default::default();
            nodes[0] = self.root.take();
            self.root = Some(Rc::new(Node::Branch(nodes)));
            self.height += 1;
        }
        let height = self.height;
        Rc::make_mut(self.root.get_or_insert_with(|| Rc::new(Node::empty(height)))).slot_mut(key, height)
    }

    /// Sets a value and returns the previous one.
    pub(super) fn insert(&mut self, key: u32, value: V) -> Option<V> {
        self.slot_mut(key).replace(value)
    }

    pub(super) fn remove(&mut self, key: u32) -> Option<V> {
        if self.contains(key) { self.slot_mut(key).take() } else { None }
    }

    /// The value of a key, to be changed.
    pub(super) fn get_mut(&mut self, key: u32) -> Option<&mut V> {
        if self.contains(key) { self.slot_mut(key).as_mut() } else { None }
    }

    /// The keys, in order.
    pub(super) fn keys(&self) -> Vec<u32> {
        let mut found = Vec::new();
        if let Some(root) = &self.root {
            root.keys(self.height, 0, &mut found);
        }
        found
    }
}

/// A persistent list that grows at its end.
#[derive(Debug)]
pub(super) struct List<T> {
    last: Option<Rc<Cell<T>>>,
    length: usize,
}

#[derive(Debug)]
struct Cell<T> {
    value: T,
    before: List<T>,
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        List { last: self.last.clone(), length: self.length }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List { last: None, length: 0 }
    }
}

impl<T> Drop for List<T> {
    /// Drops the cells in a loop, because dropping them recursively would overflow the stack for long lists.
    fn drop(&mut self) {
        let mut last = self.last.take();
        while let Some(mut cell) = last.and_then(Rc::into_inner) {
            last = cell.before.last.take();
        }
    }
}

impl<T: Copy> List<T> {
    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn push(&mut self, value: T) {
        let before = std::mem::take(self);
        *self = List { length: before.length + 1, last: Some(Rc::new(Cell { value, before })) };
    }

    /// The elements from the last to the first.
    pub(super) fn backwards(&self) -> impl Iterator<Item = T> {
        let mut next = self.last.as_deref();
        std::iter::from_fn(move || {
            let cell = next?;
            next = cell.before.last.as_deref();
            Some(cell.value)
        })
    }

    /// The elements of both lists in any order.
    pub(super) fn join(self, other: List<T>) -> List<T> {
        let (mut long, short) = if self.length < other.length { (other, self) } else { (self, other) };
        short.backwards().for_each(|value| long.push(value));
        long
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_independent() {
        let mut first = Trie::default();
        for key in [0, 15, 16, 300, 70_000] {
            assert_eq!(first.insert(key, key), None);
        }
        let mut second = first.clone();
        second.insert(300, 1);
        second.remove(16);
        assert_eq!((first.get(300), second.get(300)), (Some(&300), Some(&1)));
        assert_eq!(first.keys(), [0, 15, 16, 300, 70_000]);
        assert_eq!(second.keys(), [0, 15, 300, 70_000]);
        assert!(!second.contains(17) && !second.contains(u32::MAX));
    }

    #[test]
    fn lists_share_their_beginning() {
        let mut first = List::default();
        (0..200_000).for_each(|number| first.push(number));
        let mut second = first.clone();
        second.push(7);
        assert_eq!((first.len(), second.len()), (200_000, 200_001));
        assert_eq!(second.backwards().take(2).collect::<Vec<_>>(), [7, 199_999]);
    }
}
