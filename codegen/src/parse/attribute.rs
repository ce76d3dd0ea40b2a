//! `--#` and `--&` lines: a Rust attribute without its `#[` and `]`.

use super::line::{Line, Parsed, problem};
use crate::source::{Span, Spanned};

const HELP: &str = "write only what goes inside `#[...]`, for example `--# derive(Hash)`";

/// Reads what follows `--#` or `--&`; `span` is the whole line.
pub(super) fn attribute(line: &mut Line, span: Span) -> Parsed<Spanned<String>> {
    let text = line.rest();
    if text.value.is_empty() {
        return Err(problem(span, "expected an attribute", HELP));
    }
    if text.value.starts_with('#') {
        return Err(problem(text.span, "an attribute is written without `#[` and `]`", HELP));
    }
    if !is_balanced(text.value) {
        return Err(problem(text.span, "unbalanced brackets in this attribute", HELP));
    }
    Ok(Spanned { value: text.value.to_owned(), span: text.span })
}

/// Whether an attribute ends where its line ends: all its brackets are closed within it.
fn is_balanced(text: &str) -> bool {
    let (mut open, mut characters) = (Vec::new(), text.chars());
    while let Some(character) = characters.next() {
        match character {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(character) => return false,
            '"' => loop {
                match characters.next() {
                    None => return false,
                    Some('"') => break,
                    Some('\\') => drop(characters.next()),
                    Some(_) => (),
                }
            },
            _ => (),
        }
    }
    open.is_empty() && !text.contains("//") && !text.contains("/*")
}
