//! The fields of one node, taken by name, so that none is overlooked.

use super::ast::{Location, Oid};
use super::node::{Node, Value};
use super::token::unescape;

/// What the reader does not know: `TAG` or `TAG:field`. It makes the node around it opaque.
#[derive(Debug)]
pub(super) struct Unknown(pub String);

pub(super) type Known<T> = Result<T, Unknown>;

/// A node whose fields are being read. Each field that the server prints must be taken or skipped by name, or
/// [`Fields::finish`] fails: a field that a later version adds may change what the node means.
pub(super) struct Fields<'n, 't> {
    node: &'n Node<'t>,
    /// Which fields were taken, by position.
    taken: u64,
    /// Where the search for the next one begins; fields are mostly taken in the server's order.
    cursor: usize,
}

impl<'n, 't> Fields<'n, 't> {
    pub fn new(node: &'n Node<'t>) -> Self {
        Fields { node, taken: 0, cursor: 0 }
    }

    pub fn tag(&self) -> &'t str {
        self.node.tag
    }

    /// The value of a field that only some versions have.
    pub fn optional(&mut self, name: &str) -> Option<&'n Value<'t>> {
        let fields = &self.node.fields;
        let mut order = (self.cursor..fields.len()).chain(0..self.cursor);
        let found = order.find(|index| fields[*index].0 == name)?;
        self.cursor = found + 1;
        self.taken |= 1u64.checked_shl(found as u32).unwrap_or(0);
        Some(&fields[found].1)
    }

    pub fn take(&mut self, name: &str) -> Known<&'n Value<'t>> {
        self.optional(name).ok_or_else(|| self.unknown(name))
    }

    /// Leaves fields unread that say nothing about what the node means, on whichever version has them.
    pub fn skip(&mut self, names: &[&str]) {
        for name in names {
            self.optional(name);
        }
    }

    /// Takes a field that is always empty before the rewriter has seen the query.
    pub fn unset(&mut self, name: &str) -> Known<()> {
        match self.optional(name) {
            None | Some(Value::Null | Value::Word("false")) => Ok(()),
            Some(_) => Err(self.unknown(name)),
        }
    }

    /// Fails if the node has a field that was neither taken nor skipped.
    pub fn finish(&self) -> Known<()> {
        let all = self.node.fields.iter().enumerate();
        let mut left =
            all.filter(|(index, _)| 1u64.checked_shl(*index as u32).is_none_or(|bit| self.taken & bit == 0));
        left.next().map_or(Ok(()), |(_, (name, _))| Err(self.unknown(name)))
    }

    /// That this field holds nothing known.
    pub fn unknown(&self, name: &str) -> Unknown {
        Unknown(format!("{}:{name}", self.node.tag))
    }

    pub fn bool(&mut self, name: &str) -> Known<bool> {
        match self.take(name)? {
            Value::Word("true") => Ok(true),
            Value::Word("false") => Ok(false),
            _ => Err(self.unknown(name)),
        }
    }

    pub fn number<T: std::str::FromStr>(&mut self, name: &str) -> Known<T> {
        match self.take(name)? {
            Value::Word(word) => word.parse().map_err(|_| self.unknown(name)),
            _ => Err(self.unknown(name)),
        }
    }

    pub fn oid(&mut self, name: &str) -> Known<Oid> {
        self.number(name)
    }

    pub fn location(&mut self) -> Known<Location> {
        Ok(usize::try_from(self.number::<i64>("location")?).ok())
    }

    /// A word that the server chooses from a few, such as `and` or a letter.
    pub fn word(&mut self, name: &str) -> Known<&'t str> {
        match self.take(name)? {
            Value::Word(word) => Ok(word),
            _ => Err(self.unknown(name)),
        }
    }

    pub fn text(&mut self, name: &str) -> Known<String> {
        self.text_or_none(name)?.ok_or_else(|| self.unknown(name))
    }

    pub fn text_or_none(&mut self, name: &str) -> Known<Option<String>> {
        match self.take(name)? {
            Value::Null => Ok(None),
            Value::Word("\"\"") => Ok(Some(String::new())),
            Value::Word(word) => Ok(Some(unescape(word))),
            _ => Err(self.unknown(name)),
        }
    }

    pub fn texts(&mut self, name: &str) -> Known<Vec<String>> {
        let texts = self.list(name)?.iter().map(|value| match value {
            Value::Text(text) => Ok(unescape(text)),
            _ => Err(self.unknown(name)),
        });
        texts.collect()
    }

    pub fn numbers<T: TryFrom<i64>>(&mut self, name: &str) -> Known<Vec<T>> {
        match self.take(name)? {
            Value::Null => Ok(Vec::new()),
            Value::Numbers(numbers) => {
                let numbers =
                    numbers.iter().map(|number| T::try_from(*number).map_err(|_| self.unknown(name)));
                numbers.collect()
            }
            _ => Err(self.unknown(name)),
        }
    }

    pub fn list(&mut self, name: &str) -> Known<&'n [Value<'t>]> {
        match self.take(name)? {
            Value::Null => Ok(&[]),
            Value::List(values) => Ok(values),
            _ => Err(self.unknown(name)),
        }
    }

    pub fn node(&mut self, name: &str) -> Known<&'n Node<'t>> {
        self.node_or_none(name)?.ok_or_else(|| self.unknown(name))
    }

    pub fn node_or_none(&mut self, name: &str) -> Known<Option<&'n Node<'t>>> {
        match self.take(name)? {
            Value::Null => Ok(None),
            Value::Node(node) => Ok(Some(node)),
            _ => Err(self.unknown(name)),
        }
    }

    /// Each node of a list, read by `read`.
    pub fn nodes<T>(&mut self, name: &str, read: impl Fn(&'n Node<'t>) -> Known<T>) -> Known<Vec<T>> {
        let nodes = self.list(name)?.iter().map(|value| match value {
            Value::Node(node) => read(node),
            _ => Err(self.unknown(name)),
        });
        nodes.collect()
    }
}

/// Reads a node that must have one of these tags, and all of whose fields must be known.
pub(super) fn read<'n, 't, T>(
    node: &'n Node<'t>,
    tags: &[&str],
    read: impl FnOnce(&mut Fields<'n, 't>) -> Known<T>,
) -> Known<T> {
    if !tags.contains(&node.tag) {
        return Err(Unknown(node.tag.to_owned()));
    }
    let mut fields = Fields::new(node);
    let value = read(&mut fields)?;
    fields.finish().map(|()| value)
}
