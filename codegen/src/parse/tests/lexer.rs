use proptest::prelude::*;

use super::super::{Lexer, TokenKind, tokens};

/// The tokens of a text, gaps left out.
fn cut(text: &str) -> Vec<&str> {
    tokens(text).map(|token| token.text(text)).collect()
}

fn kinds(text: &str) -> Vec<TokenKind> {
    tokens(text).map(|token| token.kind).collect()
}

#[test]
fn numbers() {
    assert_eq!(cut("1..2"), ["1", "..", "2"]);
    assert_eq!(cut("1e5 1E-5 1e 1.5e+3 .5 1."), ["1e5", "1E-5", "1e", "1.5e+3", ".5", "1."]);
    assert_eq!(cut("0x1F 1_000 0b1"), ["0x1F", "1_000", "0b1"]);
    assert_eq!(cut("1-1 1e-a"), ["1", "-", "1", "1e", "-", "a"]);
    assert_eq!(cut("1$$a$$"), ["1", "$$a$$"]);
}

#[test]
fn words_and_dollars() {
    assert_eq!(cut("a$b$c $b$ ; $b$"), ["a$b$c", "$b$ ; $b$"]);
    assert_eq!(cut("$1 $12abc"), ["$1", "$12abc"]);
    assert_eq!(cut("größe 日本"), ["größe", "日本"]);
    assert_eq!(cut("$a$ $b$ $a$ $$ $ $$"), ["$a$ $b$ $a$", "$$ $ $$"]);
    assert_eq!(cut("$x y"), ["$", "x", "y"]);
    assert_eq!(cut("$é$ ' $é$"), ["$é$ ' $é$"]);
}

#[test]
fn strings() {
    assert_eq!(cut(r"'a''b' 'a\' E'a\'b' e'\\'"), ["'a''b'", r"'a\'", r"E'a\'b'", r"e'\\'"]);
    assert_eq!(
        cut("B'01' x'1f' N'a' U&'d\\0061' u&\"x\"\"y\" U & 'x'"),
        ["B'01'", "x'1f'", "N'a'", "U&'d\\0061'", "u&\"x\"\"y\"", "U", "&", "'x'"]
    );
    assert_eq!(cut("abce'x'"), ["abce", "'x'"]);
    // A continuation is read by the rules of the string that it continues.
    assert_eq!(cut("E'a'\n '\\'b'"), ["E'a'", "'\\'b'"]);
    assert_eq!(cut("E'a' -- c\n '\\'b'"), ["E'a'", "'\\'b'"]);
    assert_eq!(cut("E'a' '\\' b"), ["E'a'", "'\\'", "b"]);
    assert_eq!(cut("E'a' /* c */\n '\\' b"), ["E'a'", "'\\'", "b"]);
    assert_eq!(cut("'a'\n'\\' b"), ["'a'", "'\\'", "b"]);
}

#[test]
fn operators_and_comments() {
    assert_eq!(
        cut("a<-1 a=-1 a@-1 a->>'b' a*-b"),
        ["a", "<", "-", "1", "a", "=", "-", "1", "a", "@-", "1", "a", "->>", "'b'", "a", "*", "-", "b"]
    );
    assert_eq!(cut("+-+-1"), ["+", "-", "+", "-", "1"]);
    assert_eq!(cut("a+--b\nc"), ["a", "+", "c"]);
    assert_eq!(cut("a@/*b*/c"), ["a", "@", "c"]);
    assert_eq!(cut("a /* b /* c */ d */ e /*/ f */ g /**/"), ["a", "e", "g"]);
    assert_eq!(cut("a --b\rc"), ["a", "c"]);
    assert_eq!(cut("a::b := c => d"), ["a", "::", "b", ":=", "c", "=>", "d"]);
}

#[test]
fn parameters_and_other_colons() {
    let binds = |text: &str| -> Vec<String> {
        tokens(text)
            .filter(|token| token.kind == TokenKind::Bind)
            .map(|token| token.text(text).to_owned())
            .collect()
    };
    assert_eq!(binds(":a :b1, (:c)=:d+:e"), [":a", ":b1", ":c", ":d", ":e"]);
    assert_eq!(binds("x::text ':a' \":b\" $$ :c $$ -- :d\n/* :e */ f(a := :g)"), [":g"]);
    assert_eq!(binds("a[1:2] a[1:n] a[i:n] a[f(x):n] a[b[1]:n] a[\"x\":n]"), [] as [&str; 0]);
    assert_eq!(binds("a[:lo : :hi] a[ :lo :2] a[1: :hi] a[:lo:2]"), [":lo", ":hi", ":lo", ":hi", ":lo"]);
    assert_eq!(binds("a[:lo:hi] json_object('k':v)"), [":lo"]);
    assert_eq!(binds("where:a limit:b :c::text :d[1]"), [":a", ":b", ":c", ":d"]);
    assert_eq!(binds(":'quoted' :\"quoted\" :1 : x"), [] as [&str; 0]);
    assert_eq!(kinds(":a$b"), [TokenKind::Bind]);
    // A bracket that is not closed does not reach over the statement.
    assert_eq!(binds("a[1; select x:b"), [":b"]);
}

#[test]
fn what_is_not_closed_runs_to_the_end() {
    for text in ["'a", "E'a\\'", "\"a", "$$a", "$a$ $b$", "/* /* */", "U&'", "E'\\"] {
        let all: Vec<_> = Lexer::new(text, 0).collect();
        assert!(!all[0].closed && all[0].end == text.len(), "{text}: {all:?}");
    }
    assert!(Lexer::new("-- a", 0).all(|token| token.closed));
}

/// Text made of what matters to a lexer.
pub(super) fn sql_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "'",
            "''",
            "\"",
            "$",
            "$$",
            "$t$",
            "--",
            "/*",
            "*/",
            "\n",
            "\r",
            "\r\n",
            " ",
            "\t",
            ":",
            "::",
            ":a",
            ":b1",
            "[",
            "]",
            "(",
            ")",
            ";",
            "\\",
            "E'",
            "U&'",
            "1",
            ".",
            "..",
            "e",
            "+",
            "-",
            "@",
            "<",
            "é",
            "日",
            "\u{feff}",
            "\0",
            "select",
            "--! q\n",
            "--@ tx\n",
            "--: T()\n",
            "--# x\n",
            "--? a\n",
            "--? a, b1\n",
            "--? sort a\n",
            "-- b1 --? sort b1\n",
            "--@ keyset\n",
            "--@ page total\n",
            "--@ fragment a\n",
            " where ",
            " order by ",
            "--- d\n",
            "'x'",
            "'y'\n",
            ",",
            "=",
            "\u{a0}",
        ])
        .prop_map(str::to_owned),
        "[a-z0-9_$]{1,4}",
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn tokens_are_all_of_the_text(text in sql_like()) {
        let mut at = 0;
        for token in Lexer::new(&text, 0) {
            prop_assert_eq!(token.start, at);
            prop_assert!(token.end > token.start);
            prop_assert!(text.is_char_boundary(token.end));
            prop_assert!(token.closed || token.end == text.len());
            at = token.end;
        }
        prop_assert_eq!(at, text.len());
    }
}
