//! The nullability of function and operator calls.

use crate::infer::cardinality::always_has_row;
use crate::infer::same::same;
use crate::schema::{Function, TypeKind};
use crate::tree::pg_type::{INTERVAL, JSONB, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ};
use crate::tree::walk::each_child;
use crate::tree::{Call, Const, Expr, Oid, Operator};

use super::facts::{Elements, Value};
use super::query;
use super::rows::Rows;
use super::{Outputs, total};

impl<'a> Rows<'a, '_> {
    /// Whether a call is never NULL.
    pub(super) fn call(&self, call: &'a Call, set: bool, variadic: bool) -> bool {
        if set {
            return !self.has_uneven_sets()
                && self.set_columns(call).first().is_some_and(|value| value.non_null);
        }
        let Some(function) = self.run.schema.functions.get(&call.function) else { return false };
        if !function.is_built_in() {
            return self.body(function, call).first().is_some_and(|value| value.non_null);
        }
        if total::is_total_function(self.run.schema, function) {
            return self.all_non_null(&call.args);
        }
        if self.grouping_nulls.anything {
            return false;
        }
        let given = |index: usize| call.args.get(index).is_some_and(|arg| self.non_null(arg));
        match (function.name.as_str(), call.args.as_slice()) {
            // These have a value for NULL too.
            (
                "quote_nullable" | "enum_range" | "enum_first" | "enum_last" | "pg_typeof" | "array_append"
                | "array_prepend" | "array_fill",
                _,
            ) => true,
            (
                "concat" | "json_build_object" | "jsonb_build_object" | "json_build_array"
                | "jsonb_build_array" | "num_nulls" | "num_nonnulls",
                _,
            ) => {
                // With VARIADIC and a NULL array the result is NULL.
                !variadic || given(call.args.len().saturating_sub(1))
            }
            ("concat_ws", _) => given(0) && (!variadic || given(1)),
            ("format" | "string_to_array" | "array_remove" | "array_replace" | "array_positions", _) => {
                given(0)
            }
            ("array_to_string", _) => given(0) && given(1),
            ("array_cat", _) => given(0) || given(1),
            ("overlaps", args) => self.all_non_null(args),
            // NULL as a bound means no bound.
            (
                "int4range" | "int8range" | "numrange" | "daterange" | "tsrange" | "tstzrange",
                [_, _] | [_, _, _],
            ) => true,
            ("date_part" | "extract", [Expr::Const(field), value]) => {
                self.non_null(value) && has_part(field, value, function)
            }
            _ => false,
        }
    }

    /// Whether an operator is never NULL.
    pub(super) fn operator(&self, operator: &'a Operator) -> bool {
        let found = self.run.schema.operators.get(&operator.operator);
        if operator.set || found.is_none() {
            return false;
        }
        if self.operator_is_total(operator.operator) {
            return self.all_non_null(&operator.args);
        }
        // `||` of arrays calls functions that are not strict.
        let function = found.and_then(|found| self.run.schema.functions.get(&found.function));
        match function.filter(|function| function.is_built_in()).map(|function| function.name.as_str()) {
            Some("array_append" | "array_prepend") => !self.grouping_nulls.anything,
            Some("array_cat") => operator.args.iter().any(|arg| self.non_null(arg)),
            _ => false,
        }
    }

    /// Whether an operator is never NULL for arguments that are not.
    pub(super) fn operator_is_total(&self, operator: Oid) -> bool {
        let found = self.run.schema.operators.get(&operator);
        found.is_some_and(|operator| total::is_total_operator(self.run.schema, operator))
    }

    /// Whether a function is never NULL for arguments that are not.
    pub(super) fn function_is_total(&self, function: Oid) -> bool {
        let found = self.run.schema.functions.get(&function);
        found.is_some_and(|function| total::is_total_function(self.run.schema, function))
    }

    /// The columns of a function in FROM.
    pub(super) fn function_columns(&self, function: &'a Expr, count: usize) -> Vec<Value> {
        match function {
            Expr::Function { call, set: true, .. } => {
                let columns = self.set_columns(call);
                if columns.len() == count { columns } else { Vec::new() }
            }
            // A composite that is NULL as a whole gives a row of NULLs.
            _ if count == 1 && !self.is_composite(function) => vec![self.value(function)],
            _ => Vec::new(),
        }
    }

    fn is_composite(&self, expr: &Expr) -> bool {
        let kind = expr.type_oid().and_then(|oid| self.run.schema.base_type(oid)).map(|found| &found.kind);
        !matches!(
            kind,
            Some(
                TypeKind::Base
                    | TypeKind::Array { .. }
                    | TypeKind::Enum { .. }
                    | TypeKind::Range { .. }
                    | TypeKind::Multirange { .. }
            )
        )
    }

    /// The columns of a call that returns a set.
    fn set_columns(&self, call: &'a Call) -> Vec<Value> {
        let Some(function) = self.run.schema.functions.get(&call.function) else { return Vec::new() };
        if !function.is_built_in() {
            return self.body(function, call);
        }
        let pieces = |non_null: &[bool]| -> Vec<Value> {
            non_null
                .iter()
                .map(|non_null| Value { non_null: *non_null, elements: Elements::Unknown })
                .collect()
        };
        match (function.name.as_str(), call.args.as_slice()) {
            (
                "generate_series"
                | "generate_subscripts"
                | "regexp_split_to_table"
                | "json_array_elements"
                | "jsonb_array_elements"
                | "json_object_keys"
                | "jsonb_object_keys"
                | "jsonb_path_query",
                _,
            )
            | ("string_to_table", [_, _]) => pieces(&[true]),
            // A group that did not take part in the match is NULL.
            ("regexp_matches", _) => vec![Value { non_null: true, elements: Elements::MaybeNull }],
            ("json_each" | "jsonb_each", _) => pieces(&[true, true]),
            ("json_each_text" | "jsonb_each_text", _) => pieces(&[true, false]),
            ("unnest", [array]) => pieces(&[self.elements(array) == Elements::NonNull]),
            _ => Vec::new(),
        }
    }

    /// Whether the select list may contain sets of different lengths: then the shorter ones are padded with NULL.
    fn has_uneven_sets(&self) -> bool {
        let mut sets: Vec<&Expr> = Vec::new();
        for target in &self.query.targets {
            collect_sets(&target.expr, &mut sets);
        }
        let pairs = sets.iter().zip(sets.iter().skip(1));
        pairs.into_iter().any(|(a, b)| !self.are_equally_long(a, b))
    }

    /// Whether two sets have a row for each element of the same value.
    fn are_equally_long(&self, a: &Expr, b: &Expr) -> bool {
        let (Expr::Function { call: a, .. }, Expr::Function { call: b, .. }) = (a, b) else { return false };
        let counted = |call: &Call| {
            let function = self.run.schema.functions.get(&call.function)?;
            let name = function.name.strip_suffix("_text").unwrap_or(&function.name);
            let known =
                matches!(name, "json_array_elements" | "jsonb_array_elements" | "json_each" | "jsonb_each");
            (known && function.is_built_in()).then(|| name.to_owned())
        };
        match (counted(a), counted(b), a.args.as_slice(), b.args.as_slice()) {
            (Some(a), Some(b), [arg], [other]) => a == b && same(self.run.schema, arg, other),
            _ => false,
        }
    }

    /// The columns of a function with an SQL-standard body.
    fn body(&self, function: &'a Function, call: &'a Call) -> Vec<Value> {
        let Some(last) = function.body.as_ref().and_then(|queries| queries.last()) else { return Vec::new() };
        // Each argument is looked at twice, for itself and for its elements, which doubles with each call inside another.
        if self.run.budget.get() == 0 {
            return Vec::new();
        }
        let params: Vec<Value> = call.args.iter().map(|arg| self.value(arg)).collect();
        let is_called = !function.strict || params.iter().all(|param| param.non_null);
        let has_row = function.returns_set || (is_called && always_has_row(self.run.schema, last));
        // The result of the body's last query is coerced, which may turn a value into NULL, and a single composite becomes the
        // columns.
        let as_declared = last.output().all(|target| match target.expr.type_oid() {
            Some(type_oid) if function.returns_set => {
                !matches!(type_oid, TIMESTAMP | TIMESTAMPTZ | JSONB)
                    && !self.is_composite(&target.expr)
                    && !self.run.schema.has_own_casts(type_oid)
            }
            Some(type_oid) => type_oid == function.result,
            None => false,
        });
        if call.args.len() != function.parameters.len()
            || self.grouping_nulls.anything
            || !has_row
            || !as_declared
        {
            return Vec::new();
        }
        // A recursive function is not a recursive CTE: assumptions about a CTE are for one call.
        let assumed = self.run.assumed.take();
        let values = query::outcome(self.run, last, None, &params, &Outputs::new()).values;
        self.run.assumed.replace(assumed);
        values
    }

    /// What is known of the elements of an array that a function returns.
    pub(super) fn call_elements(&self, call: &'a Call) -> Elements {
        let Some(function) = self.run.schema.functions.get(&call.function) else { return Elements::Unknown };
        if !function.is_built_in() && self.is_array(function.result) {
            return self.body(function, call).first().map_or(Elements::Unknown, |value| value.elements);
        }
        if !function.is_built_in() {
            return Elements::Unknown;
        }
        self.made_elements(&function.name, &call.args)
    }

    /// What is known of the elements of an array that an operator returns.
    pub(super) fn operator_elements(&self, operator: &'a Operator) -> Elements {
        let function = self.run.schema.operators.get(&operator.operator);
        let function = function.and_then(|found| self.run.schema.functions.get(&found.function));
        let Some(function) = function.filter(|function| function.is_built_in()) else {
            return Elements::Unknown;
        };
        self.made_elements(&function.name, &operator.args)
    }

    fn made_elements(&self, name: &str, args: &'a [Expr]) -> Elements {
        let element = |element: &'a Expr| Elements::of(self.non_null(element));
        match (name, args) {
            ("string_to_array", [_, _]) | ("regexp_split_to_array" | "enum_range", _) => Elements::NonNull,
            ("string_to_array", [_, _, _]) | ("regexp_match" | "regexp_matches", _) => Elements::MaybeNull,
            ("array_cat", [left, right]) => self.elements(left).or(self.elements(right)),
            ("array_append", [array, added])
            | ("array_prepend", [added, array])
            | ("array_replace", [array, _, added]) => self.elements(array).or(element(added)),
            ("array_fill", [filling, ..]) => element(filling),
            ("array_remove" | "trim_array" | "array_sample" | "array_shuffle", [array, ..]) => {
                self.elements(array)
            }
            _ => self.passed_elements(args),
        }
    }

    /// What is known of the elements of an array that is made of others, in a way that is not.
    pub(super) fn passed_elements(&self, args: impl IntoIterator<Item = &'a Expr>) -> Elements {
        let mut arrays = args.into_iter().filter(|arg| self.gives_array(arg));
        match arrays.any(|array| self.elements(array) == Elements::MaybeNull) {
            true => Elements::MaybeNull,
            false => Elements::Unknown,
        }
    }
}

fn collect_sets<'e>(expr: &'e Expr, sets: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Function { set: true, .. } => sets.push(expr),
        Expr::Operator(operator) if operator.set => sets.push(expr),
        _ => {}
    }
    each_child(expr, &mut |child| collect_sets(child, sets));
}

/// Whether a date, a time or an interval has that part. For infinity cyclic parts, such as the month, are NULL.
fn has_part(field: &Const, value: &Expr, function: &Function) -> bool {
    let Some(field) = field.text().map(str::to_ascii_lowercase) else { return false };
    let grows = matches!(
        field.as_str(),
        "year"
            | "years"
            | "decade"
            | "decades"
            | "century"
            | "centuries"
            | "millennium"
            | "millennia"
            | "julian"
            | "isoyear"
            | "epoch"
    );
    match function.parameters.get(1) {
        Some(&(TIME | TIMETZ)) => true,
        // Before version 17 intervals are always finite.
        Some(&INTERVAL) => grows || is_finite_interval(value),
        Some(_) => grows,
        None => false,
    }
}

/// Whether an interval is known to be finite.
fn is_finite_interval(interval: &Expr) -> bool {
    let Expr::Const(constant) = interval else { return false };
    // Microseconds, days and months; infinity has the largest or the smallest of all three.
    let months = constant.value.as_deref().and_then(|bytes| bytes.get(12..16));
    let months = months.and_then(|bytes| bytes.try_into().ok()).map(i32::from_le_bytes);
    months.is_some_and(|months| months != i32::MAX && months != i32::MIN)
}
