//! Multidimensional arrays, which PostgreSQL makes of arrays of arrays. Their type is that of one-dimensional arrays, but
//! `Vec<T>` cannot hold them.

use crate::schema::{Schema, TypeKind};
use crate::tree::{CastVia, Const, Expr, Oid, SublinkKind};

/// Whether an expression makes an array with several dimensions, unless that is empty. What is stored in a column, or
/// returned by a function, is not known.
pub fn has_several(schema: &Schema, expr: &Expr) -> bool {
    match expr {
        Expr::Array { multidimensional, .. } => *multidimensional,
        Expr::Const(constant) => is_array(schema, constant.type_oid) && dimensions(constant) > 1,
        Expr::Sublink(sublink) => match (sublink.kind, sublink.query.output().next()) {
            (SublinkKind::Array, Some(target)) => gives_array(schema, &target.expr),
            (SublinkKind::Scalar, Some(target)) => has_several(schema, &target.expr),
            _ => false,
        },
        Expr::Aggregate(aggregate) => {
            let function = schema.functions.get(&aggregate.function);
            let of_arrays = || aggregate.args.first().is_some_and(|arg| gives_array(schema, &arg.expr));
            function.is_some_and(|found| found.is_built_in() && found.name == "array_agg") && of_arrays()
        }
        Expr::Cast { arg, via: CastVia::Relabel | CastVia::Domain | CastVia::ArrayElements, .. }
        | Expr::Collate { arg, .. }
        | Expr::NamedArgument(arg) => has_several(schema, arg),
        Expr::Coalesce { args, .. } => args.iter().any(|arg| has_several(schema, arg)),
        Expr::Case { whens, otherwise, .. } => {
            let mut results = whens.iter().map(|(_, result)| result).chain(otherwise.as_deref());
            results.any(|result| has_several(schema, result))
        }
        _ => false,
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
