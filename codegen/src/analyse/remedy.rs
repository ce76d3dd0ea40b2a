//! Help for errors of the server, which does not know parameter names or common habits.

use super::complaint::Complaint;
use crate::diagnostics::nearest;
use crate::parse::{Token, TokenKind, is_rust_name, tokens};
use crate::source::Span;

/// Help, and possibly a further position.
pub(super) struct Remedy {
    pub help: String,
    pub note: Option<(Span, String)>,
}

/// Keywords that begin a part of a statement. Misspelt, they look like names to the server.
const KEYWORDS: [&str; 19] = [
    "select",
    "insert",
    "update",
    "delete",
    "merge",
    "with",
    "values",
    "into",
    "from",
    "where",
    "order",
    "group",
    "having",
    "returning",
    "limit",
    "offset",
    "join",
    "inner",
    "union",
];

/// The remedy for an error of that rule at that offset of the statement.
pub(super) fn remedy(complaint: &Complaint<'_>, rule: &str, offset: Option<usize>) -> Option<Remedy> {
    let decl = complaint.decl;
    if complaint.error.code == "428C9" && decl.copy.is_some() {
        return help("leave the column out: PostgreSQL generates its values");
    }
    if rule == "parameter-type" {
        let name = &decl.sql.params[complaint.parameter()?].name;
        // A type that was announced would have been known.
        if let Some((_, declared)) = decl.param_types.iter().find(|(param, _)| param.value == *name) {
            let declared = &declared.value;
            return help(format!(
                "only built-in types can be declared here: cast the parameter, `:{name}::{declared}`"
            ));
        }
        let wanted = complaint.error.detail.as_deref().and_then(of_two).unwrap_or("text");
        return help(format!("declare its type above the query: `--@ param {name} {wanted}`"));
    }
    if complaint.error.message.starts_with("op ANY/ALL (array) requires array") {
        return help("`any (...)` takes an array; compare a single value with `=`");
    }
    let at = offset?;
    // The error may be at what `--@ page` has added.
    if rule == "syntax" && decl.page.is_some() && at >= decl.sql.text.len() {
        let changes = |token: Token| {
            ["insert", "update", "delete", "merge"].iter().any(|word| token.is_word(complaint.sql, word))
        };
        if tokens(complaint.sql).next().is_some_and(changes) {
            return help("only a SELECT can be paged: remove `--@ page`");
        }
        return help("a query with `--@ page` gets its LIMIT and OFFSET from the page: remove its own");
    }
    let found: Vec<Token> = tokens(complaint.sql).collect();
    let index = found.iter().position(|token| at < token.end).unwrap_or(found.len());
    let place = Place { complaint, found, index };
    match rule {
        // This code is also used for well-formed statements with too many or too few expressions.
        "syntax" if complaint.error.message.starts_with("syntax error") => place.of_syntax(),
        "unknown-function" => place.of_operator(),
        "ambiguous-column" => help(format!("say of which table: `table.{}`", place.text(index)?)),
        "unknown-table" if complaint.error.message.starts_with("missing FROM-clause entry") => {
            let name = place.text(index)?;
            help(format!("no table in FROM is called `{name}`: add it as an alias, or use the table's name"))
        }
        "type-mismatch" => place.of_quotes().or_else(|| place.of_choice()),
        "unknown-column" if place.text(index)?.starts_with(['‘', '’', '“', '”']) => {
            help("put strings in straight quotes: `'...'`")
        }
        "unknown-column" => {
            let name = place.text(index)?.strip_prefix('"')?.strip_suffix('"')?;
            // It may be meant as a name.
            if complaint.error.hint.is_some() || complaint.nearest_name(rule, offset).is_some() {
                return None;
            }
            help(format!("double quotes are for names; put strings in single quotes: `'{name}'`"))
        }
        _ => None,
    }
}

/// The type that a parameter is meant to have if two are deduced, `bigint versus text`: the one that is not text, which a
/// parameter gets where nothing says its type.
fn of_two(detail: &str) -> Option<&str> {
    let (first, second) = detail.strip_suffix('.').unwrap_or(detail).split_once(" versus ")?;
    Some(if first == "text" { second } else { first })
}

fn help(words: impl Into<String>) -> Option<Remedy> {
    Some(Remedy { help: words.into(), note: None })
}

/// The token at the position of the error, among those of the statement.
struct Place<'a> {
    complaint: &'a Complaint<'a>,
    found: Vec<Token>,
    index: usize,
}

impl<'a> Place<'a> {
    fn text(&self, index: usize) -> Option<&'a str> {
        Some(self.found.get(index)?.text(self.complaint.sql))
    }

    /// A parameter in quotes is a text.
    fn of_quotes(&self) -> Option<Remedy> {
        let name = self.text(self.index)?.strip_prefix("':")?.strip_suffix('\'')?;
        is_rust_name(name).then_some(())?;
        help(format!("write the parameter without quotes: `:{name}`"))
    }

    /// What chooses among parameters and literals is text to the server, whatever it is assigned to.
    fn of_choice(&self) -> Option<Remedy> {
        let word = self.text(self.index)?;
        let is_choice = |known: &&str| word.eq_ignore_ascii_case(known);
        let known = ["case", "coalesce", "greatest", "least"].into_iter().find(is_choice)?;
        let (_, types) = self.complaint.error.message.split_once(" is of type ")?;
        let wanted = types.strip_suffix(" but expression is of type text")?;
        let number = |token: &Token| token.text(self.complaint.sql).strip_prefix('$')?.parse::<usize>().ok();
        // What CASE compares is none of its results.
        let is_then = |token: &Token| token.is_word(self.complaint.sql, "then");
        let tokens = &self.found[self.index..];
        let first = tokens.iter().position(is_then).filter(|_| known == "case").unwrap_or(0);
        let number = tokens[first..].iter().find_map(number)?;
        let param = self.complaint.decl.sql.params.get(number.checked_sub(1)?)?;
        help(format!(
            "`{known}` returns text if no argument has a known type: write `:{}::{wanted}`",
            param.name
        ))
    }

    fn of_syntax(&self) -> Option<Remedy> {
        let before = self.index.checked_sub(1).and_then(|index| self.text(index));
        if self.found.iter().any(|token| self.is_operator(token, "`")) {
            return help("SQL has no backticks: put names in double quotes, or leave them unquoted");
        }
        if self.has_placeholder()
            || self.text(self.index).is_some_and(|text| ["{", "%", "$", ":"].contains(&text))
        {
            return help("name the parameter: `:name`");
        }
        if let Some(word) =
            before.filter(|word| ["any", "all"].iter().any(|known| word.eq_ignore_ascii_case(known)))
        {
            return help(format!("put parentheses after `{word}`: `{word} (:ids)`"));
        }
        let misspelled = [Some(self.index), self.index.checked_sub(1)].into_iter().flatten();
        let near = misspelled.filter_map(|index| self.keyword(index)).next();
        if let Some(near) = near {
            return help(format!("did you mean `{near}`?"));
        }
        // An optional line may have taken away a part of the statement, which is reported at its mark.
        if !self.complaint.decl.marks.is_empty() {
            return None;
        }
        if before == Some(",") {
            return help("remove the comma before it");
        }
        let open = self.unclosed()?;
        let note =
            (self.complaint.decl.sql.token_span(open.start), "this parenthesis is not closed".to_owned());
        Some(Remedy { help: "close it".to_owned(), note: Some(note) })
    }

    fn is_operator(&self, token: &Token, text: &str) -> bool {
        token.kind == TokenKind::Operator && token.text(self.complaint.sql) == text
    }

    /// Whether a `?` stands in the place of a value, and is not the operator of `jsonb`.
    fn has_placeholder(&self) -> bool {
        let marks = self.found.iter().enumerate().filter(|(_, token)| self.is_operator(token, "?"));
        marks.map(|(index, _)| index).any(|index| {
            let before = index.checked_sub(1).and_then(|index| self.found.get(index));
            before.is_none_or(|before| match before.kind {
                TokenKind::Operator => true,
                TokenKind::Punctuation => ![")", "]"].contains(&before.text(self.complaint.sql)),
                _ => ["where", "and", "or", "limit", "offset", "values"]
                    .iter()
                    .any(|word| before.is_word(self.complaint.sql, word)),
            })
        })
    }

    /// The keyword that a misspelt word probably means.
    fn keyword(&self, index: usize) -> Option<&'static str> {
        let is_word = self.found.get(index)?.kind == TokenKind::Word;
        let word = self.text(index).filter(|word| is_word && word.len() > 3)?;
        nearest(word, KEYWORDS).filter(|near| !near.eq_ignore_ascii_case(word))
    }

    /// The last parenthesis that is not closed.
    fn unclosed(&self) -> Option<Token> {
        let mut open = Vec::new();
        for token in &self.found {
            if token.is_mark(self.complaint.sql, "(") {
                open.push(*token);
            } else if token.is_mark(self.complaint.sql, ")") {
                open.pop();
            }
        }
        open.pop()
    }

    /// An operator that does not exist for these types.
    fn of_operator(&self) -> Option<Remedy> {
        match self.text(self.index)? {
            "==" => return help("use `=` for equality"),
            "@" if self.complaint.error.message.contains(": @ ") => {
                return help("name the parameter: `:name`");
            }
            _ => {}
        }
        // A parameter has the type of its first use.
        let types = self.complaint.error.message.strip_prefix("operator does not exist: ")?;
        let (left, right) = types.split_once(&format!(" {} ", self.text(self.index)?))?;
        let sides = [(self.index.checked_sub(1), left), (self.index.checked_add(1), right)];
        sides.into_iter().find_map(|(index, sql_type)| {
            let number: usize = self.text(index?)?.strip_prefix('$')?.parse().ok()?;
            let param = self.complaint.decl.sql.params.get(number.checked_sub(1)?)?;
            let first = param.uses.first().filter(|_| param.uses.len() > 1)?;
            let name = &param.name;
            Some(Remedy {
                help: format!("use two parameters, or cast `:{name}` where it has another type"),
                note: Some((*first, format!("here `:{name}` is a {sql_type}"))),
            })
        })
    }
}
