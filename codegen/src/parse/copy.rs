//! `--@ copy table(columns)` -> the INSERT that PostgreSQL analyses in its place.
//!
//! PostgreSQL does not analyse COPY. It analyses `insert into table (columns) values ($1, ...)`, which writes the same values
//! into the same columns of the same table. The text after `insert into` is byte for byte the text after `copy`, see
//! [`CopyDecl::target`].

use std::collections::BTreeSet;

use super::{CopyDecl, Part, Sql, SqlName, SqlParam, When};
use crate::source::Span;

impl CopyDecl {
    /// The INSERT of one row, whose parameters have the names of their columns.
    pub fn insert(&self) -> Sql {
        self.insert_of(&self.columns.iter().map(|column| (column, &*column.name)).collect::<Vec<_>>())
    }

    /// The INSERT of one row of these columns, each with the name of its parameter.
    pub fn insert_of(&self, columns: &[(&SqlName, &str)]) -> Sql {
        let (text, pieces, parts) = (String::new(), Vec::new(), Vec::new());
        let mut sql = Sql { text, span: self.span, params: Vec::new(), pieces, parts };
        add(&mut sql, "insert into ", self.span);
        add(&mut sql, &self.table.written, self.table.span);
        for (index, (column, _)) in columns.iter().enumerate() {
            add(&mut sql, if index == 0 { " (" } else { ", " }, self.span);
            add(&mut sql, &column.written, column.span);
        }
        let mut used = BTreeSet::new();
        for (index, (column, param)) in columns.iter().enumerate() {
            add(&mut sql, if index == 0 { ") values (" } else { ", " }, self.span);
            let number = sql.params.iter().position(|known| known.name == *param).unwrap_or(sql.params.len());
            if number == sql.params.len() {
                sql.params.push(SqlParam { name: (*param).to_owned(), uses: Vec::new() });
            }
            sql.params[number].uses.push(column.span);
            used.insert(number);
            add(&mut sql, &format!("${}", number + 1), column.span);
        }
        add(&mut sql, ")", self.span);
        sql.parts.push(Part { start: 0, when: When::Always, params: used });
        sql
    }

    /// What COPY and the INSERT have in common: the table and the columns, as in the text of the INSERT.
    pub fn target(insert: &str) -> Option<&str> {
        let (target, values) = insert.strip_prefix("insert into ")?.rsplit_once(" values (")?;
        values.ends_with(')').then_some(target)
    }
}

/// Appends text that maps to a place in the file: the place where it is written, or the whole directive.
fn add(sql: &mut Sql, text: &str, of: Span) {
    let is_copied = text.len() == of.end - of.start;
    // Text that is not copied maps to the beginning, so that no position is inside of a character.
    let step = if is_copied { text.len() } else { 1 };
    sql.pieces.extend((0..text.len()).step_by(step).map(|offset| (sql.text.len() + offset, of.start)));
    sql.text.push_str(text);
}
