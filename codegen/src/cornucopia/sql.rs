//! Rewrites statements so that cornucopia reads them as PostgreSQL does.
//!
//! Cornucopia finds parameters, comments and the end of a statement with a scanner of its own, and joins lines with blanks.
//! [`render`] writes a statement so that this changes nothing; [`problem`] finds what it would change anyway.

use crate::parse::{Token, TokenKind, tokens};

/// The statement with `:name` for `$n`, and with blanks where cornucopia needs them to see the same tokens.
///
/// Without them a colon as in `a[1:2]` would begin a parameter, and a word that ends in `e` before a string, as in
/// `date'2020-01-01'`, an escape string.
pub(super) fn render(sql: &str, params: &[String]) -> String {
    let mut rendered = String::new();
    let mut previous: Option<Token> = None;
    for token in tokens(sql) {
        if let Some(previous) = previous {
            let gap = &sql[previous.end..token.start];
            let apart = gap.is_empty() && needs_blank(sql, previous, token);
            rendered.push_str(if apart { " " } else { gap });
        }
        match number(sql, token).and_then(|number| params.get(number - 1)) {
            Some(name) => {
                rendered.push(':');
                rendered.push_str(name);
            }
            None => rendered.push_str(token.text(sql)),
        }
        previous = Some(token);
    }
    rendered
}

/// The statement with replacements for some of its parameters.
pub(super) fn replace_params(sql: &str, with: impl Fn(usize) -> Option<String>) -> String {
    let mut replaced = String::new();
    let mut end = 0;
    for token in tokens(sql) {
        replaced.push_str(&sql[end..token.start]);
        match number(sql, token).and_then(&with) {
            Some(text) => replaced.push_str(&text),
            None => replaced.push_str(token.text(sql)),
        }
        end = token.end;
    }
    replaced
}

fn needs_blank(sql: &str, previous: Token, next: Token) -> bool {
    previous.is_mark(sql, ":") || (previous.kind == TokenKind::Word && next.kind == TokenKind::String)
}

/// The `n` of a `$n`.
fn number(sql: &str, token: Token) -> Option<usize> {
    let digits = if token.kind == TokenKind::Param { token.text(sql).strip_prefix('$') } else { None };
    digits.and_then(|digits| digits.parse().ok()).filter(|number| *number > 0)
}

/// What cornucopia would misread: where it is, what it is, and what to write instead.
pub(super) fn problem(sql: &str) -> Option<(usize, &'static str, &'static str)> {
    // After miscounting quotes, it removes what looks like a comment.
    let has_dashes =
        tokens(sql).any(|token| token.kind != TokenKind::Operator && token.text(sql).contains("--"));
    let mut previous: Option<Token> = None;
    for token in tokens(sql) {
        let text = token.text(sql);
        let is_string = |token: Token| token.kind == TokenKind::String;
        let found = match token.kind {
            TokenKind::String | TokenKind::DollarString if text.contains(['\n', '\r']) => Some((
                "cornucopia joins lines, also those of a string",
                "write the line ends as `\\n` in an E'...' string",
            )),
            TokenKind::QuotedName if text.contains(['\n', '\r']) => Some((
                "cornucopia joins lines, also those of a quoted name",
                "rename it, or leave the query to the native backend",
            )),
            TokenKind::String if has_dashes && !text.starts_with(['e', 'E']) && text.contains("\\'") => {
                Some((
                    "cornucopia takes a backslash before a quote for an escape, and `--` after it for a comment",
                    "write the string as E'...', and the backslash twice",
                ))
            }
            TokenKind::QuotedName if has_dashes && text.contains("\\\"") => Some((
                "cornucopia takes a backslash before a quote for an escape, and `--` after it for a comment",
                "rename it, or leave the query to the native backend",
            )),
            TokenKind::String if previous.is_some_and(is_string) => Some((
                "cornucopia joins lines, and the parts of a string may not stand in one",
                "write one string, or `||` between the parts",
            )),
            TokenKind::Word if text.contains('$') => Some((
                "cornucopia takes a `$` in a name for the quote of a string",
                "put the name in double quotes",
            )),
            TokenKind::DollarString if !text[..text[1..].find('$').map_or(1, |tag| tag + 1)].is_ascii() => {
                Some((
                    "cornucopia does not find the end of a string with such a tag",
                    "give the tag letters from a to z",
                ))
            }
            TokenKind::Blank
            | TokenKind::LineComment
            | TokenKind::BlockComment
            | TokenKind::Word
            | TokenKind::QuotedName
            | TokenKind::String
            | TokenKind::DollarString
            | TokenKind::Number
            | TokenKind::Bind
            | TokenKind::Param
            | TokenKind::Operator
            | TokenKind::Punctuation
            | TokenKind::Other => None,
        };
        if let Some((what, help)) = found {
            return Some((token.start, what, help));
        }
        previous = Some(token);
    }
    None
}

/// Whether two statements have the same tokens, and so the same meaning.
pub(super) fn same(a: &str, b: &str) -> bool {
    let of =
        |sql: &str| tokens(sql).map(|token| (token.kind, token.text(sql).to_owned())).collect::<Vec<_>>();
    of(a) == of(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sql: &str, expected: &str) {
        let params = ["a".to_owned(), "b".to_owned()];
        assert_eq!(render(sql, &params), expected);
    }

    #[test]
    fn what_cornucopia_misreads_is_written_differently() {
        check("select $1::int, x[1:2], y[$1:$2], z[:$2]", "select :a::int, x[1: 2], y[:a: :b], z[: :b]");
        check("select date'2020-01-01', like'a\\'", "select date '2020-01-01', like 'a\\'");
        check("select ':b $2', $$:a$$, \"$1\"", "select ':b $2', $$:a$$, \"$1\"");
    }

    #[test]
    fn blanks_do_not_matter_and_everything_else_does() {
        assert!(same("select  a[1: 2]\n", "select a[1:2]"));
        assert!(!same("select 'a b'", "select 'a  b'"));
        assert!(!same("select 1 - -1", "select 1 --1"));
        let cast = |number: usize| (number == 2).then(|| "($2::text)".to_owned());
        assert_eq!(replace_params("select $1, '$2', $2", cast), "select $1, '$2', ($2::text)");
    }

    #[test]
    fn what_it_would_change_is_found() {
        let at = |sql: &str| problem(sql).map(|(at, ..)| at);
        assert_eq!(at("select 'a\nb'"), Some(7));
        assert_eq!(at("select $$a\n\nb$$"), Some(7));
        assert_eq!(at("select 'a'\n'b'"), Some(11));
        assert_eq!(at("select \"a\nb\""), Some(7));
        assert_eq!(at("select a$b$c"), Some(7));
        assert_eq!(at("select $é$a$é$"), Some(7));
        assert_eq!(at("select '\\', '--'"), Some(7));
        assert_eq!(at("select \"\\\", '--'"), Some(7));
        assert_eq!(at("select '\\', E'\\'', - -1"), None);
        assert_eq!(at("select E'a\\nb;''' || $t$;$t$,\n \"a;b\""), None);
    }
}
