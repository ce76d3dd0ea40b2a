//! Schema files for `psql`: `pg_dump` writes lines that only `psql` understands, and the server does not.

use std::borrow::Cow;
use std::ops::Range;

use crate::parse::{Lexer, Token};

/// The text of a schema file that the server can run. A byte order mark, lines that are commands of `psql` (`\restrict`,
/// `\connect`), and `copy ... from stdin` with its data are overwritten with spaces, byte for byte, so that all positions
/// stay the same. So do line ends. The inside of strings and comments is not touched.
pub fn schema_sql(text: &str) -> Cow<'_, str> {
    let blanked = psql_parts(text);
    if blanked.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut sql = String::with_capacity(text.len());
    for range in blanked {
        sql.push_str(&text[sql.len()..range.start]);
        sql.extend(
            text[range]
                .bytes()
                .map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }),
        );
    }
    sql.push_str(&text[sql.len()..]);
    Cow::Owned(sql)
}

/// What editors on Windows put in front of UTF-8.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The parts that are for `psql` alone, ascending.
fn psql_parts(text: &str) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    parts.extend(text.starts_with(BYTE_ORDER_MARK).then_some(0..BYTE_ORDER_MARK.len_utf8()));
    let mut lexer = Lexer::new(text, parts.last().map_or(0, |mark| mark.end));
    let mut statement: Vec<Token> = Vec::new();
    while let Some(token) = lexer.next() {
        if token.is_gap() {
            continue;
        }
        if statement.is_empty() && token.text(text) == "\\" {
            let end = line_end(text, token.start);
            parts.push(token.start..end);
            lexer = Lexer::new(text, end);
        } else if !token.is_mark(text, ";") {
            statement.push(token);
        } else {
            if is_copy_from_stdin(text, &statement) {
                let end = copied_data_end(text, token.end);
                parts.push(statement[0].start..end);
                lexer = Lexer::new(text, end);
            }
            statement.clear();
        }
    }
    parts
}

fn is_copy_from_stdin(text: &str, statement: &[Token]) -> bool {
    statement.first().is_some_and(|first| first.is_word(text, "copy"))
        && statement.windows(2).any(|pair| pair[0].is_word(text, "from") && pair[1].is_word(text, "stdin"))
}

/// The position of the line end at or after `at`.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find(['\n', '\r']).map_or(text.len(), |length| at + length)
}

/// The data starts on the line after the statement and ends with a line `\.`, or with the text.
fn copied_data_end(text: &str, statement_end: usize) -> usize {
    let mut at = statement_end;
    for (number, line) in text[statement_end..].split_inclusive('\n').enumerate() {
        if number > 0 && line.trim_end_matches(['\n', '\r']) == "\\." {
            return at + 2;
        }
        at += line.len();
    }
    text.len()
}
