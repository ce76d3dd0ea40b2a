//! The nullability of the columns of range-table entries.

use crate::schema::Table;
use crate::tree::{Expr, RangeIndex, RangeKind, Var};

use super::Outputs;
use super::facts::{Facts, Value};
use super::query::{self, Outcome};
use super::rows::Rows;
use super::stored;

impl<'a> Rows<'a, '_> {
    /// The columns of an entry that has a row, and what that row implies about the rows beside it.
    pub(super) fn look_into(&self, range: RangeIndex, known: &Outputs) -> Outcome<'a> {
        let plain = |values| Outcome { values, around: Facts::default() };
        let Some(entry) = self.query.range(range) else { return Outcome::default() };
        match &entry.kind {
            RangeKind::Relation { table, inherited, .. } => match self.run.schema.table(*table) {
                Some(Table { kind: 'v', view: Some(view), .. }) => {
                    plain(query::closed(self.run, view, &[], known))
                }
                Some(table) => plain(stored::columns(self.run, table, *inherited)),
                None => Outcome::default(),
            },
            RangeKind::Subquery(query) => query::outcome(self.run, query, Some(self), self.params, known),
            RangeKind::Values(rows) => plain(self.values_rows(rows)),
            RangeKind::Cte { name, levels_up, .. } => {
                let home = self.up(*levels_up);
                let cte = home.and_then(|home| home.query.ctes.iter().find(|cte| cte.name == *name));
                plain(home.zip(cte).map(|(home, cte)| query::cte(home, cte, known)).unwrap_or_default())
            }
            RangeKind::Function { functions, ordinality } => plain(self.functions(functions, *ordinality)),
            RangeKind::TableFunction(_)
            | RangeKind::Join { .. }
            | RangeKind::Group(_)
            | RangeKind::Result
            | RangeKind::Opaque(_) => Outcome::default(),
        }
    }

    fn values_rows(&self, rows: &'a [Vec<Expr>]) -> Vec<Value> {
        let mut rows = rows.iter().map(|row| row.iter().map(|value| self.value(value)).collect::<Vec<_>>());
        let first = rows.next().unwrap_or_default();
        rows.fold(first, |above, row| {
            above.into_iter().zip(row).map(|(above, value)| above.or(value)).collect()
        })
    }

    fn functions(&self, functions: &'a [(Expr, usize)], ordinality: bool) -> Vec<Value> {
        let mut values: Vec<Value> = match functions {
            [(function, count)] => self.function_columns(function, *count),
            // The shorter ones are padded with NULL.
            several => vec![Value::UNKNOWN; several.iter().map(|(_, count)| count).sum()],
        };
        if ordinality {
            values.push(Value::NON_NULL);
        }
        values
    }

    /// Whether the whole row, or a system column, is not NULL if the entry has a row.
    pub(super) fn row_or_system_column(&self, var: &Var) -> bool {
        let table = |oid| self.run.schema.table(oid).map(|table| table.kind);
        match self.query.range(var.range).map(|entry| &entry.kind) {
            Some(RangeKind::Relation { table: oid, .. }) => {
                var.attribute == 0 || matches!(table(*oid), Some('r' | 'p' | 'm'))
            }
            Some(RangeKind::Subquery(_) | RangeKind::Values(_) | RangeKind::Cte { .. }) => var.attribute == 0,
            // A function that returns a composite can return NULL.
            _ => false,
        }
    }
}
