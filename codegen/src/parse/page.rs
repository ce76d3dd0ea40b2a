//! Pages: adds the condition after a cursor to a statement, and makes the statement that counts.

use std::collections::BTreeSet;

use super::lex::{Token, TokenKind, tokens};
use super::{Paging, Part, QueryDecl, Sql, When};
use crate::diagnostics::Diagnostic;
use crate::source::{Span, Spanned};

const RULE: &str = "page";

/// For `--@ keyset`, adds to each order of a statement the condition for rows after a cursor.
pub(super) fn add_cursor(query: &mut QueryDecl) -> Result<(), Box<Diagnostic>> {
    let Some(Spanned { value: Paging::Keyset, span }) = query.page else { return Ok(()) };
    // The page's limit is the first parameter after the author's.
    let mut next = query.sql.params.len() + 1;
    let mut parts = Vec::new();
    for sort in 0..query.marks.sorts.len().max(1) {
        let text = query.sql.select(|when| !matches!(when, When::Sorted(other) if other != sort));
        let keys = keys(&text, span)?;
        let params: BTreeSet<usize> = (next..next + keys.len()).collect();
        parts.push((format!("\n    and {}", after(&keys, next + 1)), When::After(sort), params));
        next += keys.len();
    }
    let Some(at) = order_by(&query.sql.text) else { return Ok(()) };
    query.sql = insert(&query.sql, at, parts);
    Ok(())
}

/// The statement that counts all rows of a query with `--@ page total`: the same without its order.
pub(super) fn total(query: &QueryDecl) -> QueryDecl {
    let mut sql = query.sql.select(|when| !matches!(when, When::Sorted(_) | When::After(_)));
    if let Some(at) = order_by(&sql.text) {
        truncate(&mut sql, at);
    }
    let end = sql.text.trim_end().len();
    truncate(&mut sql, end);
    const BEFORE: &str = "select count(*) from (\n";
    const AFTER: &str = "\n) as page";
    for (start, _) in &mut sql.pieces {
        *start += BEFORE.len();
    }
    for part in &mut sql.parts {
        part.start += BEFORE.len();
    }
    let always = |start| Part { start, when: When::Always, params: BTreeSet::new() };
    sql.pieces.insert(0, (0, sql.span.start));
    sql.parts.insert(0, always(0));
    sql.text.insert_str(0, BEFORE);
    sql.pieces.push((sql.text.len(), sql.span.end.saturating_sub(1)));
    sql.parts.push(always(sql.text.len()));
    sql.text.push_str(AFTER);
    let mut marks = query.marks.clone();
    marks.sorts.clear();
    QueryDecl { sql, marks, page: None, cardinality: None, row: None, grants: None, ..query.clone() }
}

fn truncate(sql: &mut Sql, at: usize) {
    sql.text.truncate(at);
    sql.pieces.retain(|(start, _)| *start < at);
    let numbers = |text: &str| -> BTreeSet<usize> {
        let params = tokens(text).filter(|token| token.kind == TokenKind::Param);
        params.filter_map(|token| token.text(text)[1..].parse::<usize>().ok()?.checked_sub(1)).collect()
    };
    sql.parts.retain(|part| part.start < at);
    if let Some(last) = sql.parts.last_mut() {
        last.params = numbers(&sql.text[last.start..]);
    }
}

/// Inserts parts before an offset, which may split a part.
fn insert(sql: &Sql, at: usize, new: Vec<(String, When, BTreeSet<usize>)>) -> Sql {
    let at = sql.text[..at].trim_end().len();
    let file = sql.file_offset(at);
    let mut made = Sql { text: String::new(), pieces: Vec::new(), parts: Vec::new(), ..sql.clone() };
    let mut new = Some(new);
    let mut add_new = |made: &mut Sql| {
        for (text, when, params) in new.take().into_iter().flatten() {
            made.pieces.push((made.text.len(), file));
            made.parts.push(Part { start: made.text.len(), when, params });
            made.text.push_str(&text);
        }
    };
    for (part, text) in sql.parts() {
        let end = part.start + text.len();
        let cut = if (part.start..end).contains(&at) { at } else { end };
        let copy = |made: &mut Sql, from: usize, to: usize| {
            if from == to {
                return;
            }
            let shift = made.text.len();
            made.parts.push(Part { start: shift, ..part.clone() });
            made.pieces.push((shift, sql.file_offset(from)));
            let inside = sql.pieces.iter().filter(|(start, _)| from < *start && *start < to);
            made.pieces.extend(inside.map(|(start, file)| (start - from + shift, *file)));
            made.text.push_str(&sql.text[from..to]);
        };
        copy(&mut made, part.start, cut);
        if cut < end {
            add_new(&mut made);
            copy(&mut made, cut, end);
        }
    }
    made
}

/// The tokens outside of all parentheses and brackets.
fn outermost(text: &str) -> Vec<Token> {
    let mut depth = 0usize;
    let mut found = Vec::new();
    for token in tokens(text) {
        match token.text(text) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ if depth == 0 => found.push(token),
            _ => {}
        }
    }
    found
}

/// The position of the statement's own ORDER BY: any other is in parentheses.
fn order_by(text: &str) -> Option<usize> {
    let found = outermost(text);
    let pair = found.windows(2).find(|pair| pair[0].is_word(text, "order") && pair[1].is_word(text, "by"))?;
    Some(pair[0].start)
}

/// The positions of the items in the statement's own ORDER BY.
pub(crate) fn order_items(text: &str) -> Vec<usize> {
    let Some(order) = order_by(text) else { return Vec::new() };
    let list: Vec<Token> = tokens(text).filter(|token| token.start > order).skip(1).collect();
    let outermost: BTreeSet<usize> = outermost(text).iter().map(|token| token.start).collect();
    let is_start = |(index, token): (usize, &Token)| {
        let is_comma = |token: &Token| token.is_mark(text, ",") && outermost.contains(&token.start);
        (index == 0 || is_comma(&list[index - 1])).then_some(token.start)
    };
    list.iter().enumerate().filter_map(is_start).collect()
}

struct Key<'a> {
    text: &'a str,
    descends: bool,
}

/// The items of a statement's ORDER BY, if a condition can be inserted before it.
fn keys(sql: &Sql, page: Span) -> Result<Vec<Key<'_>>, Box<Diagnostic>> {
    let text = &*sql.text;
    let error = |message: &str, help: &str| Box::new(Diagnostic::error(RULE, page, message).help(help));
    let at = |at: usize, message: &str, help: &str| {
        Box::new(Diagnostic::error(RULE, sql.token_span(at), message).help(help))
    };
    let Some(order) = order_by(text) else {
        return Err(error(
            "the query has no ORDER BY for its pages",
            "add an `order by` that ends in a unique column",
        ));
    };
    let before: Vec<Token> = outermost(text).into_iter().filter(|token| token.start < order).collect();
    let Some(start) = before.iter().position(|token| token.is_word(text, "where")) else {
        let help = "the condition for the cursor is added to it: write `where true`";
        return Err(error("the statement has no WHERE", help));
    };
    for token in &before[start + 1..] {
        let word = token.text(text).to_lowercase();
        if token.kind == TokenKind::Word && word == "or" {
            return Err(at(
                token.start,
                "the condition for the cursor is added to this WHERE with AND",
                "put the OR in parentheses",
            ));
        }
        let ends = ["group", "having", "window", "union", "intersect", "except"];
        if token.kind == TokenKind::Word && ends.contains(&&*word) {
            let help = "move everything but the ORDER BY into a subquery: `select * from (...) as found where true order \
             by ...`";
            return Err(at(
                token.start,
                "pages by cursor need a plain SELECT that ends with WHERE and ORDER BY",
                help,
            ));
        }
    }
    let list: Vec<Token> = outermost(text).into_iter().filter(|token| token.start > order).skip(1).collect();
    let mut keys = Vec::new();
    let start = list.first().map_or(text.len(), |token| token.start);
    let mut starts = vec![start];
    let commas = list.iter().filter(|token| token.is_mark(text, ","));
    starts.extend(commas.map(|comma| comma.end));
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(text.len(), |next| next - 1);
        keys.push(key(sql, *start, end, &at)?);
    }
    Ok(keys)
}

fn key<'a>(
    sql: &'a Sql,
    start: usize,
    end: usize,
    at: &impl Fn(usize, &str, &str) -> Box<Diagnostic>,
) -> Result<Key<'a>, Box<Diagnostic>> {
    let text = &*sql.text;
    let mut item: Vec<Token> =
        tokens(text).filter(|token| start <= token.start && token.end <= end).collect();
    let Some(first) = item.first().map(|token| token.start) else {
        return Err(at(start, "expected an expression to order by", "remove the comma"));
    };
    let is = |item: &[Token], back: usize, word: &str| {
        item.len()
            .checked_sub(back)
            .and_then(|at| item.get(at))
            .is_some_and(|token| token.is_word(text, word))
    };
    if is(&item, 2, "nulls") {
        item.truncate(item.len() - 2);
    }
    let descends = is(&item, 1, "desc");
    if descends || is(&item, 1, "asc") {
        item.pop();
    }
    let last = item.last().map_or(first, |token| token.end);
    let wrong = item.iter().find_map(|token| match token.kind {
        TokenKind::Param => Some("pages by cursor cannot be ordered by a parameter"),
        TokenKind::Word if token.is_word(text, "using") => Some("pages by cursor support only ASC and DESC"),
        TokenKind::Number if item.len() == 1 => Some("pages by cursor cannot be ordered by column number"),
        _ => None,
    });
    match wrong {
        Some(message) => Err(at(first, message, "write the column itself")),
        None => Ok(Key { text: &text[first..last], descends }),
    }
}

/// The condition for rows after the key whose values are in the parameters from that number on.
fn after(keys: &[Key<'_>], number: usize) -> String {
    let written = |key: &Key<'_>| {
        let plain = |token: Token| {
            matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) || token.is_mark(key.text, ".")
        };
        let is_column = tokens(key.text).all(plain) && !key.text.contains(char::is_whitespace);
        if is_column { key.text.to_owned() } else { format!("({})", key.text) }
    };
    let operator = |key: &Key<'_>| if key.descends { "<" } else { ">" };
    let numbered: Vec<(&Key<'_>, usize)> = keys.iter().zip(number..).collect();
    match &numbered[..] {
        [(key, number)] => format!("{} {} ${number}", written(key), operator(key)),
        [(first, number), rest @ ..] if rest.iter().any(|(key, _)| key.descends != first.descends) => {
            let key = written(first);
            format!("{key} {}= ${number} and {}", operator(first), mixed(&numbered, &written, &operator))
        }
        all => {
            let names: Vec<String> = keys.iter().map(written).collect();
            let values: Vec<String> = all.iter().map(|(_, number)| format!("${number}")).collect();
            let operator = keys.first().map_or(">", operator);
            format!("({}) {operator} ({})", names.join(", "), values.join(", "))
        }
    }
}

/// The same for keys with different directions, which cannot be compared as rows.
fn mixed(
    keys: &[(&Key<'_>, usize)],
    written: &impl Fn(&Key<'_>) -> String,
    operator: &impl Fn(&Key<'_>) -> &'static str,
) -> String {
    let [(key, number), rest @ ..] = keys else { return "false".to_owned() };
    let (name, operator_of_key) = (written(key), operator(key));
    if rest.is_empty() {
        return format!("{name} {operator_of_key} ${number}");
    }
    let rest = mixed(rest, written, operator);
    format!("({name} {operator_of_key} ${number} or ({name} = ${number} and {rest}))")
}
