//! Traversals of a tree. All stages use these, so that only this module has to know which kinds of expressions and clauses
//! contain others.

use super::ast::*;
use crate::tree::pg_type::{BOOL, INT4, RECORD};

// Shared and mutable traversals have the same code: each macro below is used with `iter` and with `iter_mut`.

macro_rules! children {
    ($expr:ident, $f:ident, $iter:ident) => {
        match $expr {
            Expr::Var(_)
            | Expr::Const(_)
            | Expr::Param { .. }
            | Expr::CaseTest { .. }
            | Expr::SqlValue { .. }
            | Expr::DomainValue { .. }
            | Expr::Default { .. }
            | Expr::CurrentOf
            | Expr::NextValue { .. }
            | Expr::MergeAction { .. }
            | Expr::Opaque(_) => {}
            Expr::Aggregate(aggregate) => {
                aggregate.direct_args.$iter().for_each(&mut *$f);
                for target in aggregate.args.$iter() {
                    $f(field!($iter, target.expr));
                }
                aggregate.filter.$iter().for_each(&mut *$f);
            }
            Expr::WindowCall { call, filter, window: _, aggregate: _ } => {
                call.args.$iter().for_each(&mut *$f);
                for filter in filter.$iter() {
                    $f(filter);
                }
            }
            Expr::Subscript { container, upper, lower, assigned, container_type: _, type_oid: _ } => {
                $f(container);
                upper.$iter().flatten().for_each(&mut *$f);
                lower.$iter().flatten().for_each(&mut *$f);
                for assigned in assigned.$iter() {
                    $f(assigned);
                }
            }
            Expr::Function { call, set: _, variadic: _, form: _ } => call.args.$iter().for_each($f),
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
                operator.args.$iter().for_each($f)
            }
            Expr::ArrayOperator { scalar, array, operator: _, any: _, collation: _, location: _ } => {
                $f(scalar);
                $f(array);
            }
            Expr::Sublink(sublink) => sublink.test.$iter().for_each($f),
            Expr::Cast {
                arg,
                element,
                via: _,
                type_oid: _,
                typmod: _,
                collation: _,
                form: _,
                location: _,
            } => {
                $f(arg);
                for element in element.$iter() {
                    $f(element);
                }
            }
            Expr::FieldStore { arg, values, numbers: _, type_oid: _ } => {
                $f(arg);
                values.$iter().for_each($f);
            }
            Expr::Case { arg, whens, otherwise, type_oid: _, location: _ } => {
                for arg in arg.$iter() {
                    $f(arg);
                }
                for (condition, result) in whens.$iter() {
                    $f(condition);
                    $f(result);
                }
                for otherwise in otherwise.$iter() {
                    $f(otherwise);
                }
            }
            Expr::RowCompare { left, right, kind: _, operators: _ } => {
                left.$iter().for_each(&mut *$f);
                right.$iter().for_each($f);
            }
            Expr::NamedArgument(arg)
            | Expr::Field { arg, number: _, type_oid: _ }
            | Expr::Collate { arg, collation: _ }
            | Expr::NullTest { arg, is_null: _, row: _, location: _ }
            | Expr::BooleanTest { arg, test: _, location: _ }
            | Expr::Returning { arg, old: _ } => $f(arg),
            Expr::Grouping { args, location: _ }
            | Expr::Bool { args, op: _, location: _ }
            | Expr::Array { elements: args, type_oid: _, multidimensional: _, location: _ }
            | Expr::Row { fields: args, type_oid: _, location: _ }
            | Expr::Coalesce { args, type_oid: _, location: _ }
            | Expr::MinMax { args, type_oid: _, location: _ }
            | Expr::Xml { args, op: _, type_oid: _ }
            | Expr::Json { args, tag: _, type_oid: _, op: _, absent_on_null: _ } => args.$iter().for_each($f),
        }
    };
}

macro_rules! field {
    (iter, $($field:tt)+) => { &$($field)+ };
    (iter_mut, $($field:tt)+) => { &mut $($field)+ };
}

macro_rules! exprs {
    ($query:ident, $f:ident, $iter:ident, $item:ident) => {{
        let Query {
            range_table,
            from,
            merge_actions,
            targets,
            on_conflict,
            returning,
            having,
            windows,
            offset,
            limit,
            ctes,
            // These contain no expressions: they refer to targets and entries.
            set_operation: _,
            group_by: _,
            grouping_sets: _,
            distinct: _,
            sort: _,
            row_marks: _,
            result_relation: _,
            command: _,
            has_aggregates: _,
            has_window_functions: _,
            has_target_srfs: _,
            recursive: _,
            merge_outer: _,
            overriding_user: _,
            group_distinct: _,
            distinct_on: _,
            limit_with_ties: _,
            opaque: _,
        } = $query;
        for cte in ctes.$iter() {
            cte.cycle_values.$iter().for_each(&mut *$f);
        }
        for entry in range_table.$iter() {
            match field!($iter, entry.kind) {
                RangeKind::Relation { sample, table: _, relkind: _, inherited: _ } => {
                    sample.$iter().flatten().for_each(&mut *$f);
                }
                RangeKind::Join { columns, merged, kind: _ } => {
                    columns.$iter().take(*merged).for_each(&mut *$f)
                }
                RangeKind::Function { functions, ordinality: _ } => {
                    for (function, _) in functions.$iter() {
                        $f(function);
                    }
                }
                RangeKind::Values(rows) => rows.$iter().flatten().for_each(&mut *$f),
                RangeKind::TableFunction(exprs) | RangeKind::Group(exprs) => exprs.$iter().for_each(&mut *$f),
                RangeKind::Subquery(_) | RangeKind::Cte { .. } | RangeKind::Result | RangeKind::Opaque(_) => {
                }
            }
        }
        for item in from.items.$iter() {
            $item(item, $f);
        }
        from.quals.$iter().for_each(&mut *$f);
        for action in merge_actions.$iter() {
            action.condition.$iter().for_each(&mut *$f);
            for target in action.targets.$iter() {
                $f(field!($iter, target.expr));
            }
        }
        for target in targets.$iter() {
            $f(field!($iter, target.expr));
        }
        for conflict in on_conflict.$iter() {
            conflict.arbiter.$iter().for_each(&mut *$f);
            conflict.arbiter_where.$iter().for_each(&mut *$f);
            for target in conflict.set.$iter() {
                $f(field!($iter, target.expr));
            }
            conflict.filter.$iter().for_each(&mut *$f);
        }
        for target in returning.$iter() {
            $f(field!($iter, target.expr));
        }
        having.$iter().for_each(&mut *$f);
        for window in windows.$iter() {
            window.start_offset.$iter().for_each(&mut *$f);
            window.end_offset.$iter().for_each(&mut *$f);
        }
        offset.$iter().for_each(&mut *$f);
        limit.$iter().for_each(&mut *$f);
    }};
}

macro_rules! item_exprs {
    ($item:ident, $f:ident, $iter:ident, $recurse:ident) => {
        match $item {
            FromItem::Join(join) => {
                $recurse(field!($iter, join.left), $f);
                $recurse(field!($iter, join.right), $f);
                join.quals.$iter().for_each(&mut *$f);
            }
            FromItem::Nested(from) => {
                for item in from.items.$iter() {
                    $recurse(item, $f);
                }
                from.quals.$iter().for_each(&mut *$f);
            }
            FromItem::Range(_) | FromItem::Opaque(_) => {}
        }
    };
}

macro_rules! clause_queries {
    ($query:ident, $f:expr, $iter:ident) => {{
        for cte in $query.ctes.$iter() {
            $f(field!($iter, cte.query));
        }
        for entry in $query.range_table.$iter() {
            if let RangeKind::Subquery(query) = field!($iter, entry.kind) {
                $f(query);
            }
        }
    }};
}

/// Calls `f` on each direct sub-expression. For a sublink that is its test, and not its query.
pub fn each_child<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    children!(expr, f, iter)
}

/// Like [`each_child`], for changing them.
pub(super) fn each_child_mut(expr: &mut Expr, f: &mut dyn FnMut(&mut Expr)) {
    children!(expr, f, iter_mut)
}

/// Calls `f` on each expression directly in one of the query's clauses. Subqueries are not entered. Of a join's columns only
/// those merged by USING are visited: the others repeat a side's column.
pub fn exprs_of_query<'a>(query: &'a Query, f: &mut dyn FnMut(&'a Expr)) {
    exprs!(query, f, iter, exprs_of_item)
}

/// Like [`exprs_of_query`], for changing them.
pub(super) fn exprs_of_query_mut(query: &mut Query, f: &mut dyn FnMut(&mut Expr)) {
    exprs!(query, f, iter_mut, exprs_of_item_mut)
}

/// Like [`exprs_of_query`], for the conditions of the joins in an item of FROM.
pub fn exprs_of_item<'a>(item: &'a FromItem, f: &mut dyn FnMut(&'a Expr)) {
    item_exprs!(item, f, iter, exprs_of_item)
}

fn exprs_of_item_mut(item: &mut FromItem, f: &mut dyn FnMut(&mut Expr)) {
    item_exprs!(item, f, iter_mut, exprs_of_item_mut)
}

/// Calls `f` on each query directly in this one: in WITH, in FROM, as an arm of a set operation, and in the sublinks of its
/// expressions at any depth.
pub fn subqueries<'a>(query: &'a Query, f: &mut dyn FnMut(&'a Query)) {
    clause_queries!(query, f, iter);
    exprs_of_query(query, &mut |expr| sublinks(expr, &mut |sublink| f(&sublink.query)));
}

/// Like [`subqueries`] without the sublinks, for changing them.
pub(super) fn subqueries_of_clauses_mut(query: &mut Query, f: &mut dyn FnMut(&mut Query)) {
    clause_queries!(query, f, iter_mut)
}

/// Calls `f` on each sublink in an expression, including the expression itself, but not inside of the sublinks' queries.
pub fn sublinks<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Sublink)) {
    each_expr(expr, &mut |expr| {
        if let Expr::Sublink(sublink) = expr {
            f(sublink);
        }
    });
}

/// Calls `f` on an expression and all expressions inside of it, outer ones first. Sublinks' queries are not entered.
pub fn each_expr<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    f(expr);
    each_child(expr, &mut |child| each_expr(child, f));
}

/// Calls `f` on each column in an expression that belongs to the query `depth` levels up. Queries of sublinks are entered.
pub fn columns<'a>(expr: &'a Expr, depth: usize, f: &mut dyn FnMut(&'a Var)) {
    each_expr(expr, &mut |expr| match expr {
        Expr::Var(var) if var.levels_up == depth => f(var),
        Expr::Sublink(sublink) => columns_of_query(&sublink.query, depth + 1, f),
        _ => {}
    });
}

/// Like [`columns`], for all expressions of a query.
pub fn columns_of_query<'a>(query: &'a Query, depth: usize, f: &mut dyn FnMut(&'a Var)) {
    exprs_of_query(query, &mut |expr| columns(expr, depth, f));
    clause_queries!(query, (|query: &'a Query| columns_of_query(query, depth + 1, f)), iter);
}

/// Calls `f` on a query and all queries inside of it, outer ones first.
pub fn each_query<'a>(query: &'a Query, f: &mut dyn FnMut(&'a Query)) {
    f(query);
    subqueries(query, &mut |query| each_query(query, f));
}

/// Whether a query reads no table and no view, at any depth.
pub fn is_free_of_tables(query: &Query) -> bool {
    let mut free = true;
    each_query(query, &mut |query| {
        let is_table =
            |entry: &RangeEntry| matches!(entry.kind, RangeKind::Relation { .. } | RangeKind::Opaque(_));
        free &= query.opaque.is_none() && !query.range_table.iter().any(is_table);
    });
    free
}

/// Calls `f` with the number, the type and the location of each `$n` of a query and its subqueries.
pub fn each_param(query: &Query, f: &mut dyn FnMut(usize, Oid, Location)) {
    each_query(query, &mut |query| {
        exprs_of_query(query, &mut |expr| {
            each_expr(expr, &mut |expr| {
                if let Expr::Param { kind: ParamKind::Extern, id, type_oid, location } = expr {
                    f(*id, *type_oid, *location);
                }
            });
        });
    });
}

impl Expr {
    /// The type of its value, if the tree has it.
    pub fn type_oid(&self) -> Option<Oid> {
        match self {
            Expr::Var(Var { type_oid, .. })
            | Expr::Const(Const { type_oid, .. })
            | Expr::Param { type_oid, .. }
            | Expr::Subscript { type_oid, .. }
            | Expr::Field { type_oid, .. }
            | Expr::FieldStore { type_oid, .. }
            | Expr::Cast { type_oid, .. }
            | Expr::Case { type_oid, .. }
            | Expr::CaseTest { type_oid }
            | Expr::Array { type_oid, .. }
            | Expr::Row { type_oid, .. }
            | Expr::Coalesce { type_oid, .. }
            | Expr::MinMax { type_oid, .. }
            | Expr::SqlValue { type_oid, .. }
            | Expr::Xml { type_oid, .. }
            | Expr::DomainValue { type_oid }
            | Expr::Default { type_oid }
            | Expr::NextValue { type_oid, .. }
            | Expr::MergeAction { type_oid } => Some(*type_oid),
            Expr::Json { type_oid, .. } => Some(*type_oid).filter(|type_oid| *type_oid != 0),
            Expr::Aggregate(aggregate) => Some(aggregate.type_oid),
            Expr::WindowCall { call, .. } | Expr::Function { call, .. } => Some(call.type_oid),
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
                Some(operator.type_oid)
            }
            Expr::Grouping { .. } => Some(INT4),
            Expr::ArrayOperator { .. }
            | Expr::Bool { .. }
            | Expr::RowCompare { .. }
            | Expr::NullTest { .. }
            | Expr::BooleanTest { .. }
            | Expr::CurrentOf => Some(BOOL),
            Expr::Sublink(sublink) => match sublink.kind {
                SublinkKind::Exists | SublinkKind::All | SublinkKind::Any | SublinkKind::RowCompare => {
                    Some(BOOL)
                }
                SublinkKind::Scalar => sublink.query.output().next()?.expr.type_oid(),
                SublinkKind::MultiAssign => Some(RECORD),
                SublinkKind::Array | SublinkKind::Cte => None,
            },
            Expr::NamedArgument(arg) | Expr::Collate { arg, .. } | Expr::Returning { arg, .. } => {
                arg.type_oid()
            }
            Expr::Opaque(_) => None,
        }
    }

    /// The place where it begins: the leftmost location in it.
    pub fn location(&self) -> Location {
        let mut leftmost = self.own_location();
        each_child(self, &mut |child| {
            leftmost = [leftmost, child.location()].into_iter().flatten().min();
        });
        leftmost
    }

    /// The location of its operator, function name or keyword.
    fn own_location(&self) -> Location {
        match self {
            Expr::Var(Var { location, .. })
            | Expr::Const(Const { location, .. })
            | Expr::Param { location, .. }
            | Expr::Grouping { location, .. }
            | Expr::ArrayOperator { location, .. }
            | Expr::Bool { location, .. }
            | Expr::Cast { location, .. }
            | Expr::Case { location, .. }
            | Expr::Array { location, .. }
            | Expr::Row { location, .. }
            | Expr::Coalesce { location, .. }
            | Expr::MinMax { location, .. }
            | Expr::SqlValue { location, .. }
            | Expr::NullTest { location, .. }
            | Expr::BooleanTest { location, .. } => *location,
            Expr::Aggregate(aggregate) => aggregate.location,
            Expr::WindowCall { call, .. } | Expr::Function { call, .. } => call.location,
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => operator.location,
            Expr::Sublink(sublink) => sublink.location,
            Expr::Subscript { .. }
            | Expr::NamedArgument(_)
            | Expr::Field { .. }
            | Expr::FieldStore { .. }
            | Expr::Collate { .. }
            | Expr::CaseTest { .. }
            | Expr::RowCompare { .. }
            | Expr::Xml { .. }
            | Expr::Json { .. }
            | Expr::DomainValue { .. }
            | Expr::Default { .. }
            | Expr::CurrentOf
            | Expr::NextValue { .. }
            | Expr::MergeAction { .. }
            | Expr::Returning { .. }
            | Expr::Opaque(_) => None,
        }
    }
}
