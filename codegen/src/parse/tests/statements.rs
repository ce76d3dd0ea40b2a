use proptest::prelude::*;

use super::super::{Lexer, QueryDecl, Token, TokenKind, tokens};
use super::lexer::sql_like;
use super::marks::check_places;
use super::{correct, parsed};
use crate::source::Span;

/// The text that ships of a statement, its semicolon included in `sql`.
fn shipped(sql: &str) -> String {
    correct(&format!("--! q\n{sql}")).remove(0).sql.text
}

#[test]
fn comments_go_and_tokens_stay_apart() {
    assert_eq!(shipped("a/**/b;"), "a b");
    assert_eq!(shipped("a /* c */ b;"), "a b");
    assert_eq!(shipped("a/* c */ b;"), "a b");
    assert_eq!(shipped("a --c\n+b;"), "a\n+b");
    assert_eq!(shipped("+/**/-1;"), "+ -1");
    assert_eq!(shipped("-- first\n/* second */ select 1 -- last\n;"), "select 1");
}

#[test]
fn a_line_of_nothing_but_comments_goes() {
    assert_eq!(shipped("a\n  -- c\n  b;"), "a\n  b");
    assert_eq!(shipped("a\r\n  -- c\r\n  b;"), "a\r\n  b");
    assert_eq!(shipped("a\n\n  /* c\n */ -- d\n\n  b;"), "a\n\n\n  b");
    assert_eq!(shipped("a, -- c\n  b;"), "a,\n  b");
    assert_eq!(shipped("a\n  /* c */ b;"), "a\n  b");
    assert_eq!(shipped("a -- c\r  b;"), "a\r  b");
}

#[test]
fn all_else_is_kept_byte_for_byte() {
    let sql =
        "select\t'--  not a comment', $$ /* nor this */ $$,  E'\\'--', \"a--b\"\r\n\r\n   from  \"t\"  \u{b}";
    assert_eq!(shipped(&format!("{sql};")), sql.trim_end());
}

#[test]
fn strings_are_continued_as_before() {
    assert_eq!(shipped("'a' -- c\n 'b';"), "'a'\n 'b'");
    assert_eq!(shipped("'a'\n-- c\n'b';"), "'a'\n'b'");
    assert_eq!(shipped("'a' -- c\r'b';"), "'a'\r'b'");
    // PostgreSQL refuses this; without the comment it would not.
    assert_eq!(shipped("'a' /* c */\n'b';"), "'a' /* c */\n'b'");
}

#[test]
fn parameters_are_numbered_and_never_stick_to_anything() {
    let query = correct("--! q\nselect :b, :a, :b::text, ':a' -- :c\nwhere:a=any(:list);").remove(0);
    assert_eq!(query.sql.text, "select $1, $2, $1::text, ':a'\nwhere $2=any($3)");
    let names: Vec<_> =
        query.sql.params.iter().map(|param| (param.name.as_str(), param.uses.len())).collect();
    assert_eq!(names, [("b", 2), ("a", 2), ("list", 1)]);
    assert_eq!(shipped("select:a;"), "select $1");
    assert_eq!(shipped("x$:a;"), "x$ $1");
    assert_eq!(shipped("$$x$$ :a;"), "$$x$$ $1");
    assert_eq!(shipped("é:a;"), "é $1");
    assert_eq!(shipped(":a'x';"), "$1'x'");
}

#[test]
fn places_lead_back_to_the_file() {
    let text = "--! q\n/* é */ select :long_name, /* c */ total -- d\n  from \"t\"\n where x = :a;";
    let query = correct(text).remove(0);
    let at = |shipped: &str| {
        let span = query.sql.token_span(query.sql.text.find(shipped).expect("it is there"));
        &text[span.start..span.end]
    };
    assert_eq!(at("total"), "total");
    assert_eq!(at("$1"), ":long_name");
    assert_eq!(at("1,"), ":long_name");
    assert_eq!(at("$2"), ":a");
    assert_eq!(at("t\""), "\"t\"");
    assert_eq!(at("\""), "\"t\"");
    assert_eq!(at("\n"), "from");
    // PostgreSQL points behind the end for "syntax error at end of input".
    let end = query.sql.token_span(query.sql.text.len());
    assert_eq!(&text[end.start..end.end], ":a");
    assert_eq!(
        &text[query.sql.span.start..query.sql.span.end],
        &text[text.find("select").unwrap()..text.len() - 1]
    );
}

/// What PostgreSQL would see of the tokens of a text: whether a line end stands between two strings decides
/// whether they are one.
fn seen<'a>(text: &'a str, tokens: &[Token]) -> Vec<(&'a str, bool)> {
    let mut seen: Vec<(&str, bool)> = Vec::new();
    let (mut after_string, mut blocked, mut line_end) = (false, false, false);
    for token in tokens {
        match token.kind {
            TokenKind::Blank => line_end |= token.text(text).contains(['\n', '\r']),
            TokenKind::BlockComment => blocked = true,
            TokenKind::LineComment => (),
            kind => {
                let joined = after_string && line_end && !blocked && token.text(text).starts_with('\'');
                seen.push((token.text(text), joined));
                after_string = kind == TokenKind::String;
                (blocked, line_end) = (false, false);
            }
        }
    }
    seen
}

fn check_statement(text: &str, query: &QueryDecl) {
    let sql = &query.sql;
    let source = &text[sql.span.start..sql.span.end];
    let all = |text: &str| Lexer::new(text, 0).collect::<Vec<_>>();
    let (before, after) = (all(source), all(&sql.text));
    let (before, after) = (seen(source, &before), seen(&sql.text, &after));
    assert_eq!(before.len(), after.len(), "{source:?} became {:?}", sql.text);
    for ((old, old_joined), (new, new_joined)) in before.iter().zip(&after) {
        assert_eq!(old_joined, new_joined, "{source:?} became {:?}", sql.text);
        match old.strip_prefix(':').filter(|name| new.starts_with('$') && !name.is_empty()) {
            Some(name) => {
                let number: usize = new[1..].parse().expect("a number");
                assert_eq!(sql.params[number - 1].name, name);
            }
            None => assert_eq!(old, new, "{source:?} became {:?}", sql.text),
        }
    }
    for token in tokens(&sql.text) {
        let shipped = token.text(&sql.text);
        for offset in token.start..token.end {
            let Span { start, end, .. } = sql.token_span(offset);
            let original = &text[start..end];
            match token.kind {
                TokenKind::Param => {
                    assert!(original.starts_with(':') && !original.contains(' '), "{original:?}")
                }
                _ => assert_eq!(original, shipped),
            }
            if token.kind != TokenKind::Param {
                assert_eq!(sql.file_offset(offset), start + (offset - token.start));
            }
        }
    }
    assert!(sql.pieces.is_sorted(), "{:?}", sql.pieces);
    assert!(!sql.text.starts_with(' ') && sql.text == sql.text.trim_matches([' ', '\t', '\r', '\n']));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn what_ships_is_what_was_written(text in sql_like()) {
        let text = format!("--! q\n{text}");
        let (_, queries, _) = parsed(&text);
        // Parameters written as numbers are an error, and would be taken for named ones here.
        let numbered = |text: &str| tokens(text).any(|token| token.kind == TokenKind::Param);
        let named = |query: &QueryDecl| !numbered(&text[query.sql.span.start..query.sql.span.end]);
        for query in queries.into_iter().filter(named) {
            match query.has_variants() || text.contains("--@ fragment") {
                true => check_places(&text, &query),
                false => check_statement(&text, &query),
            }
        }
    }

    #[test]
    fn findings_are_inside_the_file(text in sql_like()) {
        let (project, _, diagnostics) = parsed(&text);
        for diagnostic in diagnostics {
            prop_assert!(diagnostic.span.start <= diagnostic.span.end);
            project.sources.text(diagnostic.span);
            let notes = diagnostic.notes.iter().map(|(span, _)| project.sources.text(*span).len());
            prop_assert!(notes.sum::<usize>() <= text.len() * 2);
            prop_assert!(diagnostic.help.is_some());
        }
    }
}
