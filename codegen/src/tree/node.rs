//! A printed tree as generic nodes: tags, fields and values, not yet understood.

use super::token::{Layout, Token, Tokens, TreeError};

/// How deep nodes and lists may stand within each other: some 500 operators. What is read here is walked recursively
/// by every later stage, on the stack of whichever thread.
const DEPTH: usize = 1000;

/// How many levels a query counts for, since it takes that much more of the stack: some 50 may be nested.
const QUERY_DEPTH: usize = 16;

/// `{TAG :field value ...}`
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub tag: &'t str,
    pub fields: Vec<(&'t str, Value<'t>)>,
}

/// What a field or an element of a list holds. A field has exactly one, whatever that looks like: a name that
/// looks like a field is still a value.
#[derive(Debug)]
pub(super) enum Value<'t> {
    /// `<>`
    Null,
    /// A number, a boolean, a name; still escaped.
    Word(&'t str),
    /// A quoted element of a list, without its quotes; still escaped.
    Text(&'t str),
    Node(Node<'t>),
    List(Vec<Value<'t>>),
    /// `(i 1 2)`, `(o 1 2)`, `(x 1 2)`, `(b 1 2)`
    Numbers(Vec<i64>),
    /// `2 [ 1 -1 ]`
    Datum(Vec<u8>),
}

/// Reads a text that is one value and nothing more.
pub(super) fn parse(text: &str, layout: Layout) -> Result<Value<'_>, TreeError> {
    let mut tokens = Tokens::new(text, layout);
    let value = value(&mut tokens, DEPTH)?;
    match tokens.next()? {
        Token::End => Ok(value),
        Token::OpenList | Token::CloseList | Token::OpenNode | Token::CloseNode | Token::Word(_) => {
            Err(TreeError::new("something follows its end", tokens.offset()))
        }
    }
}

fn value<'t>(tokens: &mut Tokens<'t>, depth: usize) -> Result<Value<'t>, TreeError> {
    match tokens.next()? {
        Token::OpenNode => node(tokens, depth).map(Value::Node),
        Token::OpenList => list(tokens, deeper(tokens, depth, 1)?),
        Token::Word("<>") => Ok(Value::Null),
        Token::Word(word) if is_digits(word) && tokens.first() == Some(b'[') => datum(tokens, word),
        Token::Word(word) => Ok(Value::Word(word)),
        Token::CloseList | Token::CloseNode => Err(TreeError::new("a value is missing", tokens.offset())),
        Token::End => Err(TreeError::new("it ends too early", tokens.offset())),
    }
}

fn deeper(tokens: &Tokens, depth: usize, levels: usize) -> Result<usize, TreeError> {
    depth.checked_sub(levels).ok_or(TreeError::new("it is nested too deeply", tokens.offset()))
}

fn node<'t>(tokens: &mut Tokens<'t>, depth: usize) -> Result<Node<'t>, TreeError> {
    let tag = match tokens.next()? {
        Token::Word(tag) if is_name(tag) => tag,
        _ => return Err(TreeError::new("a node has no tag", tokens.offset())),
    };
    let levels = if tag == "QUERY" { QUERY_DEPTH } else { 1 };
    let depth = deeper(tokens, depth, levels)?;
    // Most have about so many.
    let mut fields = Vec::with_capacity(10);
    loop {
        match tokens.next()? {
            Token::CloseNode => return Ok(Node { tag, fields }),
            Token::Word(word) => match word.strip_prefix(':').filter(|name| is_name(name)) {
                Some(name) => fields.push((name, value(tokens, depth)?)),
                None => return Err(TreeError::new("a field has more than one value", tokens.offset())),
            },
            Token::OpenNode | Token::OpenList | Token::CloseList => {
                return Err(TreeError::new("a field has more than one value", tokens.offset()));
            }
            Token::End => return Err(TreeError::new("a node has no end", tokens.offset())),
        }
    }
}

fn list<'t>(tokens: &mut Tokens<'t>, depth: usize) -> Result<Value<'t>, TreeError> {
    // A bare letter comes first where all elements are numbers.
    if let Some(b'i' | b'o' | b'x' | b'b') = tokens.first() {
        return numbers(tokens);
    }
    let mut elements = Vec::new();
    loop {
        match tokens.first() {
            Some(b')') => {
                tokens.next()?;
                return Ok(Value::List(elements));
            }
            Some(b'"') => elements.push(text(tokens)?),
            Some(_) => elements.push(value(tokens, depth)?),
            None => return Err(TreeError::new("a list has no end", tokens.offset())),
        }
    }
}

fn text<'t>(tokens: &mut Tokens<'t>) -> Result<Value<'t>, TreeError> {
    match tokens.next()? {
        Token::Word(word) => word.strip_prefix('"').and_then(|word| word.strip_suffix('"')).map(Value::Text),
        Token::OpenList | Token::CloseList | Token::OpenNode | Token::CloseNode | Token::End => None,
    }
    .ok_or(TreeError::new("a name has no end", tokens.offset()))
}

fn numbers<'t>(tokens: &mut Tokens<'t>) -> Result<Value<'t>, TreeError> {
    if !matches!(tokens.next()?, Token::Word("i" | "o" | "x" | "b")) {
        return Err(TreeError::new("a list is of no known kind", tokens.offset()));
    }
    let mut numbers = Vec::new();
    loop {
        match tokens.next()? {
            Token::CloseList => return Ok(Value::Numbers(numbers)),
            Token::Word(word) => numbers.push(number(word, tokens.offset())?),
            Token::OpenNode | Token::OpenList | Token::CloseNode | Token::End => {
                return Err(TreeError::new("a list of numbers has no end", tokens.offset()));
            }
        }
    }
}

fn datum<'t>(tokens: &mut Tokens<'t>, length: &str) -> Result<Value<'t>, TreeError> {
    if tokens.next()? != Token::Word("[") {
        return Err(TreeError::new("a field has more than one value", tokens.offset()));
    }
    let length = usize::try_from(number(length, tokens.offset())?).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    loop {
        match tokens.next()? {
            // A by-value datum of any length is printed as the whole machine word.
            Token::Word("]") if bytes.len() == length || bytes.len() == 8 && length <= 8 => {
                return Ok(Value::Datum(bytes));
            }
            Token::Word(word) => {
                let byte = i8::try_from(number(word, tokens.offset())?);
                bytes.push(
                    byte.map_err(|_| TreeError::new("a byte is out of range", tokens.offset()))?
                        .cast_unsigned(),
                );
            }
            Token::OpenNode | Token::OpenList | Token::CloseNode | Token::CloseList | Token::End => {
                return Err(TreeError::new("a constant has no end", tokens.offset()));
            }
        }
    }
}

fn number(word: &str, offset: usize) -> Result<i64, TreeError> {
    word.parse().map_err(|_| TreeError::new("a number is expected", offset))
}

fn is_digits(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}
