//! Equality of expressions: whether two always have the same value for the same row.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::schema::Schema;
use crate::tree::walk::each_child;
use crate::tree::{
    Aggregate, Call, Expr, Oid, Operator, ParamKind, RangeIndex, SortGroup, Target, VarReturning,
};

/// Whether two expressions are written alike, apart from locations, and give the same value each time. Only kinds of
/// expressions for which it is useful to remember a condition are compared; others are never the same.
pub fn same(schema: &Schema, a: &Expr, b: &Expr) -> bool {
    Comparison { schema, range_of_b: None }.same(a, b)
}

/// Whether a stored expression about a table, in which the table is range 1, is the same as one about that table as another
/// entry of a query.
pub fn same_of_entry(schema: &Schema, stored: &Expr, range: RangeIndex, expr: &Expr) -> bool {
    Comparison { schema, range_of_b: Some(range) }.same(stored, expr)
}

/// A hash of an expression's outermost parts; it is equal for expressions that are the same.
pub fn fingerprint(expr: &Expr) -> u64 {
    let mut hasher = FxHasher::default();
    hash(expr, 3, &mut hasher);
    hasher.finish()
}

fn hash(expr: &Expr, depth: usize, into: &mut impl Hasher) {
    std::mem::discriminant(expr).hash(into);
    match expr {
        Expr::Var(var) => (var.range, var.levels_up, var.attribute).hash(into),
        Expr::Const(constant) => (constant.type_oid, &constant.value).hash(into),
        Expr::Param { id, .. } => id.hash(into),
        Expr::Function { call, .. } => call.function.hash(into),
        Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
            operator.operator.hash(into);
        }
        Expr::Field { number, .. } => number.hash(into),
        _ => {}
    }
    if depth > 0 {
        each_child(expr, &mut |child| hash(child, depth - 1, into));
    }
}

struct Comparison<'a> {
    schema: &'a Schema,
    range_of_b: Option<RangeIndex>,
}

impl Comparison<'_> {
    fn same(&self, a: &Expr, b: &Expr) -> bool {
        match (a, b) {
            (Expr::Var(a), Expr::Var(b)) => {
                let entry = match self.range_of_b {
                    Some(range) => (a.range, a.levels_up, b.range, b.levels_up) == (1, 0, range, 0),
                    None => (a.range, a.levels_up) == (b.range, b.levels_up),
                };
                entry
                    && a.attribute == b.attribute
                    && a.returning == VarReturning::Default
                    && b.returning == VarReturning::Default
            }
            (Expr::Const(a), Expr::Const(b)) => {
                (a.type_oid, a.collation, &a.value) == (b.type_oid, b.collation, &b.value)
            }
            (
                Expr::Param { kind: ParamKind::Extern, id, .. },
                Expr::Param { kind: ParamKind::Extern, id: other, .. },
            ) => id == other,
            (Expr::Aggregate(a), Expr::Aggregate(b)) => self.aggregates(a, b),
            (Expr::Function { call: a, set: false, .. }, Expr::Function { call: b, set: false, .. }) => {
                self.calls(a, b)
            }
            (Expr::Operator(a), Expr::Operator(b))
            | (Expr::Distinct(a), Expr::Distinct(b))
            | (Expr::NullIf(a), Expr::NullIf(b)) => self.operators(a, b),
            (Expr::NamedArgument(a), Expr::NamedArgument(b)) => self.same(a, b),
            (
                Expr::Subscript { container: a, upper, lower, assigned: None, .. },
                Expr::Subscript {
                    container: b, upper: other_upper, lower: other_lower, assigned: None, ..
                },
            ) => self.same(a, b) && self.bounds(upper, other_upper) && self.bounds(lower, other_lower),
            (Expr::Field { arg: a, number, .. }, Expr::Field { arg: b, number: other, .. }) => {
                number == other && self.same(a, b)
            }
            (
                Expr::Cast { via, arg: a, type_oid, typmod, .. },
                Expr::Cast { via: other_via, arg: b, type_oid: other_type, typmod: other_typmod, .. },
            ) => (via, type_oid, typmod) == (other_via, other_type, other_typmod) && self.same(a, b),
            (Expr::Collate { arg: a, collation }, Expr::Collate { arg: b, collation: other }) => {
                collation == other && self.same(a, b)
            }
            (Expr::Coalesce { args: a, .. }, Expr::Coalesce { args: b, .. }) => self.all(a, b),
            (
                Expr::ArrayOperator { operator, any, collation, scalar, array, .. },
                Expr::ArrayOperator {
                    operator: other_operator,
                    any: other_any,
                    collation: other_collation,
                    scalar: other_scalar,
                    array: other_array,
                    ..
                },
            ) => {
                (operator, any, collation) == (other_operator, other_any, other_collation)
                    && self.operator_repeats(*operator)
                    && self.same(scalar, other_scalar)
                    && self.same(array, other_array)
            }
            (Expr::Array { elements: a, type_oid, .. }, Expr::Array { elements: b, type_oid: other, .. }) => {
                type_oid == other && self.all(a, b)
            }
            (Expr::Bool { op, args: a, .. }, Expr::Bool { op: other, args: b, .. }) => {
                op == other && self.all(a, b)
            }
            (
                Expr::NullTest { arg: a, is_null, row, .. },
                Expr::NullTest { arg: b, is_null: other, row: other_row, .. },
            ) => (is_null, row) == (other, other_row) && self.same(a, b),
            (Expr::BooleanTest { arg: a, test, .. }, Expr::BooleanTest { arg: b, test: other, .. }) => {
                test == other && self.same(a, b)
            }
            _ => false,
        }
    }

    fn aggregates(&self, a: &Aggregate, b: &Aggregate) -> bool {
        self.repeats(a.function)
            && (a.function, a.levels_up, a.star) == (b.function, b.levels_up, b.star)
            && self.all(&a.direct_args, &b.direct_args)
            && self.targets(&a.args, &b.args)
            && sort(&a.order) == sort(&b.order)
            && a.distinct.len() == b.distinct.len()
            && self.option(a.filter.as_ref(), b.filter.as_ref())
    }

    fn calls(&self, a: &Call, b: &Call) -> bool {
        self.repeats(a.function)
            && a.function == b.function
            && a.type_oid == b.type_oid
            && self.all(&a.args, &b.args)
    }

    fn operators(&self, a: &Operator, b: &Operator) -> bool {
        self.operator_repeats(a.operator)
            && (a.operator, a.collation, a.set, b.set) == (b.operator, b.collation, false, false)
            && self.all(&a.args, &b.args)
    }

    fn operator_repeats(&self, operator: Oid) -> bool {
        self.schema.operators.get(&operator).is_some_and(|operator| self.repeats(operator.function))
    }

    /// Whether a function gives the same result for the same arguments within one statement. A user-defined function may be
    /// marked stable and still see the statement's own changes.
    fn repeats(&self, function: Oid) -> bool {
        self.schema.functions.get(&function).is_some_and(|found| match found.volatility {
            'i' => true,
            's' => found.is_built_in(),
            _ => false,
        })
    }

    fn all(&self, a: &[Expr], b: &[Expr]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same(a, b))
    }

    fn targets(&self, a: &[Target], b: &[Target]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.junk == b.junk && self.same(&a.expr, &b.expr))
    }

    fn bounds(&self, a: &[Option<Expr>], b: &[Option<Expr>]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.option(a.as_ref(), b.as_ref()))
    }

    fn option(&self, a: Option<&Expr>, b: Option<&Expr>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.same(a, b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

fn sort(list: &[SortGroup]) -> Vec<(usize, Oid, bool)> {
    list.iter().map(|item| (item.target, item.ordering, item.nulls_first)).collect()
}
