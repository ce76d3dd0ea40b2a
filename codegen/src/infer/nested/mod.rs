//! Nested results: infers the structure of a column of JSON or of records from the expression that builds it.
//!
//! `jsonb_agg(jsonb_build_object('id', u.id))` is an array of objects whose `id` has the type of the column `u.id`: its id or
//! enum, and NULL if that can be NULL in the aggregated rows. An expression is traced through subqueries, CTEs and views to
//! where the JSON is built (`document`, `rows`); several expressions for one value have to agree (`merge`). JSON that is not
//! understood is `serde_json::Value`.
//!
//! `array(select x from (select u.id from ...) x)` is an array of records in PostgreSQL's binary form. Their fields come as
//! columns do, so that a record may contain what JSON cannot. A record that is not understood has no Rust type.

mod document;
mod merge;
mod rows;

use super::keys::Meaning;
use super::nullability::query::at_output;
use super::nullability::{Elements, Rows, Run, Value};
use super::trace::{self, Leaf, Scope};
use super::types::Types;
use super::{Knowledge, Plain, RustType, signature};
use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::{Schema, TypeKind};
use crate::tree::pg_type::{RECORD, RECORDS};
use crate::tree::{
    Aggregate, CastVia, Const, Expr, Location, Oid, Query, RangeKind, SetOperation, Sublink, SublinkKind, Var,
};
use merge::{Shape, merge};

/// The maximum nesting of JSON and of the queries that build it.
const MAX_DEPTH: usize = 64;

/// The types of the columns whose JSON or records are understood, without those that are to stay plain.
pub fn columns(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    query: &Analysed,
    params: &[Option<Meaning>],
    nullable_params: &[bool],
) -> Vec<Option<RustType>> {
    let schema = knowledge.schema;
    let values: Vec<Value> = nullable_params
        .iter()
        .map(|nullable| Value { non_null: !nullable, elements: Elements::Unknown })
        .collect();
    let mut repeated = Vec::new();
    let mut found = Vec::new();
    for (index, column) in query.columns.iter().enumerate() {
        let run = Run::new(schema);
        let stays = query.decl.as_json.iter().any(|name| name.value == column.name);
        let form = match column.type_oid {
            oid if holds_records(schema, oid) => Form::Record,
            oid if holds_json(schema, oid) && !stays => Form::Json,
            _ => {
                found.push(None);
                continue;
            }
        };
        let repeated = &mut repeated;
        let mut walk = Walk { run: &run, schema, knowledge, types, params, form, depth: 0, repeated };
        let shape = walk.output(None, &Scope::root(&query.tree), &query.tree, &values, index);
        // A column that is a plain value wrapped into JSON is meant to be JSON.
        found.push(match shape {
            Shape::Known(rust @ (RustType::Array { .. } | RustType::Object(_))) => Some(rust),
            Shape::Known(_) | Shape::Value | Shape::Null | Shape::Empty => None,
        });
    }
    repeated.sort();
    repeated.dedup();
    for (location, key) in repeated {
        let span = location.map_or(query.decl.sql.span, |at| query.decl.sql.token_span(at));
        diagnostics.report(
            Diagnostic::error("nested-key", span, format!("the nested result has two keys `{key}`"))
                .help("rename one of them, or, if it is JSON, leave the column plain with `--@ json`")
                .query(query.decl.path()),
        );
    }
    found
}

/// Whether a type is JSON or an array of it.
pub fn holds_json(schema: &Schema, oid: Oid) -> bool {
    let element = match schema.base_type(oid).map(|found| &found.kind) {
        Some(TypeKind::Array { element }) => *element,
        _ => oid,
    };
    kind(schema, element) == Kind::Json
}

/// Whether a type is that of records without a named type, or of arrays of them.
fn holds_records(schema: &Schema, oid: Oid) -> bool {
    schema.base_type(oid).is_some_and(|found| matches!(found.oid, RECORD | RECORDS))
}

/// `'{}'`, an array without dimensions.
fn is_empty_array(constant: &Const) -> bool {
    constant.type_oid == RECORDS && constant.value.as_deref().is_some_and(|value| value.starts_with(&[0; 4]))
}

/// How a value is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As JSON, with all that is in it.
    Json,
    /// As a column is: only records have a structure that their type does not tell.
    Record,
}

/// The JSON form of a type's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It is JSON already.
    Json,
    /// An object of its fields.
    Record,
    /// An array of its elements.
    Array(Oid),
    /// A string, a number, a boolean.
    Plain,
}

fn kind(schema: &Schema, oid: Oid) -> Kind {
    let Some(found) = schema.base_type(oid) else { return Kind::Plain };
    match &found.kind {
        _ if found.oid == RECORD => Kind::Record,
        _ if found.oid == RECORDS => Kind::Array(RECORD),
        TypeKind::Base if found.is_built_in() && matches!(&*found.name, "json" | "jsonb") => Kind::Json,
        TypeKind::Composite { .. } => Kind::Record,
        TypeKind::Array { element } => Kind::Array(*element),
        _ => Kind::Plain,
    }
}

struct Walk<'w, 'a, 't> {
    run: &'w Run<'a>,
    schema: &'a Schema,
    knowledge: &'w Knowledge<'a>,
    types: &'w mut Types<'t>,
    /// The meanings of the parameters.
    params: &'w [Option<Meaning>],
    /// How the values are encoded that are looked at.
    form: Form,
    depth: usize,
    /// The duplicate keys of objects, with their positions.
    repeated: &'w mut Vec<(Location, String)>,
}

impl<'a> Walk<'_, 'a, '_> {
    /// The structure of a query's output column, counted from 0.
    fn output(
        &mut self,
        parent: Option<&Rows<'a, '_>>,
        scope: &Scope<'a>,
        query: &'a Query,
        params: &[Value],
        index: usize,
    ) -> Shape {
        if query.opaque.is_some() || self.depth == MAX_DEPTH || self.run.budget.get() == 0 {
            return Shape::Value;
        }
        self.depth += 1;
        self.run.budget.set(self.run.budget.get() - 1);
        let shape = match &query.set_operation {
            Some(operation) => {
                let rows = Rows::of(self.run, query, parent, params);
                self.arms(&rows, scope, operation, index)
            }
            None => at_output(self.run, query, parent, params, &Default::default(), |rows| {
                query.output().nth(index).map_or(Shape::Value, |target| self.shape(rows, scope, &target.expr))
            }),
        };
        self.depth -= 1;
        shape
    }

    fn arms(
        &mut self,
        rows: &Rows<'a, '_>,
        scope: &Scope<'a>,
        operation: &'a SetOperation,
        index: usize,
    ) -> Shape {
        match operation {
            SetOperation::Leaf(range) => match rows.query.range(*range).map(|entry| &entry.kind) {
                Some(RangeKind::Subquery(query)) => {
                    self.output(Some(rows), &scope.child(query), query, rows.params, index)
                }
                _ => Shape::Value,
            },
            SetOperation::Node { left, right, .. } => {
                let left = self.arms(rows, scope, left, index);
                merge(left, self.arms(rows, scope, right, index))
            }
        }
    }

    /// The structure of a value, or that of the JSON that becomes of it.
    fn shape(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr) -> Shape {
        if self.depth == MAX_DEPTH {
            return Shape::Value;
        }
        self.depth += 1;
        let shape = self.shape_of(rows, scope, expr);
        self.depth -= 1;
        shape
    }

    fn shape_of(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr) -> Shape {
        if self.form == Form::Record {
            let Some(type_oid) = self.output_type(expr) else { return Shape::Value };
            return self.in_record(
                type_oid,
                |walk| walk.leaf(rows, scope, expr, type_oid),
                |walk| walk.by_expression(rows, scope, expr),
            );
        }
        self.by_expression(rows, scope, expr)
    }

    /// The structure of a value of that type in a record. It is its type's, unless it consists of records or JSON.
    fn in_record(
        &mut self,
        type_oid: Oid,
        leaf: impl FnOnce(&mut Self) -> Shape,
        structure: impl FnOnce(&mut Self) -> Shape,
    ) -> Shape {
        if holds_records(self.schema, type_oid) {
            return structure(self);
        }
        let plain = leaf(self);
        if !holds_json(self.schema, type_oid) || matches!(plain, Shape::Known(RustType::Custom(_))) {
            return plain;
        }
        self.form = Form::Json;
        let found = structure(self);
        self.form = Form::Record;
        match found {
            Shape::Known(RustType::Array { .. } | RustType::Object(_)) => found,
            _ => plain,
        }
    }

    /// The structure by the expression that builds the value, which is JSON, becomes JSON, or consists of records.
    fn by_expression(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr) -> Shape {
        if let Expr::Sublink(sublink) = expr
            && sublink.kind == SublinkKind::Array
        {
            return self.array(rows, scope, expr);
        }
        let Some(type_oid) = expr.type_oid() else { return Shape::Value };
        match kind(self.schema, type_oid) {
            Kind::Plain => self.leaf(rows, scope, expr, type_oid),
            _ if matches!(expr, Expr::Const(constant) if constant.value.is_none()) => Shape::Null,
            Kind::Json => self.document(rows, scope, expr),
            Kind::Record => self.record(rows, scope, expr),
            Kind::Array(_) => self.array(rows, scope, expr),
        }
    }

    /// A value without structure, or whose structure is its type's.
    fn leaf(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr, type_oid: Oid) -> Shape {
        let leaves = trace::leaves(self.schema, scope, expr);
        self.plain(type_oid, &leaves, rows.elements(expr))
    }

    fn plain(&mut self, type_oid: Oid, leaves: &[Leaf<'a>], elements: Elements) -> Shape {
        let meaning = signature::meaning(self.knowledge, self.params, leaves);
        let Ok(rust) = self.types.rust(type_oid, meaning.as_ref(), elements == Elements::MaybeNull) else {
            return Shape::Value;
        };
        let is_read = match self.form {
            Form::Json => self.types.is_read_from_json(type_oid, &rust),
            Form::Record => rust != RustType::Plain(Plain::Unit),
        };
        if is_read { Shape::Known(rust) } else { Shape::Value }
    }

    /// An SQL array, which becomes one of JSON.
    fn array(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr) -> Shape {
        let element = match expr {
            Expr::Sublink(sublink) if sublink.kind == SublinkKind::Array => {
                self.subquery(rows, scope, sublink)
            }
            Expr::Aggregate(aggregate) if self.is_called(aggregate.function, &["array_agg"]) => {
                self.aggregated(rows, aggregate, |walk, rows, arg| walk.shape(rows, scope, arg))
            }
            Expr::Const(constant) if is_empty_array(constant) => return Shape::Empty,
            Expr::Array { elements, multidimensional: false, .. } => elements
                .iter()
                .fold(Shape::Null, |shape, element| merge(shape, self.shape(rows, scope, element))),
            _ => {
                if let Some(shape) = self.followed(rows, scope, expr) {
                    return shape;
                }
                let Some(type_oid) = expr.type_oid() else { return Shape::Value };
                return self.leaf(rows, scope, expr, type_oid);
            }
        };
        match element {
            // An array of arrays is one array with more dimensions.
            Shape::Empty | Shape::Known(RustType::Array { .. }) => Shape::Value,
            Shape::Value | Shape::Null if self.form == Form::Record => Shape::Value,
            element => Shape::Known(RustType::Array {
                element: Box::new(element.rust()),
                nullable: rows.elements(expr) == Elements::MaybeNull,
            }),
        }
    }

    /// The structure of an expression that stands for another one, or for one of several.
    fn followed(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr) -> Option<Shape> {
        Some(match expr {
            Expr::Var(var) if var.attribute > 0 => self.column(rows, scope, var),
            Expr::Sublink(sublink) if sublink.kind == SublinkKind::Scalar => {
                self.subquery(rows, scope, sublink)
            }
            Expr::Cast { via: CastVia::Relabel | CastVia::Domain, arg, .. } | Expr::NamedArgument(arg) => {
                self.shape(rows, scope, arg)
            }
            Expr::Coalesce { args, .. } => {
                args.iter().fold(Shape::Null, |shape, arg| merge(shape, self.shape(rows, scope, arg)))
            }
            Expr::Case { whens, otherwise, .. } => {
                let mut found = Shape::Null;
                let rest = rows.each_when(whens, |rows, result| {
                    let shape = self.shape(rows, scope, result);
                    found = merge(std::mem::replace(&mut found, Shape::Null), shape);
                });
                if let Some((rows, result)) = rest.zip(otherwise.as_deref()) {
                    found = merge(found, self.shape(&rows, scope, result));
                }
                found
            }
            _ => return None,
        })
    }

    fn subquery(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, sublink: &'a Sublink) -> Shape {
        self.output(Some(rows), &scope.child(&sublink.query), &sublink.query, rows.params, 0)
    }

    /// The structure of an entry's column: for a subquery, a CTE or a view, of its output column.
    fn column(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, var: &Var) -> Shape {
        let leaf = |walk: &mut Self| {
            let leaves = trace::column_leaves(walk.schema, scope, var);
            walk.plain(var.type_oid, &leaves, rows.var(var).elements)
        };
        match self.form {
            Form::Record => self.in_record(var.type_oid, leaf, |walk| walk.built_column(rows, scope, var)),
            Form::Json if kind(self.schema, var.type_oid) == Kind::Plain => leaf(self),
            Form::Json => self.built_column(rows, scope, var),
        }
    }

    fn built_column(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, var: &Var) -> Shape {
        let home = rows.up(var.levels_up).zip(scope.up(var.levels_up));
        let index = usize::try_from(var.attribute - 1).ok();
        let (Some((home, home_scope)), Some(index)) = (home, index) else { return Shape::Value };
        match home.query.range(var.range).map(|entry| &entry.kind) {
            Some(RangeKind::Relation { table, .. }) => {
                match self.schema.table(*table).and_then(|table| table.view.as_ref()) {
                    Some(view) => self.output(None, &Scope::stored(view), view, &[], index),
                    None if kind(self.schema, var.type_oid) == Kind::Json => Shape::Value,
                    None => {
                        let leaves = trace::column_leaves(self.schema, scope, var);
                        self.plain(var.type_oid, &leaves, rows.var(var).elements)
                    }
                }
            }
            Some(RangeKind::Subquery(query)) => {
                self.output(Some(home), &home_scope.child(query), query, home.params, index)
            }
            Some(RangeKind::Join { columns, .. }) => match columns.get(index) {
                Some(expr) => self.shape(home, home_scope, expr),
                None => Shape::Value,
            },
            Some(RangeKind::Cte { name, levels_up, .. }) => {
                let found = home.up(*levels_up).zip(home_scope.up(*levels_up));
                let cte = found.and_then(|(rows, scope)| {
                    let cte = rows.query.ctes.iter().find(|cte| cte.name == *name && !cte.recursive)?;
                    Some((rows, scope, &*cte.query))
                });
                match cte {
                    Some((rows, scope, query)) => {
                        self.output(Some(rows), &scope.child(query), query, rows.params, index)
                    }
                    None => Shape::Value,
                }
            }
            _ => Shape::Value,
        }
    }

    fn is_called(&self, function: Oid, names: &[&str]) -> bool {
        self.name_of(function).is_some_and(|name| names.contains(&name))
    }

    /// The name of a built-in function.
    fn name_of(&self, function: Oid) -> Option<&'a str> {
        let found = self.schema.functions.get(&function)?;
        found.is_built_in().then_some(found.name.as_str())
    }

    /// The structure of an aggregate's argument, given the rows that are aggregated.
    fn aggregated(
        &mut self,
        rows: &Rows<'a, '_>,
        aggregate: &'a Aggregate,
        then: impl FnOnce(&mut Self, &Rows<'a, '_>, &'a Expr) -> Shape,
    ) -> Shape {
        let arg = aggregate.args.iter().find(|target| !target.junk);
        // If an aggregate belongs to an outer query, what is known there is not known here.
        match (rows.aggregated, arg) {
            (Some(inner), Some(arg)) if aggregate.levels_up == 0 => match &aggregate.filter {
                Some(filter) => then(self, &inner.where_true(filter), &arg.expr),
                None => then(self, inner, &arg.expr),
            },
            _ => Shape::Value,
        }
    }
}
