//! Whether an expression is never NULL.

use crate::schema::TypeKind;
use crate::tree::pg_type::JSONB;
use crate::tree::{BoolOp, CastVia, Expr, Oid, ParamKind, SublinkKind};

use super::conditions::{when_false, when_not_true, when_true};
use super::facts::{Elements, Value};
use super::query;
use super::rows::Rows;
use crate::infer::cardinality::always_has_row;

impl<'a> Rows<'a, '_> {
    /// What is known of an expression's value.
    pub fn value(&self, expr: &'a Expr) -> Value {
        Value { non_null: self.non_null(expr), elements: self.elements(expr) }
    }

    /// Whether an expression is never NULL.
    pub fn non_null(&self, expr: &'a Expr) -> bool {
        self.knows_expr(expr) || self.is_computed(expr)
    }

    /// Whether all of them are never NULL.
    pub fn all_non_null(&self, exprs: &'a [Expr]) -> bool {
        exprs.iter().all(|expr| self.non_null(expr))
    }

    fn is_computed(&self, expr: &'a Expr) -> bool {
        match expr {
            Expr::Var(var) => self.var(var).non_null,
            Expr::Const(constant) => constant.value.is_some() && !self.grouping_nulls.anything,
            Expr::Param { kind: ParamKind::Extern, id, .. } => {
                let param = id.checked_sub(1).and_then(|index| self.params.get(index));
                param.is_some_and(|param| param.non_null) && !self.grouping_nulls.anything
            }
            Expr::Param { kind: ParamKind::Sublink, id, .. } => {
                let columns = self.sublink.as_ref();
                let column = columns.and_then(|columns| columns.get(id.checked_sub(1)?));
                column.is_some_and(|column| column.non_null)
            }
            // The subquery of a multi-assignment may return no row.
            Expr::Param { kind: ParamKind::Exec | ParamKind::MultiAssign, .. } => false,
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::WindowCall { call, filter, window, aggregate } => {
                self.window_call(call, filter.is_some(), *window, *aggregate)
            }
            Expr::Function { call, set, variadic, .. } => self.call(call, *set, *variadic),
            Expr::Operator(operator) => self.operator(operator),
            Expr::NamedArgument(arg) | Expr::Collate { arg, .. } => self.non_null(arg),
            Expr::ArrayOperator { operator, scalar, array, .. } => {
                self.operator_is_total(*operator)
                    && self.non_null(scalar)
                    && self.non_null(array)
                    && self.elements(array) == Elements::NonNull
            }
            Expr::Bool { op: BoolOp::Not, args, .. } => self.all_non_null(args),
            Expr::Bool { op: BoolOp::And, args, .. } => self.connected(args, false),
            Expr::Bool { op: BoolOp::Or, args, .. } => self.connected(args, true),
            Expr::Sublink(sublink) => match sublink.kind {
                SublinkKind::Exists | SublinkKind::Array => true,
                SublinkKind::Any | SublinkKind::All => {
                    let test = sublink.test.as_ref();
                    test.is_some_and(|test| query::compared(self, sublink).non_null(test))
                }
                SublinkKind::Scalar => {
                    always_has_row(self.run.schema, &sublink.query)
                        && query::compared(self, sublink).sublink_column(0).non_null
                }
                SublinkKind::RowCompare => {
                    let test = sublink.test.as_ref();
                    always_has_row(self.run.schema, &sublink.query)
                        && test.is_some_and(|test| query::compared(self, sublink).non_null(test))
                }
                SublinkKind::MultiAssign | SublinkKind::Cte => false,
            },
            Expr::Field { arg, number, .. } => self.field(arg, *number),
            Expr::Subscript { container_type, assigned: Some(_), .. } => {
                self.assigns_in_place(*container_type)
            }
            Expr::Subscript { container, container_type, upper, lower, .. } => {
                // A slice is an array, possibly an empty one; an element may not exist.
                if lower.is_empty() {
                    return self.is_first_of_some(container, upper);
                }
                self.is_array(*container_type)
                    && self.non_null(container)
                    && upper.iter().chain(lower).flatten().all(|bound| self.non_null(bound))
            }
            Expr::Cast { via: CastVia::Domain, arg, type_oid, .. } => {
                self.non_null(arg) || self.refuses_null(*type_oid)
            }
            Expr::Cast {
                via: CastVia::Relabel | CastVia::InOut | CastVia::ArrayElements | CastVia::RowType,
                arg,
                ..
            } => self.non_null(arg),
            Expr::Case { whens, otherwise, .. } => self.case(whens, otherwise.as_deref()),
            Expr::Coalesce { args, .. } => {
                args.iter().any(|arg| self.non_null(arg))
                    || self.any_present(args)
                    || self.split_by_full_joins(args).any(|(left, right)| {
                        let in_rows = |rows: &Rows<'a, '_>| args.iter().any(|arg| rows.non_null(arg));
                        in_rows(&left) && in_rows(&right)
                    })
            }
            Expr::MinMax { args, .. } => args.iter().any(|arg| self.non_null(arg)),
            Expr::RowCompare { left, right, .. } => self.all_non_null(left) && self.all_non_null(right),
            // These are not NULL whatever is inside, and tests always have a result.
            Expr::Grouping { .. }
            | Expr::Distinct(_)
            | Expr::NullTest { .. }
            | Expr::BooleanTest { .. }
            | Expr::Array { .. }
            | Expr::Row { .. }
            | Expr::FieldStore { .. }
            | Expr::NextValue { .. }
            | Expr::MergeAction { .. } => !self.grouping_nulls.anything,
            Expr::SqlValue { op, .. } => *op <= LAST_SURE_SQL_VALUE && !self.grouping_nulls.anything,
            Expr::Xml { op, .. } => *op == XML_ELEMENT,
            Expr::Json { tag, op, args, .. } if tag == "JSONCONSTRUCTOREXPR" => match (*op, &args[..]) {
                (JSON_OBJECT | JSON_ARRAY, _) => true,
                (JSON_OBJECT_AGGREGATE | JSON_ARRAY_AGGREGATE, [aggregate]) => self.non_null(aggregate),
                _ => false,
            },
            Expr::Json { .. } => false,
            Expr::Returning { .. }
            | Expr::NullIf(_)
            | Expr::CaseTest { .. }
            | Expr::DomainValue { .. }
            | Expr::Default { .. }
            | Expr::CurrentOf
            | Expr::Opaque(_) => false,
        }
    }

    /// Whether it is `(array_agg(x order by y))[1]` of at least one row, whose first element is there and never NULL.
    fn is_first_of_some(&self, array: &'a Expr, subscripts: &[Option<Expr>]) -> bool {
        let Expr::Aggregate(aggregate) = array else { return false };
        let is_first = matches!(subscripts, [Some(Expr::Const(number))] if number.integer() == Some(1));
        let of_values = aggregate
            .args
            .first()
            .and_then(|arg| self.run.schema.base_type(arg.expr.type_oid()?))
            .is_some_and(|found| !matches!(found.kind, TypeKind::Array { .. } | TypeKind::Pseudo));
        is_first
            && of_values
            && self.aggregate(aggregate)
            && self.aggregate_elements(aggregate) == Elements::NonNull
    }

    fn sublink_column(&self, index: usize) -> Value {
        let column = self.sublink.as_ref().and_then(|columns| columns.get(index));
        column.copied().unwrap_or(Value::UNKNOWN)
    }

    /// AND and OR: an argument only has to be not NULL in rows where the arguments before it do not decide the result.
    fn connected(&self, args: &'a [Expr], decides: bool) -> bool {
        let decided = |arg: &Expr| matches!(arg, Expr::Const(constant) if constant.bool() == Some(decides));
        if args.iter().any(decided) {
            return true;
        }
        let mut open: Vec<&'a Expr> = args.iter().collect();
        let mut rows = self.clone();
        while !open.is_empty() {
            let Some(next) = open.iter().position(|arg| rows.non_null(arg)) else { return false };
            let arg = open.remove(next);
            let undecided = if decides { when_false(&rows, arg) } else { when_true(&rows, arg) };
            match undecided {
                Some(facts) => rows = rows.with(facts),
                None => return true,
            }
        }
        true
    }

    /// CASE: each result, in the rows in which it is chosen.
    fn case(&self, whens: &'a [(Expr, Expr)], otherwise: Option<&'a Expr>) -> bool {
        let mut all = true;
        let rest = self.each_when(whens, |rows, result| all = all && rows.non_null(result));
        all && rest.is_none_or(|rows| otherwise.is_some_and(|result| rows.non_null(result)))
    }

    /// Visits each result of a CASE with the rows in which it is chosen, and returns the rows for ELSE.
    pub fn each_when(
        &self,
        whens: &'a [(Expr, Expr)],
        mut look: impl FnMut(&Self, &'a Expr),
    ) -> Option<Self> {
        let mut rows = self.clone();
        for (condition, result) in whens {
            if let Some(facts) = when_true(&rows, condition) {
                look(&rows.with(facts), result);
            }
            rows = rows.with(when_not_true(&rows, condition)?);
        }
        Some(rows)
    }

    /// What is known of the elements of an array.
    pub fn elements(&self, expr: &'a Expr) -> Elements {
        match expr {
            Expr::Var(var) => self.var_elements(var),
            Expr::Param { kind: ParamKind::Extern, id, .. } => {
                let param = id.checked_sub(1).and_then(|index| self.params.get(index));
                param.map_or(Elements::Unknown, |param| param.elements)
            }
            Expr::Const(constant) => constant.value.as_deref().map_or(Elements::NonNull, constant_elements),
            Expr::Array { elements, multidimensional: false, .. } => {
                Elements::of(self.all_non_null(elements))
            }
            Expr::Array { elements, multidimensional: true, .. } => elements
                .iter()
                .map(|array| self.elements(array))
                .reduce(Elements::or)
                .unwrap_or(Elements::NonNull),
            Expr::Sublink(sublink) if sublink.kind == SublinkKind::Array => {
                let column = query::compared(self, sublink).sublink_column(0);
                let of_arrays =
                    sublink.query.output().next().is_some_and(|target| self.gives_array(&target.expr));
                if of_arrays { column.elements } else { Elements::of(column.non_null) }
            }
            Expr::Sublink(sublink) if sublink.kind == SublinkKind::Scalar => {
                query::compared(self, sublink).sublink_column(0).elements
            }
            Expr::Aggregate(aggregate) => self.aggregate_elements(aggregate),
            Expr::WindowCall { call, .. } => self.window_elements(call),
            Expr::Function { call, .. } => self.call_elements(call),
            Expr::Operator(operator) => self.operator_elements(operator),
            Expr::Cast { via: CastVia::Relabel | CastVia::Domain, arg, .. }
            | Expr::Cast { via: CastVia::ArrayElements, arg, element: None, .. }
            | Expr::Collate { arg, .. }
            | Expr::NamedArgument(arg) => self.elements(arg),
            Expr::Cast { via: CastVia::ArrayElements, arg, element: Some(element), .. } => {
                if self.keeps_value(element) { self.elements(arg) } else { Elements::MaybeNull }
            }
            // Without a lower bound it is one of the elements.
            Expr::Subscript { container, lower, assigned: None, .. } if !lower.is_empty() => {
                self.elements(container)
            }
            Expr::Coalesce { args, .. } | Expr::MinMax { args, .. } => {
                args.iter().map(|arg| self.elements(arg)).reduce(Elements::or).unwrap_or(Elements::Unknown)
            }
            Expr::Case { whens, otherwise, .. } => {
                let results = whens.iter().map(|(_, result)| result).chain(otherwise.as_deref());
                results.map(|result| self.elements(result)).reduce(Elements::or).unwrap_or(Elements::Unknown)
            }
            Expr::NullIf(operator) => {
                operator.args.first().map_or(Elements::Unknown, |first| self.elements(first))
            }
            _ => Elements::Unknown,
        }
    }

    /// Whether the conversion of an array's element, which is [`Expr::CaseTest`] in it, never turns a value into NULL.
    fn keeps_value(&self, element: &'a Expr) -> bool {
        match element {
            Expr::CaseTest { .. } => true,
            Expr::Cast { arg, .. } | Expr::Collate { arg, .. } => self.keeps_value(arg),
            Expr::Function { call, set: false, .. } => {
                let (first, rest) = match call.args.split_first() {
                    Some((first, rest)) => (self.keeps_value(first), self.all_non_null(rest)),
                    None => (false, false),
                };
                first && rest && self.function_is_total(call.function)
            }
            _ => false,
        }
    }

    /// Whether an expression's value is a real array. The tree does not have the type of an array subquery.
    pub(super) fn gives_array(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Sublink(sublink) if sublink.kind == SublinkKind::Array => true,
            _ => expr.type_oid().is_some_and(|type_oid| self.is_array(type_oid)),
        }
    }

    /// Whether a type is a real array, and not one of the fixed-length types with subscripts.
    pub(super) fn is_array(&self, type_oid: Oid) -> bool {
        let found = self.run.schema.base_type(type_oid);
        found.is_some_and(|found| matches!(found.kind, TypeKind::Array { .. }))
    }

    /// Whether an assignment to a part makes even NULL a value.
    fn assigns_in_place(&self, container: Oid) -> bool {
        container == JSONB || self.is_array(container)
    }

    /// Whether a domain, or one below it, rejects NULL.
    fn refuses_null(&self, type_oid: Oid) -> bool {
        match self.run.schema.types.get(&type_oid).map(|found| &found.kind) {
            Some(TypeKind::Domain { base, not_null, .. }) => *not_null || self.refuses_null(*base),
            _ => false,
        }
    }
}

/// Up to CURRENT_CATALOG; CURRENT_SCHEMA is NULL if the search path is empty.
const LAST_SURE_SQL_VALUE: u32 = 13;
/// XMLELEMENT; XMLFOREST and XMLCONCAT of NULLs only are NULL.
const XML_ELEMENT: u32 = 1;
const JSON_OBJECT: u32 = 1;
const JSON_ARRAY: u32 = 2;
const JSON_OBJECT_AGGREGATE: u32 = 3;
const JSON_ARRAY_AGGREGATE: u32 = 4;

/// An array's second word is the offset of its data, if it has a bitmap of the elements that are NULL.
fn constant_elements(array: &[u8]) -> Elements {
    Elements::of(array.get(4..8).is_some_and(|offset| offset == [0; 4]))
}
