//! What the schema has in the place of a name or a value that it does not have, where nothing similar is known: the columns of
//! the table, the values of the enum. That is what is needed after a migration has renamed one.

use super::complaint::Complaint;
use crate::infer::values_help;
use crate::parse::{Token, TokenKind, tokens};
use crate::schema::{Schema, Table, TypeKind};

/// So many columns fit into a message.
const FEW: usize = 24;

/// The columns that the table of an unknown column has. The server names the table of a target, and the alias of others.
pub(super) fn columns(complaint: &Complaint<'_>) -> Option<String> {
    let table = table(complaint)?;
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    let listed = !names.is_empty() && names.len() <= FEW;
    listed.then(|| format!("the columns of `{}` are {}", table.display_name(), names.join(", ")))
}

fn table<'a>(complaint: &Complaint<'a>) -> Option<&'a Table> {
    let relations = || complaint.schema.tables.values().filter(|table| table.is_relation() && table.visible);
    let about = complaint.error.message.strip_prefix("column ")?.strip_suffix(" does not exist")?;
    if let Some((_, relation)) = about.split_once("\" of relation \"") {
        return relations().find(|table| Some(table.name.as_str()) == relation.strip_suffix('"'));
    }
    let words: Vec<Token> = tokens(complaint.sql).filter(|token| token.kind == TokenKind::Word).collect();
    let Some((alias, _)) = about.split_once('.') else {
        let is_mentioned = |table: &&Table| words.iter().any(|word| word.is_word(complaint.sql, &table.name));
        let mut mentioned = relations().filter(is_mentioned);
        return mentioned.next().filter(|_| mentioned.next().is_none());
    };
    let is_alias = |token: &Token| token.is_word(complaint.sql, alias);
    let mut found =
        words.iter().enumerate().filter(|(_, token)| is_alias(token)).filter_map(|(index, token)| {
            let before = words[..index].iter().rfind(|word| !word.is_word(complaint.sql, "as"));
            // Either `tickets t` or `tickets` itself.
            [before, Some(token)]
                .into_iter()
                .flatten()
                .find_map(|name| relations().find(|table| name.is_word(complaint.sql, &table.name)))
        });
    let table = found.next()?;
    // An alias can be used twice.
    found.all(|other| std::ptr::eq(other, table)).then_some(table)
}

/// The values of the enum that a text is none of, as the server says.
pub(crate) fn values(schema: &Schema, message: &str) -> Option<String> {
    let (name, text) = message.strip_prefix("invalid input value for enum ")?.split_once(": ")?;
    let labels = schema.types.values().find_map(|found| match &found.kind {
        TypeKind::Enum { labels } if found.name == name => Some(labels),
        _ => None,
    })?;
    let labels: Vec<_> = labels.iter().map(|(_, label)| label.as_str()).collect();
    Some(values_help(text.trim_matches('"'), &labels))
}
