//! Checks the Rust that authors write: attributes on `--#` lines, derives, and types in `sqlward.toml`.
//!
//! It becomes part of the generated code unescaped. The check makes sure that it is a single attribute or a single type,
//! and cannot end early and go on as another item.

/// Checks that a text is the inside of one attribute: `derive(Hash)`, `deprecated = "use b"`.
///
/// The error is a message that says what is wrong with it.
pub fn check_attribute(text: &str) -> Result<(), String> {
    let tokens = tokens(text)?;
    let path = path_length(&tokens)
        .ok_or_else(|| "an attribute starts with its name, as in `derive(Hash)`".to_owned())?;
    match &tokens[path..] {
        [] => Ok(()),
        [Token::Symbol('='), value @ ..] => {
            if value.is_empty() {
                return Err("a value is missing after `=`".to_owned());
            }
            Ok(())
        }
        [Token::Symbol('(' | '[' | '{'), ..] if group_length(&tokens[path..]) == tokens.len() - path => {
            Ok(())
        }
        _ => Err("after the name of an attribute comes nothing, `(...)` or `= value`".to_owned()),
    }
}

/// Checks that a text is one Rust type, with full paths to other crates: `money::Cents`, `Vec<Option<app::Tag>>`,
/// `(i32, String)`.
///
/// The error is a message that says what is wrong with it.
pub fn check_type(text: &str) -> Result<(), String> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err("a type is missing".to_owned());
    }
    let mut angles = 0_i32;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Word(_) | Token::Symbol('(' | ')' | '[' | ']' | ':') => {}
            // A comma at the top level would end the field or the parameter.
            Token::Symbol(',') if angles > 0 || depth(&tokens[..index]) > 0 => {}
            Token::Symbol('<') => angles += 1,
            Token::Symbol('>') if angles > 0 => angles -= 1,
            Token::Symbol(c) => return Err(format!("`{c}` is out of place in a type")),
            Token::Literal => return Err("a literal is not a type".to_owned()),
        }
    }
    if angles != 0 { Err("`<` without `>`".to_owned()) } else { Ok(()) }
}

/// Checks that a text is the path of a trait that can be derived: `Hash`, `schemars::JsonSchema`.
///
/// The error is a message that says what is wrong with it.
pub fn check_derive(text: &str) -> Result<(), String> {
    let tokens = tokens(text)?;
    match path_length(&tokens) {
        Some(length) if length == tokens.len() => Ok(()),
        _ => Err(format!("`{}` is not the name of a trait", text.trim())),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Symbol(char),
    /// A string, character or number, or a lifetime.
    Literal,
}

/// Splits a text into tokens. The error is a message; brackets that do not match are one.
fn tokens(text: &str) -> Result<Vec<Token>, String> {
    if let Some(c) = text.chars().find(|c| c.is_control()) {
        return Err(format!("it contains the control character {}", c.escape_unicode()));
    }
    let mut tokens = Vec::new();
    let mut open = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            c if c.is_whitespace() => c.len_utf8(),
            '/' if rest.starts_with("//") || rest.starts_with("/*") => {
                return Err("a comment is not possible here".to_owned());
            }
            '"' => {
                tokens.push(Token::Literal);
                string_length(rest)?
            }
            '\'' => {
                tokens.push(Token::Literal);
                quoted_length(rest)?
            }
            c if c == '_' || c.is_ascii_alphanumeric() => {
                let length =
                    rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
                let (word, after) = rest.split_at(length);
                if after.starts_with(['"', '\''])
                    || (after.starts_with('#') && matches!(word, "r" | "br" | "cr"))
                {
                    return Err(format!("a literal with the prefix `{word}` is not possible here"));
                }
                let number = word.starts_with(|c: char| c.is_ascii_digit());
                tokens.push(if number { Token::Literal } else { Token::Word(word.to_owned()) });
                length
            }
            '(' | '[' | '{' => {
                open.push(c);
                tokens.push(Token::Symbol(c));
                1
            }
            ')' | ']' | '}' => {
                let expected = open.pop().map(|open| match open {
                    '(' => ')',
                    '[' => ']',
                    _ => '}',
                });
                if expected != Some(c) {
                    return Err(format!("unmatched `{c}`"));
                }
                tokens.push(Token::Symbol(c));
                1
            }
            c if c.is_ascii_punctuation() => {
                tokens.push(Token::Symbol(c));
                1
            }
            c => return Err(format!("`{c}` is only possible in a string")),
        };
        rest = &rest[length..];
    }
    match open.last() {
        Some(open) => Err(format!("`{open}` is never closed")),
        None => Ok(tokens),
    }
}

/// The length of the string literal at the start of a text.
fn string_length(text: &str) -> Result<usize, String> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Ok(at + 1),
            _ => {}
        }
    }
    Err("a string is never closed".to_owned())
}

/// The length of the character literal or lifetime at the start of a text.
fn quoted_length(text: &str) -> Result<usize, String> {
    let inside = &text[1..];
    if let Some(escape) = inside.strip_prefix('\\') {
        let end = escape.char_indices().skip(1).find(|(_, c)| *c == '\'');
        return end.map(|(at, _)| at + 3).ok_or_else(|| "a character is never closed".to_owned());
    }
    let first = inside.chars().next().ok_or("a quote stands alone")?;
    if inside[first.len_utf8()..].starts_with('\'') {
        return Ok(first.len_utf8() + 2);
    }
    let name = inside.find(|c: char| c != '_' && !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
    if name == 0 { Err("a quote stands alone".to_owned()) } else { Ok(name + 1) }
}

/// The number of tokens in the path at the start: `a`, `a::b`.
fn path_length(tokens: &[Token]) -> Option<usize> {
    let mut length = 0;
    loop {
        let Some(Token::Word(_)) = tokens.get(length) else { return None };
        length += 1;
        match tokens.get(length..length + 2) {
            Some([Token::Symbol(':'), Token::Symbol(':')]) => length += 2,
            _ => return Some(length),
        }
    }
}

/// The number of tokens in the bracketed group at the start.
fn group_length(tokens: &[Token]) -> usize {
    (1..=tokens.len()).find(|length| depth(&tokens[..*length]) == 0).unwrap_or(tokens.len())
}

fn depth(tokens: &[Token]) -> usize {
    tokens.iter().fold(0, |depth, token| match token {
        Token::Symbol('(' | '[' | '{') => depth + 1,
        Token::Symbol(')' | ']' | '}') => depth.saturating_sub(1),
        Token::Symbol(_) | Token::Word(_) | Token::Literal => depth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(of: fn(&str) -> Result<(), String>, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(of(text), Ok(()), "{text}");
        }
        for text in bad {
            assert!(of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn attributes() {
        check(
            check_attribute,
            &[
                "must_use",
                "derive(Hash, Eq)",
                "serde(rename_all = \"camelCase\", bound = \"T: 'a\")",
                "deprecated = \"see ] and [\"",
                "tracing::instrument(skip(db), fields(a = 'x', b = '\\'', c = 1))",
                "cfg_attr(test, doc = \"größe\")",
            ],
            &[
                "",
                "allow(dead_code)] fn evil() {} #[allow(dead_code)",
                "allow(x)] pub mod evil {}",
                "allow(\"]\"",
                "allow(x",
                "allow(x))",
                "allow(x) fn evil() {}",
                "doc = \"a\\\"] fn evil() {}",
                "allow(x) // ",
                "allow(x /* )",
                "doc = r\"\\\"] fn evil() {} #[doc = \"",
                "doc = r#\"\"] \"#",
                "allow(x)\nfn evil() {}",
                "allow(x = '\"')] fn evil() {} //'\")",
                "1",
                "= 2",
                "doc =",
            ],
        );
    }

    #[test]
    fn types() {
        check(
            check_type,
            &["money::Cents", "Vec<Option<app::Tag>>", "(i32, String)", "::app::X", "Box<[u8]>"],
            &[
                "",
                "A, B",
                "A; fn evil() {}",
                "A> evil",
                "A<B",
                "A = B",
                "A }",
                "A { b",
                "\"A\"",
                "A // x",
                "A!",
            ],
        );
    }

    #[test]
    fn derives() {
        check(check_derive, &["Hash", "schemars::JsonSchema"], &["Hash)] fn", "", "Hash, Eq", "1", "a::"]);
    }
}
