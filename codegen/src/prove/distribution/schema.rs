//! The columns by which tables are distributed, and what in a schema a distributed database would not accept.

use super::Distribution;
use crate::diagnostics::nearest;
use crate::schema::{Schema, Table};
use crate::{Error, Result};

impl Distribution {
    /// Distributes tables by columns: `organization_id` every table that has this column, `organizations.id` that table.
    ///
    /// # Errors
    /// No table has such a column.
    pub fn by(schema: &Schema, names: &[String]) -> Result<Distribution> {
        let stored = || schema.tables.values().filter(|table| matches!(table.kind, 'r' | 'p'));
        let mut found = Distribution::default();
        for column in names.iter().filter(|name| !name.contains('.')) {
            let having = stored().filter_map(|table| Some((table.oid, table.column_named(column)?.number)));
            let having: Vec<_> = having.collect();
            if having.is_empty() {
                let known = stored().flat_map(|table| &table.columns).map(|column| column.name.as_str());
                return Err(unknown(format!("no table has a column `{column}`"), nearest(column, known)));
            }
            found.columns.extend(having);
        }
        for (table, column) in names.iter().filter_map(|name| name.rsplit_once('.')) {
            let Some(named) = schema.table_named(table).filter(|found| matches!(found.kind, 'r' | 'p'))
            else {
                let near = nearest(table, stored().map(|table| table.name.as_str()));
                return Err(unknown(format!("the schema has no table `{table}`"), near));
            };
            let Some(column) = named.column_named(column) else {
                let near = nearest(column, named.columns.iter().map(|column| column.name.as_str()));
                return Err(unknown(format!("`{table}` has no column `{column}`"), near));
            };
            // A partition can have its columns in another order.
            let holders = schema.holders(named);
            found
                .columns
                .extend(holders.filter_map(|part| Some((part.oid, part.column_named(&column.name)?.number))));
        }
        Ok(found)
    }

    /// Messages for all that a database distributed in this way would not accept. For instance, a unique key without the
    /// column would have to be checked on all shards.
    pub fn obstacles(&self, schema: &Schema) -> Vec<String> {
        let tables = schema.tables.values().filter(|table| table.partition_of.is_none());
        let mut found: Vec<String> = tables.flat_map(|table| self.obstacles_of(schema, table)).collect();
        found.sort();
        found
    }

    fn obstacles_of(&self, schema: &Schema, table: &Table) -> Vec<String> {
        let name = table.display_name();
        let mut found = Vec::new();
        let spread = self.column(table.oid).and_then(|number| table.column(number));
        for key in table.foreign_keys.iter().filter(|key| !key.part) {
            let other = schema.table(key.foreign_table).map_or_else(String::new, Table::display_name);
            let mut pairs = key.columns.iter().zip(&key.foreign_columns);
            match (spread, self.column(key.foreign_table)) {
                (None, Some(_)) => found.push(format!(
                    "{name} is a reference table, but {} refers to {other}, which is distributed",
                    key.name
                )),
                (Some(own), Some(far)) if !pairs.any(|pair| pair == (&own.number, &far)) => {
                    found.push(format!("{name}: {} refers to {other} without {}", key.name, own.name));
                }
                (Some(own), _) if key.columns.contains(&own.number) && matches!(key.on_delete, 'n' | 'd') => {
                    found.push(format!("{name}: {} changes {} when {other} loses a row", key.name, own.name));
                }
                (None, None) | (Some(_), _) => {}
            }
        }
        let Some(own) = spread else { return found };
        if !own.not_null {
            found.push(format!("{name}: {} can be NULL, which belongs to no shard", own.name));
        }
        for key in table.unique.iter().filter(|key| !key.columns.contains(&own.number)) {
            found.push(format!("{name}: {} is unique without {}", key.name, own.name));
        }
        found.extend(table.triggers.iter().map(|trigger| format!("{name}: {} is a trigger", trigger.name)));
        found
    }
}

fn unknown(message: String, near: Option<&str>) -> Error {
    Error::new(message).help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`column` distributes every table that has it, `table.column` only that table".to_owned(),
    })
}
