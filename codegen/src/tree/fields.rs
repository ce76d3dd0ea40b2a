//! Reads the fields of a node by name, and makes sure that none is overlooked.

use std::iter::successors;

use super::ast::{Location, Oid};
use super::node::{Field, List, Node, Value};
use super::token::unescape;

/// A node or field that the reader does not know: `TAG` or `TAG:field`. The node around it becomes opaque.
#[derive(Debug)]
pub(super) struct Unknown(pub String);

pub(super) type Known<T> = Result<T, Unknown>;

/// A node whose fields are being read. Each field that the server prints must be taken or skipped by name, or
/// [`Fields::finish`] fails: a field that a later version adds may change what the node means.
pub(super) struct Fields<'n, 't> {
    node: Node<'n, 't>,
    /// The numbers of the fields that were taken.
    taken: u64,
    /// The field after the last one that was taken. Searching begins there, since fields are usually taken in the server's order.
    next: Option<Field<'n, 't>>,
}

impl<'n, 't> Fields<'n, 't> {
    pub fn new(node: Node<'n, 't>) -> Self {
        Fields { node, taken: 0, next: node.first() }
    }

    pub fn tag(&self) -> &'t str {
        self.node.tag
    }

    /// The value of a field that only some versions have.
    pub fn optional(&mut self, name: &str) -> Option<Value<'n, 't>> {
        let after = successors(self.next, |field| field.next()).find(|field| field.name == name);
        let field = after.or_else(|| self.node.fields().find(|field| field.name == name))?;
        self.taken |= bit(field);
        self.next = field.next();
        Some(field.value())
    }

    pub fn take(&mut self, name: &str) -> Known<Value<'n, 't>> {
        self.optional(name).ok_or_else(|| self.unknown(name))
    }

    /// Skips fields that do not affect the node's meaning. Not all versions have them.
    pub fn skip(&mut self, names: &[&str]) {
        let skipped = self.node.fields().filter(|field| names.contains(&field.name));
        self.taken |= skipped.map(bit).fold(0, |bits, bit| bits | bit);
    }

    /// Takes a field that is always empty in a tree that was not rewritten yet.
    pub fn unset(&mut self, name: &str) -> Known<()> {
        match self.optional(name) {
            None | Some(Value::Null | Value::Word("false")) => Ok(()),
            Some(_) => Err(self.unknown(name)),
        }
    }

    /// Fails if a field was neither taken nor skipped.
    pub fn finish(&self) -> Known<()> {
        let mut left = self.node.fields().filter(|field| self.taken & bit(*field) == 0);
        left.next().map_or(Ok(()), |field| Err(self.unknown(field.name)))
    }

    /// The error that this field has an unknown value.
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

    /// A word from a fixed set, such as `and` or a letter.
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
        let texts = self.list(name)?.map(|value| match value {
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

    pub fn list(&mut self, name: &str) -> Known<List<'n, 't>> {
        match self.take(name)? {
            Value::Null => Ok(self.node.no_list()),
            Value::List(list) => Ok(list),
            _ => Err(self.unknown(name)),
        }
    }

    pub fn node(&mut self, name: &str) -> Known<Node<'n, 't>> {
        self.node_or_none(name)?.ok_or_else(|| self.unknown(name))
    }

    pub fn node_or_none(&mut self, name: &str) -> Known<Option<Node<'n, 't>>> {
        match self.take(name)? {
            Value::Null => Ok(None),
            Value::Node(node) => Ok(Some(node)),
            _ => Err(self.unknown(name)),
        }
    }

    /// Applies `read` to each node of a list.
    pub fn nodes<T>(&mut self, name: &str, read: impl Fn(Node<'n, 't>) -> Known<T>) -> Known<Vec<T>> {
        let mut nodes = Vec::new();
        // Nested nodes are read recursively; a loop needs less stack than an iterator chain.
        for value in self.list(name)? {
            match value {
                Value::Node(node) => nodes.push(read(node)?),
                _ => return Err(self.unknown(name)),
            }
        }
        Ok(nodes)
    }
}

/// The bit of a field in [`Fields::taken`]. It is 0 from number 64 on, so these fields never count as taken.
fn bit(field: Field<'_, '_>) -> u64 {
    1u64.checked_shl(field.number).unwrap_or(0)
}

/// Reads a node that must have one of these tags, and whose fields must all be known.
pub(super) fn read<'n, 't, T>(
    node: Node<'n, 't>,
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
