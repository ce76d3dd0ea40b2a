//! The nullability of aggregates and window functions.

use crate::schema::TypeKind;
use crate::tree::pg_type::{INTERVAL, RECORD};
use crate::tree::{Aggregate, Call, Const, Expr, Oid};

use super::facts::Elements;
use super::rows::Rows;

impl<'a> Rows<'a, '_> {
    /// Whether an aggregate is never NULL.
    pub(super) fn aggregate(&self, aggregate: &'a Aggregate) -> bool {
        let Some(name) = self.built_in(aggregate.function) else { return false };
        // What is known of the rows of an outer query is known only there.
        let rows = match self.aggregated {
            Some(rows) if aggregate.levels_up == 0 => rows,
            _ => return counts(name),
        };
        let args: Vec<&'a Expr> =
            aggregate.args.iter().filter(|target| !target.junk).map(|target| &target.expr).collect();
        let has_rows = !self.may_be_empty && aggregate.filter.is_none();
        counts(name)
            || (has_rows && rows.has_result(name, &args) && self.all_non_null(&aggregate.direct_args))
    }

    /// Whether a window function is never NULL.
    pub(super) fn window_call(&self, call: &'a Call, filtered: bool, window: usize, aggregate: bool) -> bool {
        let Some(name) = self.built_in(call.function) else { return false };
        let rows = self.windowed.unwrap_or(self);
        let args: Vec<&'a Expr> = call.args.iter().collect();
        let has_rows = !filtered && self.frame_has_current_row(window);
        if aggregate {
            return counts(name) || (has_rows && rows.has_result(name, &args));
        }
        match (name, call.args.as_slice()) {
            ("row_number" | "rank" | "dense_rank" | "percent_rank" | "cume_dist", _) => true,
            ("ntile", args) => rows.all_non_null(args),
            // If there is no such row, the default is returned.
            ("lag" | "lead", [_, _, _]) => rows.all_non_null(&call.args),
            ("first_value" | "last_value", [value]) => has_rows && rows.non_null(value),
            _ => false,
        }
    }

    /// Whether an aggregate over at least one of these rows is not NULL.
    fn has_result(&self, name: &str, args: &[&'a Expr]) -> bool {
        let given = |index: usize| args.get(index).is_some_and(|arg| self.non_null(arg));
        match name {
            // A NULL in a row becomes an element or a member; the result is an array or an object itself.
            "array_agg" | "json_agg" | "jsonb_agg" | "json_object_agg" | "jsonb_object_agg" => true,
            // If these skip all NULLs, they return an empty result.
            "json_agg_strict" | "jsonb_agg_strict" => true,
            // Only rows whose first argument is not NULL count.
            "sum"
            | "avg"
            | "min"
            | "max"
            | "string_agg"
            | "bool_and"
            | "bool_or"
            | "every"
            | "bit_and"
            | "bit_or"
            | "bit_xor"
            | "any_value"
            | "xmlagg"
            | "range_agg"
            | "range_intersect_agg"
            | "var_pop"
            | "stddev_pop"
            | "mode"
            | "percentile_disc"
            | "percentile_cont" => given(0),
            "regr_avgx" | "regr_avgy" | "regr_sxx" | "regr_syy" | "regr_sxy" | "covar_pop" => {
                given(0) && given(1)
            }
            // The variance of a sample of one row is NULL.
            _ => false,
        }
    }

    /// Whether an aggregated array consists of arrays, which are then its further dimensions. A record is a value.
    fn is_array_valued(&self, arg: &Expr) -> bool {
        let found = arg.type_oid().and_then(|oid| self.run.schema.base_type(oid));
        found.is_none_or(|found| match found.kind {
            TypeKind::Array { .. } => true,
            TypeKind::Pseudo => found.oid != RECORD,
            TypeKind::Base
            | TypeKind::Enum { .. }
            | TypeKind::Domain { .. }
            | TypeKind::Composite { .. }
            | TypeKind::Range { .. }
            | TypeKind::Multirange { .. } => false,
        })
    }

    /// What is known of the elements of an aggregated array.
    pub(super) fn aggregate_elements(&self, aggregate: &'a Aggregate) -> Elements {
        let rows = match self.aggregated {
            Some(rows) if aggregate.levels_up == 0 => rows,
            _ => return Elements::Unknown,
        };
        let filtered = match &aggregate.filter {
            Some(filter) => &rows.where_true(filter),
            None => rows,
        };
        match (self.built_in(aggregate.function), aggregate.args.first()) {
            (Some("array_agg"), Some(arg)) if filtered.is_array_valued(&arg.expr) => {
                filtered.elements(&arg.expr)
            }
            (Some("array_agg"), Some(arg)) => Elements::of(filtered.non_null(&arg.expr)),
            _ => {
                let args = aggregate.args.iter().map(|arg| &arg.expr);
                filtered.passed_elements(args.chain(&aggregate.direct_args))
            }
        }
    }

    /// The same for a window function.
    pub(super) fn window_elements(&self, call: &'a Call) -> Elements {
        let rows = self.windowed.unwrap_or(self);
        match (self.built_in(call.function), call.args.first()) {
            (Some("array_agg"), Some(arg)) if rows.is_array_valued(arg) => rows.elements(arg),
            (Some("array_agg"), Some(arg)) => Elements::of(rows.non_null(arg)),
            (Some("first_value" | "last_value" | "nth_value"), Some(arg)) => rows.elements(arg),
            _ => rows.passed_elements(&call.args),
        }
    }

    fn built_in(&self, function: Oid) -> Option<&'a str> {
        let found = self.run.schema.functions.get(&function)?;
        found.is_built_in().then_some(found.name.as_str())
    }

    /// Whether a window's frame always contains the current row.
    fn frame_has_current_row(&self, window: usize) -> bool {
        let Some(window) = self.query.windows.iter().find(|found| found.reference == window) else {
            return false;
        };
        let has = |options: u32| window.frame_options & options != 0;
        let offsets = [&window.start_offset, &window.end_offset].into_iter().flatten();
        (!has(RANGE) || offsets.into_iter().all(is_one_way))
            && has(START_UNBOUNDED_PRECEDING | START_CURRENT_ROW | START_OFFSET_PRECEDING)
            && has(END_UNBOUNDED_FOLLOWING | END_CURRENT_ROW | END_OFFSET_FOLLOWING)
            && !has(EXCLUDE_CURRENT_ROW | EXCLUDE_GROUP)
    }
}

/// Whether an aggregate of no rows is not NULL.
fn counts(name: &str) -> bool {
    matches!(name, "count" | "regr_count" | "rank" | "dense_rank" | "percent_rank" | "cume_dist")
}

/// Whether adding the value never goes backwards, as `1 month - 30 days` does on the 1st of March: an interval has to be a
/// constant with positive parts only. Other types have a single part, and a negative one is an error.
fn is_one_way(offset: &Expr) -> bool {
    match offset {
        Expr::Const(Const { value: Some(bytes), type_oid: INTERVAL, .. }) => {
            // Microseconds, days and months, each with its sign in the last byte.
            [7, 11, 15].into_iter().all(|sign| bytes.get(sign).is_some_and(|byte| *byte < 0x80))
        }
        _ => offset.type_oid().is_some_and(|type_oid| type_oid != INTERVAL),
    }
}

// The server's `FRAMEOPTION_*` of `parsenodes.h`.
const RANGE: u32 = 0x00002;
const START_UNBOUNDED_PRECEDING: u32 = 0x00020;
const END_UNBOUNDED_FOLLOWING: u32 = 0x00100;
const START_CURRENT_ROW: u32 = 0x00200;
const END_CURRENT_ROW: u32 = 0x00400;
const START_OFFSET_PRECEDING: u32 = 0x00800;
const END_OFFSET_FOLLOWING: u32 = 0x04000;
const EXCLUDE_CURRENT_ROW: u32 = 0x08000;
const EXCLUDE_GROUP: u32 = 0x10000;
