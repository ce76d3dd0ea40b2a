//! Whole rows as one value: `to_jsonb(u)`, `row_to_json(x)`, `jsonb_agg(row(a, b))`, `array(select x from (...) x)`.

use super::merge::Shape;
use super::{Form, Kind, Walk, kind};
use crate::infer::nullability::Rows;
use crate::infer::trace::Scope;
use crate::infer::{ObjectField, signature};
use crate::schema::TypeKind;
use crate::tree::pg_type::RECORD;
use crate::tree::{Expr, Oid, Query, RangeEntry, RangeKind, Var};

impl<'a> Walk<'_, 'a, '_> {
    /// The structure of a composite.
    pub(super) fn record(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr) -> Shape {
        match expr {
            Expr::Var(var) if var.attribute == 0 => {
                if let Some(fields) = self.whole_row(rows, scope, var) {
                    return self.made_of(scope, fields, false, var.location);
                }
            }
            // Only in JSON its fields have names.
            Expr::Row { fields, type_oid: RECORD, location } if self.form == Form::Json => {
                let mut found = Vec::new();
                for (index, field) in fields.iter().enumerate() {
                    let shape = self.shape(rows, scope, field);
                    let pg_type = self.pg_type_of(field);
                    found.push(self.field(format!("f{}", index + 1), pg_type, shape, !rows.non_null(field)));
                }
                return self.made_of(scope, found, false, *location);
            }
            _ => {}
        }
        let shape = self.followed(rows, scope, expr).unwrap_or(Shape::Value);
        match expr.type_oid() {
            // For a named type, the type determines the structure.
            Some(type_oid) if shape == Shape::Value && self.is_composite(type_oid) => {
                self.leaf(rows, scope, expr, type_oid)
            }
            _ => shape,
        }
    }

    fn is_composite(&self, oid: Oid) -> bool {
        self.schema.base_type(oid).is_some_and(|found| matches!(found.kind, TypeKind::Composite { .. }))
    }

    /// The columns of an entry's row, if there is one.
    fn whole_row(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, var: &Var) -> Option<Vec<ObjectField>> {
        let (home, home_scope) = rows.up(var.levels_up).zip(scope.up(var.levels_up))?;
        let entry = home.query.range(var.range)?;
        let present = home.with_row_of(var.range);
        let mut fields = Vec::new();
        for Named { key, number, type_oid, docs } in self.columns_of(home, entry)? {
            let column = Var { attribute: number, type_oid, typmod: -1, levels_up: 0, ..var.clone() };
            let shape = self.column(&present, home_scope, &column);
            let nullable = !present.var(&column).non_null;
            fields.push(ObjectField { docs, ..self.field(key, self.pg_type(type_oid), shape, nullable) });
        }
        Some(fields)
    }

    /// The columns of an entry, with the names in its row. A table's row has the table's names, whatever an alias says.
    fn columns_of(&self, home: &Rows<'a, '_>, entry: &'a RangeEntry) -> Option<Vec<Named>> {
        match &entry.kind {
            RangeKind::Relation { table, .. } => {
                let columns = self.schema.table(*table)?.columns.iter().map(|column| Named {
                    key: column.name.clone(),
                    number: column.number,
                    type_oid: column.type_oid,
                    docs: signature::comment(column.comment.as_deref()),
                });
                Some(columns.collect())
            }
            RangeKind::Subquery(query) => self.columns_of_query(query, entry),
            RangeKind::Cte { name, levels_up, .. } => {
                let cte = home.up(*levels_up)?.query.ctes.iter().find(|cte| cte.name == *name)?;
                if cte.recursive { None } else { self.columns_of_query(&cte.query, entry) }
            }
            RangeKind::Join { .. }
            | RangeKind::Function { .. }
            | RangeKind::TableFunction(_)
            | RangeKind::Values(_)
            | RangeKind::Result
            | RangeKind::Group(_)
            | RangeKind::Opaque(_) => None,
        }
    }

    fn columns_of_query(&self, query: &'a Query, entry: &RangeEntry) -> Option<Vec<Named>> {
        let types: Option<Vec<Oid>> = query.output().map(|target| self.output_type(&target.expr)).collect();
        let types = types.filter(|types| types.len() == entry.column_names.len())?;
        let names = entry.column_names.iter().cloned().zip(1..).zip(types);
        let columns =
            names.map(|((key, number), type_oid)| Named { key, number, type_oid, docs: Vec::new() });
        Some(columns.collect())
    }

    /// The type of an output column; for an array subquery the tree does not have it.
    pub(super) fn output_type(&self, expr: &'a Expr) -> Option<Oid> {
        match expr {
            Expr::Sublink(sublink) if expr.type_oid().is_none() => {
                let element = sublink.query.output().next()?.expr.type_oid()?;
                match kind(self.schema, element) {
                    Kind::Array(_) => Some(element),
                    _ => Some(self.schema.types.get(&element)?.array).filter(|array| *array != 0),
                }
            }
            _ => expr.type_oid(),
        }
    }
}

/// A column of a row, by its name there.
struct Named {
    key: String,
    number: i32,
    type_oid: Oid,
    docs: Vec<String>,
}
