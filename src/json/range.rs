//! Ranges, which are strings in JSON: `[1,10)`, `["2024-02-29 12:00:00+00",)`.

use std::ops::Bound;

use super::{FromJson, JsonError, JsonResult, JsonText};
use crate::Range;

impl<T: FromJson> FromJson for Range<T> {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        let text = json.string()?;
        if text == "empty" {
            return Ok(Range::Empty);
        }
        let malformed = || JsonError::new("is not a range in PostgreSQL's format");
        let opens = text.starts_with('[');
        let inside = text.strip_prefix(['[', '(']).ok_or_else(malformed)?;
        let closes = inside.ends_with(']');
        let inside = inside.strip_suffix([']', ')']).ok_or_else(malformed)?;
        let (lower, rest) = bound(inside);
        let (upper, rest) = bound(rest.strip_prefix(',').ok_or_else(malformed)?);
        if !rest.is_empty() {
            return Err(malformed());
        }
        Ok(Range::Bounds(read(lower, opens)?, read(upper, closes)?))
    }
}

/// The text of a bound, `None` for infinity, and what follows it. Inside of quotes, quotes and backslashes are doubled or
/// escaped.
fn bound(text: &str) -> (Option<String>, &str) {
    let (mut found, mut quoted, mut is_there) = (String::new(), false, false);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            ',' if !quoted => return (is_there.then_some(found), &text[at..]),
            '\\' => found.extend(chars.next().map(|(_, escaped)| escaped)),
            '"' if quoted && chars.next_if(|(_, next)| *next == '"').is_some() => found.push('"'),
            '"' => quoted = !quoted,
            c => found.push(c),
        }
        is_there = true;
    }
    (is_there.then_some(found), "")
}

fn read<T: FromJson>(bound: Option<String>, included: bool) -> JsonResult<Bound<T>> {
    let Some(text) = bound else { return Ok(Bound::Unbounded) };
    // A bound does not show whether its type is a string or a number in JSON: it is decoded as a string, else as a number.
    let string = serde_json::to_string(&text).map_err(|_| JsonError::new("is not text"))?;
    let value = super::read(&string).or_else(|error| super::read(&text).map_err(|_| error))?;
    Ok(if included { Bound::Included(value) } else { Bound::Excluded(value) })
}
