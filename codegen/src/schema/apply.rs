//! Runs the schema files in a database.

use std::borrow::Cow;
use std::ops::Range;

use crate::Result;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::{Token, TokenKind, tokens};
use crate::postgres::{Server, ServerError};
use crate::project::{Project, schema_sql};
use crate::source::{FileId, Span};

/// Runs the schema files of a project, in their order, in a session of their own: what a file sets for its session
/// (a dump empties the search path) is forgotten afterwards. Says whether all of them ran.
///
/// # Errors
/// The connection broke. What the server refuses is reported instead, at its place in the file.
pub fn apply(diagnostics: &mut Diagnostics, server: &Server, project: &Project) -> Result<bool> {
    let mut connection = server.connect()?;
    for (file, sql) in project.schema.iter().zip(texts(project)) {
        if let Err(error) = connection.batch(&sql)? {
            diagnostics.report(refused(*file, &sql, &error));
            // What follows builds on what failed.
            return Ok(false);
        }
    }
    server.schema_is_in_force();
    Ok(true)
}

/// What the schema files of a project tell the server, in their order.
pub fn texts(project: &Project) -> Vec<Cow<'_, str>> {
    project.schema.iter().map(|file| schema_sql(&project.sources.file(*file).text)).collect()
}

fn refused(file: FileId, text: &str, error: &ServerError) -> Diagnostic {
    let range = match error.position {
        Some(position) => {
            let offset =
                text.char_indices().nth(position.saturating_sub(1)).map_or(text.len(), |(offset, _)| offset);
            tokens(text)
                .find(|token| offset < token.end)
                .map_or(offset..offset, |token| token.start..token.start + token.text(text).trim_end().len())
        }
        None => {
            let statement = statement(text, error.executed);
            named_in(text, &statement, &error.message).unwrap_or_else(|| first_line(text, &statement))
        }
    };
    let mut message = error.message.clone();
    for more in [&error.detail, &error.context].into_iter().flatten() {
        message.push_str(": ");
        message.push_str(more.lines().next().unwrap_or_default());
    }
    let span = Span { file, start: range.start, end: range.end };
    let help = match &error.hint {
        Some(hint) => hint.as_str(),
        None if is_about_a_role(error) => {
            "dump without owners and privileges, `pg_dump --schema-only --no-owner --no-privileges`: your \
             roles do not exist on this server"
        }
        None => "fix the schema first; no query was compiled",
    };
    Diagnostic::error("schema", span, message).help(help)
}

/// `role "app" does not exist`: an undefined object that is no type, collation or the like.
fn is_about_a_role(error: &ServerError) -> bool {
    error.code == "42704" && error.message.starts_with("role ")
}

/// Where the first name that a message quotes stands in a statement, if it stands there once.
fn named_in(text: &str, statement: &Range<usize>, message: &str) -> Option<Range<usize>> {
    let name = message.split('"').nth(1)?;
    let within = text.get(statement.clone())?;
    let mut places = tokens(within).filter(|token| {
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        is_name && token.text(within).trim_matches('"').eq_ignore_ascii_case(name)
    });
    let place = places.next().filter(|_| places.next().is_none())?;
    Some(statement.start + place.start..statement.start + place.end)
}

fn first_line(text: &str, statement: &Range<usize>) -> Range<usize> {
    let line = text[statement.start..].lines().next().unwrap_or_default().trim_end().len();
    statement.start..statement.start + line
}

/// The statement that so many others stand before.
fn statement(text: &str, before: usize) -> Range<usize> {
    let mut found = 0;
    let mut start = None;
    let mut end = text.len();
    // Inside of parentheses and of `begin atomic ... end` a semicolon ends no statement.
    let (mut parentheses, mut bodies) = (0_usize, 0_usize);
    let mut previous: Option<Token> = None;
    for token in tokens(text) {
        start = start.or(Some(token.start));
        if token.is_mark(text, "(") {
            parentheses += 1;
        } else if token.is_mark(text, ")") {
            parentheses = parentheses.saturating_sub(1);
        } else if begins_body(text, token, previous) || bodies > 0 && token.is_word(text, "case") {
            bodies += 1;
        } else if bodies > 0 && token.is_word(text, "end") {
            bodies -= 1;
        } else if token.is_mark(text, ";") && parentheses == 0 && bodies == 0 {
            if found == before {
                end = token.end;
                break;
            }
            found += 1;
            start = None;
        }
        previous = Some(token);
    }
    start.unwrap_or(0)..end
}

/// Whether the body of an SQL-standard function begins here: `begin atomic`.
fn begins_body(text: &str, token: Token, previous: Option<Token>) -> bool {
    token.is_word(text, "atomic") && previous.is_some_and(|previous| previous.is_word(text, "begin"))
}

#[cfg(test)]
mod tests {
    use super::{first_line, named_in, statement};

    #[test]
    fn statements_are_counted_as_the_server_counts_them() {
        let text = "create table a (b int); -- one;\ncreate function f() returns int begin atomic select 1; \
                    select case when true then 2 end; end;\ncreate table c (d text default ';');\n";
        assert_eq!(&text[statement(text, 0)], "create table a (b int);");
        assert_eq!(&text[first_line(text, &statement(text, 0))], "create table a (b int); -- one;");
        assert!(text[statement(text, 1)].starts_with("create function f()"));
        assert_eq!(&text[statement(text, 2)], "create table c (d text default ';');");
    }

    #[test]
    fn the_name_that_a_message_quotes_is_pointed_at_where_it_stands_once() {
        let text = "create table a (b int references c, d int references e, f int references e);";
        let place =
            |name: &str| named_in(text, &statement(text, 0), &format!("relation \"{name}\" does not exist"));
        assert_eq!(place("c"), Some(33..34));
        assert_eq!(place("e"), None);
        assert_eq!(place("g"), None);
    }
}
