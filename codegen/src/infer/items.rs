//! Lists of items: arrays that one `unnest` in FROM combines into rows. Their function takes a list of structs, so that all
//! arrays have the same length, and the nullability of an element is inferred like a parameter's. `--@ copy` and `--@ batch`
//! also take a list, whose items are sent one by one.

use std::collections::BTreeMap;

use super::trace::Scope;
use super::{ItemField, Param, ParamFrom, RustType};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::QueryDecl;
use crate::schema::{Schema, TypeKind};
use crate::tree::walk::{each_param, each_query};
use crate::tree::{Expr, Location, Oid, ParamKind, Query, RangeKind};

/// The rule of these errors.
const RULE: &str = "items";

/// The parameters whose arrays are fields of items, by number. `is_callers` tells whether the caller passes a parameter.
pub fn find(
    diagnostics: &mut Diagnostics,
    schema: &Schema,
    decl: &QueryDecl,
    query: &Query,
    is_callers: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut lists = Vec::new();
    each_query(query, &mut |query| {
        for entry in &query.range_table {
            let RangeKind::Function { functions, .. } = &entry.kind else { continue };
            let arrays: Vec<_> = functions.iter().map(|(call, _)| array(schema, call)).collect();
            // A single array is a list of values itself.
            if arrays.iter().flatten().count() > 1 {
                lists.push(arrays);
            }
        }
    });
    let Some((list, others)) = lists.split_first() else { return Vec::new() };
    let fields: Vec<_> = list.iter().flatten().copied().collect();
    match problem(decl, query, list, others, is_callers) {
        None => fields.into_iter().map(|(id, _)| id).collect(),
        Some((at, message, help)) => {
            let span = at.map_or(decl.sql.span, |at| decl.sql.token_span(at));
            diagnostics.report(Diagnostic::error(RULE, span, message).help(help).query(decl.path()));
            Vec::new()
        }
    }
}

/// Checks that a batch has a parameter that differs between items, and no list of items in each.
pub fn check_batch(diagnostics: &mut Diagnostics, decl: &QueryDecl, items: &[usize], takes_any: bool) {
    let Some(batch) = decl.batch else { return };
    let (message, help) = match takes_any {
        true if items.is_empty() => return,
        true => (
            "this statement already takes a list of items, and a batch would take a list of lists",
            "remove `--@ batch`: `unnest` is one call for all items",
        ),
        false => (
            "a batch needs a parameter that differs between items",
            "remove `--@ batch`, or give the statement a parameter that differs",
        ),
    };
    diagnostics.report(Diagnostic::error("batch", batch, message).help(help).query(decl.path()));
}

/// The list of items with these parameters as fields. Its struct has no name yet.
pub fn list(decl: &QueryDecl, params: &[Param]) -> Option<Param> {
    let field = |param: &Param| {
        let (rust, nullable) = match &param.rust {
            rust if decl.takes_each() => (rust.clone(), param.nullable),
            RustType::Array { element, nullable } => ((**element).clone(), *nullable),
            _ => return None,
        };
        Some(ItemField { param: param.name.clone(), pg_type: param.pg_type.clone(), rust, nullable })
    };
    let fields: Vec<_> =
        params.iter().filter(|param| param.from == ParamFrom::Item).filter_map(field).collect();
    let is_named = decl.params.as_ref().is_some_and(|params| params.name.is_some());
    if let [ItemField { pg_type, rust, nullable, .. }] = &fields[..]
        && decl.batch.is_some()
        && !is_named
    {
        // A single value needs no struct.
        return Some(Param {
            name: "items".to_owned(),
            pg_type: pg_type.clone(),
            built_in: true,
            rust: RustType::Array { element: Box::new(rust.clone()), nullable: *nullable },
            nullable: false,
            from: ParamFrom::Caller,
        });
    }
    (!fields.is_empty()).then(|| Param {
        name: "items".to_owned(),
        pg_type: "record".to_owned(),
        built_in: true,
        rust: RustType::Items { name: String::new(), fields },
        nullable: false,
        from: ParamFrom::Caller,
    })
}

/// A parameter's number, and its position.
type Place = (usize, Location);

/// Why arrays cannot be fields of items: where, what, and what to do.
fn problem(
    decl: &QueryDecl,
    query: &Query,
    list: &[Option<Place>],
    others: &[Vec<Option<Place>>],
    is_callers: impl Fn(usize) -> bool,
) -> Option<(Location, String, String)> {
    let name = |id: usize| decl.sql.params.get(id - 1).map_or("", |param| &param.name);
    let first = list.iter().flatten().next()?;
    if let Some((id, at)) = others.iter().flatten().flatten().next() {
        let message =
            format!("`:{}` belongs to a second list of items, but a function takes only one", name(*id));
        return Some((*at, message, "combine both lists in one `unnest`, or split the query".to_owned()));
    }
    if list.contains(&None) {
        let message = "this unnest combines parameters with another array, whose length can differ";
        let help = "pass each array to `unnest` as a separate parameter, and compute with its elements";
        return Some((first.1, message.to_owned(), help.to_owned()));
    }
    let mut uses: BTreeMap<usize, Vec<Location>> = BTreeMap::new();
    each_param(query, &mut |id, _, at| uses.entry(id).or_default().push(at));
    list.iter().flatten().find_map(|(id, at)| {
        let name = name(*id);
        if !is_callers(*id) {
            let message = format!("`:{name}` comes from the token, so it cannot be a field of items");
            let help = "compare with the ids of the token, `x = any (:ids)`, instead of unnesting them";
            return Some((*at, message, help.to_owned()));
        }
        // This use is one of them, so a second one is somewhere else.
        let other = uses.get(id).filter(|uses| uses.len() > 1)?;
        let elsewhere = other.iter().copied().find(|other| other != at).unwrap_or(*at);
        let message = format!("`:{name}` is a field of items, so it has no single value here");
        let help = "use its column of `unnest`, or another parameter";
        Some((elsewhere, message, help.to_owned()))
    })
}

/// The parameter whose array a call unnests.
fn array(schema: &Schema, call: &Expr) -> Option<Place> {
    let Expr::Function { call, variadic: false, .. } = call else { return None };
    let function = schema.functions.get(&call.function)?;
    let [arg] = &call.args[..] else { return None };
    if !function.is_built_in() || function.name != "unnest" {
        return None;
    }
    let (id, type_oid, location) = param(arg)?;
    is_array(schema, type_oid).then_some((id, location))
}

/// The caller's parameter that an expression consists of, under any relabelling.
fn param(expr: &Expr) -> Option<(usize, Oid, Location)> {
    match expr {
        Expr::Param { kind: ParamKind::Extern, id, type_oid, location } => Some((*id, *type_oid, *location)),
        Expr::Cast { arg, .. } => param(arg),
        _ => None,
    }
}

fn is_array(schema: &Schema, type_oid: Oid) -> bool {
    let found = schema.base_type(type_oid).map(|base| &base.kind);
    matches!(found, Some(TypeKind::Array { .. }))
}

/// The maximum number of steps from an expression to the element it stands for.
const MAX_DEPTH: usize = 32;

/// The parameter that has an expression as an element of its array, unchanged: also through subqueries, CTEs and joins.
pub fn element<'a>(schema: &Schema, scope: &Scope<'a>, expr: &'a Expr) -> Option<usize> {
    element_within(schema, scope, expr, MAX_DEPTH)
}

fn element_within<'a>(schema: &Schema, scope: &Scope<'a>, expr: &'a Expr, depth: usize) -> Option<usize> {
    let depth = depth.checked_sub(1)?;
    let var = match expr {
        Expr::Var(var) => var,
        Expr::Cast { arg, .. } | Expr::Collate { arg, .. } => {
            return element_within(schema, scope, arg, depth);
        }
        _ => return None,
    };
    let scope = scope.up(var.levels_up)?;
    let index = usize::try_from(var.attribute - 1).ok()?;
    let output = |scope: &Scope<'a>| {
        let query = scope.query;
        let column = query.output().nth(index).filter(|_| query.set_operation.is_none())?;
        element_within(schema, scope, &column.expr, depth)
    };
    match &scope.query.range(var.range)?.kind {
        // Each array is one column; a function with several columns is not one.
        RangeKind::Function { functions, .. } => {
            let (call, _) =
                functions.get(index).filter(|_| functions.iter().all(|(_, width)| *width == 1))?;
            array(schema, call).map(|(id, _)| id)
        }
        RangeKind::Subquery(query) => output(&scope.child(query)),
        RangeKind::Cte { name, levels_up, .. } => {
            let home = scope.up(*levels_up)?;
            output(&home.child(&home.query.ctes.iter().find(|cte| cte.name == *name)?.query))
        }
        RangeKind::Join { columns, .. } => element_within(schema, scope, columns.get(index)?, depth),
        RangeKind::Group(exprs) => element_within(schema, scope, exprs.get(index)?, depth),
        _ => None,
    }
}
