//! Multidimensional arrays, which PostgreSQL makes of arrays of arrays. Their type is that of one-dimensional arrays, but
//! `Vec<T>` cannot hold them.

use super::trace::Scope;
use crate::schema::{Schema, TypeKind};
use crate::tree::{CastVia, Const, Expr, Oid, RangeKind, SublinkKind, Var};

/// The maximum number of expressions that are looked at, since a recursive CTE leads to itself.
const MAX_STEPS: usize = 256;

/// Whether an expression makes an array with several dimensions, unless that is empty: itself, or in the subquery, CTE or view
/// whose column it is. What is stored in a column, or returned by a function, is not known.
pub fn has_several<'a>(schema: &'a Schema, scope: &Scope<'a>, expr: &'a Expr) -> bool {
    Search { schema, left: MAX_STEPS }.has_several(scope, expr)
}

struct Search<'a> {
    schema: &'a Schema,
    left: usize,
}

impl<'a> Search<'a> {
    fn has_several(&mut self, scope: &Scope<'a>, expr: &'a Expr) -> bool {
        let Some(left) = self.left.checked_sub(1) else { return false };
        self.left = left;
        let schema = self.schema;
        match expr {
            Expr::Var(var) => self.column(scope, var).unwrap_or(false),
            Expr::Array { multidimensional, .. } => *multidimensional,
            Expr::Const(constant) => is_array(schema, constant.type_oid) && dimensions(constant) > 1,
            Expr::Sublink(sublink) => match (sublink.kind, sublink.query.output().next()) {
                (SublinkKind::Array, Some(target)) => gives_array(schema, &target.expr),
                (SublinkKind::Scalar, Some(_)) => {
                    self.output(&scope.child(&sublink.query), 0).unwrap_or(false)
                }
                _ => false,
            },
            Expr::Aggregate(aggregate) => {
                let function = schema.functions.get(&aggregate.function);
                let of_arrays = || aggregate.args.first().is_some_and(|arg| gives_array(schema, &arg.expr));
                function.is_some_and(|found| found.is_built_in() && found.name == "array_agg") && of_arrays()
            }
            Expr::Cast { arg, via: CastVia::Relabel | CastVia::Domain | CastVia::ArrayElements, .. }
            | Expr::Collate { arg, .. }
            | Expr::NamedArgument(arg) => self.has_several(scope, arg),
            Expr::Coalesce { args, .. } => args.iter().any(|arg| self.has_several(scope, arg)),
            Expr::Case { whens, otherwise, .. } => {
                let mut results = whens.iter().map(|(_, result)| result).chain(otherwise.as_deref());
                results.any(|result| self.has_several(scope, result))
            }
            _ => false,
        }
    }

    fn column(&mut self, scope: &Scope<'a>, var: &Var) -> Option<bool> {
        let scope = scope.up(var.levels_up)?;
        let index = usize::try_from(var.attribute - 1).ok()?;
        match &scope.query.range(var.range)?.kind {
            RangeKind::Subquery(query) => self.output(&scope.child(query), index),
            RangeKind::Cte { name, levels_up, .. } => {
                let home = scope.up(*levels_up)?;
                let cte = home.query.ctes.iter().find(|cte| cte.name == *name)?;
                self.output(&home.child(&cte.query), index)
            }
            RangeKind::Relation { table, .. } => {
                let view = self.schema.table(*table)?.view.as_ref()?;
                self.output(&Scope::stored(view), index)
            }
            RangeKind::Join { columns, .. } | RangeKind::Group(columns) => {
                Some(self.has_several(scope, columns.get(index)?))
            }
            _ => None,
        }
    }

    fn output(&mut self, scope: &Scope<'a>, index: usize) -> Option<bool> {
        Some(self.has_several(scope, &scope.query.output().nth(index)?.expr))
    }
}

fn gives_array(schema: &Schema, expr: &Expr) -> bool {
    match expr {
        Expr::Sublink(sublink) if sublink.kind == SublinkKind::Array => true,
        _ => expr.type_oid().is_some_and(|type_oid| is_array(schema, type_oid)),
    }
}

fn is_array(schema: &Schema, type_oid: Oid) -> bool {
    schema.base_type(type_oid).is_some_and(|found| matches!(found.kind, TypeKind::Array { .. }))
}

/// The number of dimensions of an array, which comes first in its representation.
fn dimensions(array: &Const) -> i32 {
    let first = array.value.as_deref().and_then(|bytes| bytes.first_chunk());
    first.map_or(0, |first| i32::from_le_bytes(*first))
}
