//! An error of the server about a query, as a diagnostic in the author's file and terms.

use super::known;
use super::remedy::remedy;
use crate::diagnostics::{Diagnostic, nearest};
use crate::parse::QueryDecl;
use crate::postgres::ServerError;
use crate::schema::Schema;
use crate::source::Span;

/// An error of the server about a query.
pub struct Complaint<'a> {
    /// The schema, to find similar names.
    pub schema: &'a Schema,
    /// The query.
    pub decl: &'a QueryDecl,
    /// What was sent.
    pub sql: &'a str,
    /// The server's error.
    pub error: &'a ServerError,
}

impl Complaint<'_> {
    /// The diagnostic, at the position of the error.
    pub fn diagnostic(&self) -> Diagnostic {
        let offset = self.error.position.map(|position| byte_offset(self.sql, position));
        let rule = rule(&self.error.code);
        let span = self.span(rule, offset);
        let mut message = self.named_params(&self.error.message);
        if let Some(detail) = self.error.detail.as_deref().filter(|detail| !detail.is_empty()) {
            message.push_str(": ");
            message.push_str(&self.named_params(detail));
        }
        let remedy = remedy(self, rule, offset);
        let mut diagnostic = Diagnostic::error(rule, span, message).query(self.decl.path());
        diagnostic.notes.extend(remedy.as_ref().and_then(|remedy| remedy.note.clone()));
        diagnostic.help = remedy
            .map(|remedy| remedy.help)
            // The server's hint is about types, even if there is no function of that name.
            .or_else(|| self.nearest_name(rule, offset).filter(|_| rule == "unknown-function"))
            .or_else(|| self.error.hint.as_deref().map(|hint| self.named_params(hint)))
            .or_else(|| self.nearest_name(rule, offset))
            .or_else(|| known::columns(self).filter(|_| rule == "unknown-column"))
            .or_else(|| known::values(self.schema, &self.error.message).filter(|_| rule == "type-mismatch"));
        diagnostic
    }

    fn span(&self, rule: &str, offset: Option<usize>) -> Span {
        match offset {
            // The error is at what `--@ page` has added, or at the end of the text.
            Some(offset) if offset >= self.decl.sql.text.len() => {
                let last = self.decl.sql.text.trim_end().len().saturating_sub(1);
                self.decl.page.as_ref().map_or_else(|| self.decl.sql.token_span(last), |page| page.span)
            }
            // The server gives the position of `n.titel`, which is the beginning of `n`.
            Some(offset) if rule == "unknown-column" && self.error.message.starts_with("column ") => {
                let written = self.written(offset).unwrap_or_default().trim_end_matches('.');
                let last = written.rfind('.').map_or(offset, |dot| offset + dot + 1);
                self.decl.sql.token_span(offset).to(self.decl.sql.token_span(last))
            }
            Some(offset) => self.decl.sql.token_span(offset),
            None => match self.parameter() {
                Some(index) => self.decl.sql.params[index].uses[0],
                None => self.decl.sql.span,
            },
        }
    }

    /// The parameter whose number is in the message.
    pub(super) fn parameter(&self) -> Option<usize> {
        let after = self.error.message.split_once('$')?.1;
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < self.decl.sql.params.len())
    }

    /// Replaces parameter numbers in a message by names.
    fn named_params(&self, text: &str) -> String {
        let mut named = text.to_owned();
        for (index, param) in self.decl.sql.params.iter().enumerate().rev() {
            named = named.replace(&format!("${}", index + 1), &format!(":{}", param.name));
        }
        named
    }

    /// The possibly qualified name that begins at an offset.
    fn written(&self, offset: usize) -> Option<&str> {
        let is_inside = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '"';
        self.sql.get(offset..)?.split(|c| !is_inside(c)).next()
    }

    /// The known name nearest to one that was not found.
    pub(super) fn nearest_name(&self, rule: &str, offset: Option<usize>) -> Option<String> {
        let written = self.written(offset?)?;
        let word = written.rsplit('.').next()?.trim_matches('"');
        let tables = || self.schema.tables.values().filter(|table| table.is_relation());
        let near = match rule {
            "unknown-table" => nearest(word, tables().map(|table| table.name.as_str())),
            "unknown-column" => {
                let columns =
                    tables().filter(|table| self.sql.contains(&table.name)).flat_map(|table| &table.columns);
                nearest(word, columns.map(|column| column.name.as_str()))
            }
            "unknown-function" => {
                let names = || self.schema.functions.values().map(|function| function.name.as_str());
                let is_name = !word.is_empty() && !names().any(|name| name == word);
                nearest(word, names().filter(|_| is_name))
            }
            "unknown-type" => nearest(word, self.schema.types.values().map(|found| found.name.as_str())),
            _ => None,
        };
        near.filter(|near| *near != word).map(|near| format!("did you mean `{near}`?"))
    }
}

/// The rule for a SQLSTATE (PostgreSQL's appendix A).
fn rule(code: &str) -> &'static str {
    match code {
        "42601" => "syntax",
        "42703" => "unknown-column",
        "42P01" => "unknown-table",
        "42883" => "unknown-function",
        "42704" => "unknown-type",
        "42702" => "ambiguous-column",
        "42725" => "ambiguous-function",
        "42P08" | "42P18" => "parameter-type",
        "42804" | "42846" | "22P02" | "22007" | "22008" | "22003" => "type-mismatch",
        "42803" => "grouping",
        "42P09" | "42712" | "42P10" | "42701" => "ambiguous-name",
        _ => "sql",
    }
}

/// The server counts characters from 1.
fn byte_offset(text: &str, position: usize) -> usize {
    text.char_indices().nth(position.saturating_sub(1)).map_or(text.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use super::byte_offset;

    #[test]
    fn positions_are_characters() {
        assert_eq!(byte_offset("select 'é', x", 13), 13);
        assert_eq!(byte_offset("abc", 99), 3);
    }
}
