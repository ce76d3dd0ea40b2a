//! Reads a printed tree into generic nodes: tags, fields and values, without their meaning.

use std::iter::successors;
use std::ops::Range;

use super::token::{Layout, NAME, Tokens, TreeError};

/// The maximum nesting of nodes and lists, which is that of about 500 operators. All later stages are recursive, and must not
/// overflow the stack of any thread.
const DEPTH: usize = 1000;

/// The number of levels that a query counts as, since it needs more stack. So about 50 queries can be nested.
const QUERY_DEPTH: usize = 16;

/// More bytes than the text of a query without many joins has.
const LONG: usize = 1 << 20;

/// What to do with the list of its columns that each join's range table entry has. It repeats the columns of both sides, so
/// that in a chain of joins all lists together grow with the square of the number of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joins {
    /// Read all lists.
    Read,
    /// Skip, as if it were empty, the list of a join without an alias and without merged columns. PostgreSQL resolves a
    /// column of such a join to that of a side (`transformFromClauseItem` in `parse_clause.c` gives the join the
    /// `ParseNamespaceColumn`s of its sides), and its whole row has no name. Whoever reads a query so has to make sure that
    /// nothing refers to what was skipped.
    SkipNameless,
}

/// A text that consists of one value.
///
/// All values are in one list, in the order in which they begin: the content of a node or a list directly follows it.
#[derive(Debug)]
pub(super) struct Tree<'t> {
    entries: Vec<Entry<'t>>,
    numbers: Vec<i64>,
    bytes: Vec<u8>,
}

/// A value without its content.
#[derive(Debug)]
struct Entry<'t> {
    /// The field with this value; empty in a list.
    field: &'t str,
    kind: Kind<'t>,
    /// The index of the entry after its content.
    after: usize,
}

#[derive(Debug)]
enum Kind<'t> {
    Null,
    Word(&'t str),
    Text(&'t str),
    /// With its tag.
    Node(&'t str),
    List,
    /// Indexes in [`Tree::numbers`].
    Numbers(Range<usize>),
    /// Indexes in [`Tree::bytes`].
    Datum(Range<usize>),
}

/// The value of a field or an element of a list. A field has exactly one, whatever it looks like: a name that looks like a
/// field is still a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'n, 't> {
    /// `<>`
    Null,
    /// A number, a boolean, a name; still escaped.
    Word(&'t str),
    /// A quoted element of a list, without its quotes; still escaped.
    Text(&'t str),
    Node(Node<'n, 't>),
    List(List<'n, 't>),
    /// `(i 1 2)`, `(o 1 2)`, `(x 1 2)`, `(b 1 2)`
    Numbers(&'n [i64]),
    /// `2 [ 1 -1 ]`
    Datum(&'n [u8]),
}

/// `{TAG :field value ...}`
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'n, 't> {
    pub tag: &'t str,
    inside: Inside<'n, 't>,
}

/// `(value ...)`, as an iterator over its elements.
#[derive(Debug, Clone, Copy)]
pub(super) struct List<'n, 't>(Inside<'n, 't>);

/// A field of a node, and those that follow it.
#[derive(Clone, Copy)]
pub(super) struct Field<'n, 't> {
    pub name: &'t str,
    /// Its index among the node's fields, counted from 0.
    pub number: u32,
    from_here: Inside<'n, 't>,
}

/// Consecutive entries, with their content.
#[derive(Debug, Clone, Copy)]
struct Inside<'n, 't> {
    tree: &'n Tree<'t>,
    start: usize,
    end: usize,
}

impl<'t> Tree<'t> {
    /// Reads a text.
    pub fn parse(text: &'t str, layout: Layout, joins: Joins) -> Result<Self, TreeError> {
        // A field with its value usually has at least this many bytes. A long text is that of many joins, most of which is
        // skipped.
        let entries = Vec::with_capacity(text.len().min(LONG) / 14);
        let tree = Tree { entries, numbers: Vec::new(), bytes: Vec::new() };
        let mut reader = Reader { tokens: Tokens::new(text, layout), joins, tree };
        reader.value("", DEPTH)?;
        match reader.tokens.first() {
            None => Ok(reader.tree),
            Some(_) => Err(reader.error("something follows its end")),
        }
    }

    /// The value.
    pub fn value(&self) -> Value<'_, 't> {
        self.at(0)
    }

    fn at(&self, place: usize) -> Value<'_, 't> {
        let entry = &self.entries[place];
        let inside = Inside { tree: self, start: place + 1, end: entry.after };
        match &entry.kind {
            Kind::Null => Value::Null,
            Kind::Word(word) => Value::Word(word),
            Kind::Text(text) => Value::Text(text),
            Kind::Node(tag) => Value::Node(Node { tag, inside }),
            Kind::List => Value::List(List(inside)),
            Kind::Numbers(places) => Value::Numbers(&self.numbers[places.clone()]),
            Kind::Datum(places) => Value::Datum(&self.bytes[places.clone()]),
        }
    }
}

impl<'n, 't> Inside<'n, 't> {
    /// The first of the entries.
    fn first(self) -> Option<&'n Entry<'t>> {
        self.tree.entries[..self.end].get(self.start)
    }

    /// All but the first of the entries.
    fn others(self) -> Self {
        Inside { start: self.first().map_or(self.end, |first| first.after), ..self }
    }
}

impl<'n, 't> Node<'n, 't> {
    /// The field that is printed first.
    pub fn first(self) -> Option<Field<'n, 't>> {
        Field::of(self.inside, 0)
    }

    /// A list without elements.
    pub fn no_list(self) -> List<'n, 't> {
        List(Inside { end: 0, ..self.inside })
    }

    /// The fields, in the order in which they are printed.
    pub fn fields(self) -> impl Iterator<Item = Field<'n, 't>> {
        successors(self.first(), |field| field.next())
    }
}

impl<'n, 't> Iterator for List<'n, 't> {
    type Item = Value<'n, 't>;

    fn next(&mut self) -> Option<Value<'n, 't>> {
        let Inside { tree, start, .. } = self.0;
        self.0.first()?;
        self.0 = self.0.others();
        Some(tree.at(start))
    }
}

impl<'n, 't> Field<'n, 't> {
    fn of(from_here: Inside<'n, 't>, number: u32) -> Option<Self> {
        from_here.first().map(|entry| Field { name: entry.field, number, from_here })
    }

    /// The field that is printed after it.
    pub fn next(self) -> Option<Self> {
        Field::of(self.from_here.others(), self.number + 1)
    }

    /// Its value.
    pub fn value(self) -> Value<'n, 't> {
        self.from_here.tree.at(self.from_here.start)
    }
}

/// Reads values into a tree.
struct Reader<'t> {
    tokens: Tokens<'t>,
    joins: Joins,
    tree: Tree<'t>,
}

impl<'t> Reader<'t> {
    /// Adds the next value with its content.
    fn value(&mut self, field: &'t str, depth: usize) -> Result<(), TreeError> {
        let place = self.tree.entries.len();
        self.tree.entries.push(Entry { field, kind: Kind::Null, after: place + 1 });
        let kind = if self.tokens.take(b'{') {
            self.node(place, depth)?
        } else if self.tokens.take(b'(') {
            self.list(depth)?
        } else {
            match self.tokens.word()? {
                Some("<>") => return Ok(()),
                Some(word) if self.tokens.first() == Some(b'[') && is_digits(word) => self.datum(word)?,
                Some(word) => Kind::Word(word),
                None if self.tokens.first().is_none() => return Err(self.error("it ends too early")),
                None => return Err(self.error("a value is missing")),
            }
        };
        let after = self.tree.entries.len();
        let entry = &mut self.tree.entries[place];
        (entry.kind, entry.after) = (kind, after);
        Ok(())
    }

    fn node(&mut self, place: usize, depth: usize) -> Result<Kind<'t>, TreeError> {
        let tag = self.tokens.word()?.filter(|tag| is_name(tag));
        let tag = tag.ok_or_else(|| self.error("a node has no tag"))?;
        let depth = self.deeper(depth, if tag == "QUERY" { QUERY_DEPTH } else { 1 })?;
        while let Some(name) = self.tokens.field() {
            match name {
                "joinaliasvars" if self.skips(place) => self.skipped(name)?,
                _ => self.value(name, depth)?,
            }
        }
        match self.tokens.first() {
            Some(_) if self.tokens.take(b'}') => Ok(Kind::Node(tag)),
            Some(_) => Err(self.error("a field has more than one value")),
            None => Err(self.error("a node has no end")),
        }
    }

    /// Whether the list of columns that comes next is to be skipped.
    fn skips(&mut self, join: usize) -> bool {
        let entries = &self.tree.entries;
        let unnamed = matches!(entries.get(join + 1), Some(Entry { field: "alias", kind: Kind::Null, .. }));
        let merges_none =
            matches!(entries.last(), Some(Entry { field: "joinmergedcols", kind: Kind::Word("0"), .. }));
        self.joins == Joins::SkipNameless && unnamed && merges_none && self.tokens.first() == Some(b'(')
    }

    /// Adds a field without reading its value, which is a list.
    fn skipped(&mut self, field: &'t str) -> Result<(), TreeError> {
        self.tokens.skip_list()?;
        let after = self.tree.entries.len() + 1;
        self.tree.entries.push(Entry { field, kind: Kind::Null, after });
        Ok(())
    }

    fn list(&mut self, depth: usize) -> Result<Kind<'t>, TreeError> {
        let depth = self.deeper(depth, 1)?;
        // In a list of numbers, a letter comes first.
        if let Some(b'i' | b'o' | b'x' | b'b') = self.tokens.first() {
            return self.numbers();
        }
        while !self.tokens.take(b')') {
            match self.tokens.first() {
                Some(b'"') => self.text()?,
                Some(_) => self.value("", depth)?,
                None => return Err(self.error("a list has no end")),
            }
        }
        Ok(Kind::List)
    }

    fn text(&mut self) -> Result<(), TreeError> {
        let word = self.tokens.word()?.and_then(|word| word.strip_prefix('"')?.strip_suffix('"'));
        let text = word.ok_or_else(|| self.error("a name has no end"))?;
        let after = self.tree.entries.len() + 1;
        self.tree.entries.push(Entry { field: "", kind: Kind::Text(text), after });
        Ok(())
    }

    fn numbers(&mut self) -> Result<Kind<'t>, TreeError> {
        if !matches!(self.tokens.word()?, Some("i" | "o" | "x" | "b")) {
            return Err(self.error("a list is of no known kind"));
        }
        let start = self.tree.numbers.len();
        while let Some(word) = self.tokens.word()? {
            let number = self.number(word)?;
            self.tree.numbers.push(number);
        }
        match self.tokens.take(b')') {
            true => Ok(Kind::Numbers(start..self.tree.numbers.len())),
            false => Err(self.error("a list of numbers has no end")),
        }
    }

    fn datum(&mut self, length: &str) -> Result<Kind<'t>, TreeError> {
        if self.tokens.word()? != Some("[") {
            return Err(self.error("a field has more than one value"));
        }
        let length = usize::try_from(self.number(length)?).unwrap_or(usize::MAX);
        let start = self.tree.bytes.len();
        loop {
            let read = self.tree.bytes.len() - start;
            match self.tokens.word()? {
                // A by-value datum is printed as a whole machine word, whatever its length.
                Some("]") if read == length || read == 8 && length <= 8 => {
                    return Ok(Kind::Datum(start..start + read));
                }
                Some(word) => {
                    let byte = i8::try_from(self.number(word)?);
                    let byte = byte.map_err(|_| self.error("a byte is out of range"))?;
                    self.tree.bytes.push(byte.cast_unsigned());
                }
                None => return Err(self.error("a constant has no end")),
            }
        }
    }

    fn number(&self, word: &str) -> Result<i64, TreeError> {
        word.parse().map_err(|_| self.error("a number is expected"))
    }

    fn deeper(&self, depth: usize, levels: usize) -> Result<usize, TreeError> {
        depth.checked_sub(levels).ok_or_else(|| self.error("it is nested too deeply"))
    }

    fn error(&self, message: &'static str) -> TreeError {
        TreeError::new(message, self.tokens.offset())
    }
}

fn is_digits(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| NAME[usize::from(byte)])
}
