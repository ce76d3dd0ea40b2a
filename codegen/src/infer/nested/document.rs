//! Expressions that build JSON documents.

use std::collections::BTreeSet;

use super::merge::{Shape, merge};
use super::{Form, Kind, Walk, kind};
use crate::infer::nullability::Rows;
use crate::infer::trace::{self, Leaf, Scope};
use crate::infer::{ObjectField, ObjectType, Plain, RustType, signature};
use crate::tree::pg_type::{JSON, JSONB, TEXT, UNKNOWN, VARCHAR};
use crate::tree::{CastVia, Const, Expr, Location, Oid, Operator};

/// Whether members and elements that are NULL are kept in an object or array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    Kept,
    LeftOut,
}

impl<'a> Walk<'_, 'a, '_> {
    /// The structure of a value of type `json` or `jsonb`.
    pub(super) fn document(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, expr: &'a Expr) -> Shape {
        match expr {
            Expr::Aggregate(aggregate) => match self.name_of(aggregate.function) {
                Some("json_agg" | "jsonb_agg") => self.aggregated(rows, aggregate, |walk, rows, arg| {
                    walk.elements(rows, scope, [arg], Nulls::Kept)
                }),
                Some("json_agg_strict" | "jsonb_agg_strict") => {
                    self.aggregated(rows, aggregate, |walk, rows, arg| {
                        walk.elements(rows, scope, [arg], Nulls::LeftOut)
                    })
                }
                _ => Shape::Value,
            },
            Expr::WindowCall { call, filter, aggregate: true, .. } => {
                let nulls = match self.name_of(call.function) {
                    Some("json_agg" | "jsonb_agg") => Nulls::Kept,
                    Some("json_agg_strict" | "jsonb_agg_strict") => Nulls::LeftOut,
                    _ => return Shape::Value,
                };
                let rows = rows.windowed.unwrap_or(rows);
                match filter {
                    Some(filter) => self.elements(&rows.where_true(filter), scope, &call.args, nulls),
                    None => self.elements(rows, scope, &call.args, nulls),
                }
            }
            Expr::Function { call, set: false, variadic: false, .. } => {
                match (self.name_of(call.function), &call.args[..]) {
                    (Some("json_build_object" | "jsonb_build_object"), args) => {
                        self.object(rows, scope, args, Nulls::Kept, call.location)
                    }
                    (Some("json_build_array" | "jsonb_build_array"), args) => {
                        self.elements(rows, scope, args, Nulls::Kept)
                    }
                    (Some("to_json" | "to_jsonb" | "row_to_json" | "array_to_json"), [arg, ..]) => {
                        self.shape(rows, scope, arg)
                    }
                    (Some("json_strip_nulls" | "jsonb_strip_nulls"), [arg]) => {
                        self.shape(rows, scope, arg).stripped()
                    }
                    _ => Shape::Value,
                }
            }
            Expr::Json { tag, op, args, absent_on_null, .. } if tag == "JSONCONSTRUCTOREXPR" => {
                let nulls = if *absent_on_null { Nulls::LeftOut } else { Nulls::Kept };
                match (*op, &args[..]) {
                    (OBJECT, args) => self.object(rows, scope, args, nulls, expr.location()),
                    (ARRAY, args) => self.elements(rows, scope, args, nulls),
                    (ARRAY_AGGREGATE, [aggregate]) => self.shape(rows, scope, aggregate),
                    _ => Shape::Value,
                }
            }
            // A cast between json and jsonb loses only the order of keys, and spaces.
            Expr::Cast { via: CastVia::InOut, arg, .. }
                if arg.type_oid().is_some_and(|oid| kind(self.schema, oid) == Kind::Json) =>
            {
                self.shape(rows, scope, arg)
            }
            Expr::Operator(operator) => self.combined(rows, scope, operator),
            Expr::Const(constant) if is_empty_array(constant) => Shape::Empty,
            _ => self.followed(rows, scope, expr).unwrap_or(Shape::Value),
        }
    }

    /// The result of `||` and `-` on objects and arrays.
    fn combined(&mut self, rows: &Rows<'a, '_>, scope: &Scope<'a>, operator: &'a Operator) -> Shape {
        let found = self.schema.operators.get(&operator.operator);
        let name = found.filter(|found| found.is_built_in()).map(|found| found.name.as_str());
        let [left, right] = &operator.args[..] else { return Shape::Value };
        match (name, self.shape(rows, scope, left)) {
            (Some("||"), left) => match (left, self.shape(rows, scope, right)) {
                (Shape::Known(RustType::Object(left)), Shape::Known(RustType::Object(right))) => {
                    joined(*left, *right)
                }
                (
                    left @ (Shape::Empty | Shape::Known(RustType::Array { .. })),
                    right @ (Shape::Empty | Shape::Known(RustType::Array { .. })),
                ) => merge(left, right),
                _ => Shape::Value,
            },
            (Some("-"), Shape::Known(RustType::Object(mut object))) => {
                let Some(key) = constant_key(right) else { return Shape::Value };
                object.fields.retain(|field| field.key != key);
                // An object without keys has nothing to decode.
                if object.fields.is_empty() { Shape::Value } else { Shape::Known(RustType::Object(object)) }
            }
            _ => Shape::Value,
        }
    }

    /// An array of these.
    fn elements(
        &mut self,
        rows: &Rows<'a, '_>,
        scope: &Scope<'a>,
        args: impl IntoIterator<Item = &'a Expr>,
        nulls: Nulls,
    ) -> Shape {
        let (mut element, mut nullable, mut any) = (Shape::Null, false, false);
        for arg in args {
            any = true;
            element = merge(element, self.shape(rows, scope, arg));
            nullable |= nulls == Nulls::Kept && !rows.non_null(arg);
        }
        if !any {
            return Shape::Empty;
        }
        Shape::Known(RustType::Array { element: Box::new(element.rust()), nullable })
    }

    /// An object of keys and values in turn.
    fn object(
        &mut self,
        rows: &Rows<'a, '_>,
        scope: &Scope<'a>,
        args: &'a [Expr],
        nulls: Nulls,
        location: Location,
    ) -> Shape {
        let mut fields = Vec::new();
        for pair in args.chunks(2) {
            let [key, value] = pair else { return Shape::Value };
            // With a computed key the object is a map.
            let Some(key) = constant_key(key) else { return Shape::Value };
            let shape = self.shape(rows, scope, value);
            let pg_type = self.pg_type_of(value);
            let docs = self.docs_of(scope, value);
            fields.push(ObjectField {
                docs,
                ..self.field(key.to_owned(), pg_type, shape, !rows.non_null(value))
            });
        }
        self.made_of(scope, fields, nulls == Nulls::LeftOut, location)
    }

    /// The comment in the schema of the column that a value is.
    fn docs_of(&self, scope: &Scope<'a>, value: &Expr) -> Vec<String> {
        let Expr::Var(var) = value else { return Vec::new() };
        match trace::column_leaves(self.schema, scope, var)[..] {
            [Leaf::Column(table, number)] => {
                let column = self.schema.column(table, number);
                signature::comment(column.and_then(|column| column.comment.as_deref()))
            }
            _ => Vec::new(),
        }
    }

    /// A member with that key.
    pub(super) fn field(&self, key: String, pg_type: String, shape: Shape, nullable: bool) -> ObjectField {
        let nullable = nullable || shape == Shape::Null;
        ObjectField { key, pg_type, rust: shape.rust(), nullable, docs: Vec::new() }
    }

    /// The name of an expression's type, as a column of it has it.
    pub(super) fn pg_type_of(&self, expr: &'a Expr) -> String {
        self.output_type(expr).map_or_else(String::new, |oid| self.pg_type(oid))
    }

    /// A type's name, as a column of it has it.
    pub(super) fn pg_type(&self, oid: Oid) -> String {
        self.schema.type_name(self.schema.base_type(oid).map_or(oid, |base| base.oid))
    }

    /// An object with these fields; a duplicate key is reported.
    pub(super) fn made_of(
        &mut self,
        scope: &Scope<'a>,
        fields: Vec<ObjectField>,
        sparse: bool,
        location: Location,
    ) -> Shape {
        let record = self.form == Form::Record;
        let mut keys = BTreeSet::new();
        let twice = fields.iter().find(|field| !keys.insert(&field.key));
        if let Some(field) = twice {
            // A mistake in a view is not this query's.
            if !scope.is_stored() {
                self.repeated.push((location, field.key.clone()));
            }
            // A record without a structure would be one more mistake.
            if !record {
                return Shape::Value;
            }
        }
        // An object without keys has nothing to decode.
        if fields.is_empty() || record && !fields.iter().all(is_understood) {
            return Shape::Value;
        }
        let object = ObjectType { fields, sparse, record, ..ObjectType::default() };
        Shape::Known(RustType::Object(Box::new(object)))
    }
}

/// Whether a field of a record has a type; what is not understood is taken for JSON.
fn is_understood(field: &ObjectField) -> bool {
    fn holds_any_json(rust: &RustType) -> bool {
        match rust {
            RustType::Array { element, .. } => holds_any_json(element),
            rust => *rust == RustType::Plain(Plain::Json),
        }
    }
    matches!(&*field.pg_type, "json" | "jsonb" | "_json" | "_jsonb") || !holds_any_json(&field.rust)
}

/// The members of both, from the right one if they have the same key.
fn joined(left: ObjectType, right: ObjectType) -> Shape {
    // A member that may be missing on the right does not always replace the one on the left.
    if left.sparse || right.sparse {
        return Shape::Value;
    }
    let mut fields = left.fields;
    for field in right.fields {
        match fields.iter_mut().find(|known| known.key == field.key) {
            Some(known) => *known = field,
            None => fields.push(field),
        }
    }
    Shape::Known(RustType::Object(Box::new(ObjectType { fields, ..ObjectType::default() })))
}

fn constant_key(expr: &Expr) -> Option<&str> {
    const TEXTS: [Oid; 3] = [TEXT, UNKNOWN, VARCHAR];
    match expr {
        Expr::Const(constant) if TEXTS.contains(&constant.type_oid) => constant.text(),
        _ => None,
    }
}

/// `'[]'` as json, which is its text, or as jsonb, whose first word marks an array and has its length.
fn is_empty_array(constant: &Const) -> bool {
    const JSONB_ARRAY: u32 = 0x4000_0000;
    match (constant.type_oid, constant.value.as_deref()) {
        (JSON, Some(text)) => {
            let text = std::str::from_utf8(text).unwrap_or_default().trim();
            text.strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                .is_some_and(|rest| rest.trim().is_empty())
        }
        (JSONB, Some(value)) => value == JSONB_ARRAY.to_le_bytes(),
        _ => false,
    }
}

// The server's enum `JsonConstructorType`.
const OBJECT: u32 = 1;
const ARRAY: u32 = 2;
const ARRAY_AGGREGATE: u32 = 4;
