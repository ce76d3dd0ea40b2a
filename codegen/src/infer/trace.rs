//! The origin of a value: the columns, parameters and constants that an expression is a plain copy of.

use std::rc::Rc;

use crate::schema::{Schema, TypeKind};
use crate::tree::{
    Call, CallForm, CastVia, Const, Expr, Location, Oid, ParamKind, Query, RangeKind, SetOperation,
};
use crate::tree::{SublinkKind, Target, Var};

/// The queries around an expression, the innermost first.
#[derive(Clone)]
pub struct Scope<'a> {
    /// The query at this level.
    pub query: &'a Query,
    parent: Option<Rc<Scope<'a>>>,
    stored: bool,
}

impl<'a> Scope<'a> {
    /// A statement.
    pub fn root(query: &'a Query) -> Self {
        Scope { query, parent: None, stored: false }
    }

    /// A view or the body of a function, which sees no outer query and has parameters of its own.
    pub fn stored(query: &'a Query) -> Self {
        Scope { query, parent: None, stored: true }
    }

    /// A subquery of this scope's query.
    pub fn child(&self, query: &'a Query) -> Self {
        Scope { query, parent: Some(Rc::new(self.clone())), stored: self.stored }
    }

    /// Whether it is inside of a view or the body of a function.
    pub fn is_stored(&self) -> bool {
        self.stored
    }

    /// The query `levels` further out.
    pub fn up(&self, levels: usize) -> Option<&Scope<'a>> {
        if levels == 0 { Some(self) } else { self.parent.as_deref()?.up(levels - 1) }
    }
}

/// An origin of a value.
#[derive(Debug, Clone)]
pub enum Leaf<'a> {
    /// A column of a table: its table and number.
    Column(Oid, i32),
    /// The caller's `$n`.
    Param(usize, Location),
    /// A constant that is not NULL.
    Const(&'a Const),
    /// A computed value.
    Other,
}

/// Everything that the value of `expr` may be a copy of. Arrays and their elements are not distinguished, since an id stays
/// an id in `array_agg` and `unnest`. NULL has no origin.
pub fn leaves<'a>(schema: &'a Schema, scope: &Scope<'a>, expr: &'a Expr) -> Vec<Leaf<'a>> {
    let mut tracer = Tracer { schema, found: Vec::new(), depth: 0 };
    tracer.expr(scope, expr);
    tracer.found
}

/// Everything that an output column of a query, counted from 0, may be a copy of.
pub fn output_leaves<'a>(schema: &'a Schema, scope: &Scope<'a>, index: usize) -> Vec<Leaf<'a>> {
    let mut tracer = Tracer { schema, found: Vec::new(), depth: 0 };
    tracer.output(scope, index);
    tracer.found
}

/// Everything that a column of an entry may be a copy of.
pub fn column_leaves<'a>(schema: &'a Schema, scope: &Scope<'a>, var: &Var) -> Vec<Leaf<'a>> {
    let mut tracer = Tracer { schema, found: Vec::new(), depth: 0 };
    tracer.var(scope, var);
    tracer.found
}

/// The maximum number of steps from a value to its origin: a recursive CTE has no end.
const MAX_DEPTH: usize = 64;

/// With more origins than this a value counts as computed.
const MAX_LEAVES: usize = 256;

struct Tracer<'a> {
    schema: &'a Schema,
    found: Vec<Leaf<'a>>,
    depth: usize,
}

impl<'a> Tracer<'a> {
    fn expr(&mut self, scope: &Scope<'a>, expr: &'a Expr) {
        if self.depth == MAX_DEPTH || self.found.len() >= MAX_LEAVES {
            return;
        }
        self.depth += 1;
        self.step(scope, expr);
        self.depth -= 1;
    }

    fn step(&mut self, scope: &Scope<'a>, expr: &'a Expr) {
        match expr {
            Expr::Var(var) => self.var(scope, var),
            Expr::Const(constant) => {
                if constant.value.is_some() && !self.is_empty_array(constant) {
                    self.found.push(Leaf::Const(constant));
                }
            }
            Expr::Param { kind: ParamKind::Extern, id, location, .. } if !scope.stored => {
                self.found.push(Leaf::Param(*id, *location));
            }
            Expr::Cast { via: CastVia::ArrayElements, arg, element: Some(element), .. } => {
                if keeps_value(element) { self.expr(scope, arg) } else { self.found.push(Leaf::Other) }
            }
            Expr::Cast { via: CastVia::Relabel | CastVia::Domain | CastVia::ArrayElements, arg, .. }
            | Expr::Collate { arg, .. }
            | Expr::NamedArgument(arg)
            | Expr::Returning { arg, .. }
            | Expr::Subscript { container: arg, assigned: None, .. } => self.expr(scope, arg),
            Expr::Function { call, form, .. } if checks_length(call, *form) => {
                call.args.iter().take(1).for_each(|arg| self.expr(scope, arg));
            }
            Expr::Function { call, .. } if self.is_called(call.function, &["unnest"]) => {
                call.args.iter().for_each(|arg| self.expr(scope, arg));
            }
            Expr::WindowCall { call, .. } if self.is_called(call.function, COPYING) => {
                // lag and lead take an offset as second argument; the third, a default, is copied like the first.
                call.args.iter().step_by(2).for_each(|arg| self.expr(scope, arg));
            }
            Expr::Aggregate(aggregate) if self.is_called(aggregate.function, COPYING) => {
                if let Some(arg) = aggregate.args.first() {
                    self.expr(scope, &arg.expr);
                }
            }
            Expr::Coalesce { args, .. } | Expr::MinMax { args, .. } | Expr::Array { elements: args, .. } => {
                args.iter().for_each(|arg| self.expr(scope, arg));
            }
            Expr::Case { whens, otherwise, .. } => {
                whens.iter().for_each(|(_, value)| self.expr(scope, value));
                if let Some(value) = otherwise {
                    self.expr(scope, value);
                }
            }
            Expr::NullIf(operator) => {
                if let Some(arg) = operator.args.first() {
                    self.expr(scope, arg);
                }
            }
            Expr::Sublink(sublink) if matches!(sublink.kind, SublinkKind::Scalar | SublinkKind::Array) => {
                self.output(&scope.child(&sublink.query), 0);
            }
            _ => self.found.push(Leaf::Other),
        }
    }

    /// Whether it is an array without elements, whose number of dimensions is 0.
    fn is_empty_array(&self, constant: &Const) -> bool {
        let kind = self.schema.base_type(constant.type_oid).map(|found| &found.kind);
        let dimensions = constant.value.as_deref().and_then(|bytes| bytes.first_chunk());
        matches!(kind, Some(TypeKind::Array { .. })) && dimensions == Some(&[0; 4])
    }

    fn is_called(&self, function: Oid, names: &[&str]) -> bool {
        self.schema
            .functions
            .get(&function)
            .is_some_and(|found| found.is_built_in() && names.contains(&found.name.as_str()))
    }

    fn var(&mut self, scope: &Scope<'a>, var: &Var) {
        let Some(scope) = scope.up(var.levels_up) else { return self.found.push(Leaf::Other) };
        let Some(entry) = scope.query.range(var.range) else { return self.found.push(Leaf::Other) };
        let Some(index) = usize::try_from(var.attribute - 1).ok() else {
            return self.found.push(Leaf::Other);
        };
        match &entry.kind {
            RangeKind::Relation { table, .. } => self.column(*table, var.attribute),
            RangeKind::Subquery(query) => self.output(&scope.child(query), index),
            RangeKind::Join { columns, .. } => match columns.get(index) {
                Some(column) => self.expr(scope, column),
                None => self.found.push(Leaf::Other),
            },
            RangeKind::Values(rows) => {
                for row in rows {
                    match row.get(index) {
                        Some(value) => self.expr(scope, value),
                        None => self.found.push(Leaf::Other),
                    }
                }
            }
            RangeKind::Cte { name, levels_up, .. } => {
                let found = scope.up(*levels_up).and_then(|scope| {
                    scope.query.ctes.iter().find(|cte| cte.name == *name).map(|cte| scope.child(&cte.query))
                });
                match found {
                    Some(scope) => self.bounded_output(&scope, index),
                    None => self.found.push(Leaf::Other),
                }
            }
            RangeKind::Function { functions, .. } => self.function_column(scope, functions, index),
            RangeKind::Group(exprs) => match exprs.get(index) {
                Some(expr) => self.expr(scope, expr),
                None => self.found.push(Leaf::Other),
            },
            RangeKind::TableFunction(_) | RangeKind::Result | RangeKind::Opaque(_) => {
                self.found.push(Leaf::Other)
            }
        }
    }

    /// A column of a table; for a view the table's column that it shows, if it shows one.
    fn column(&mut self, table: Oid, number: i32) {
        match self.schema.table(table).and_then(|table| table.view.as_ref()) {
            Some(view) => self.bounded_output(&Scope::stored(view), number as usize - 1),
            None => self.found.push(Leaf::Column(table, number)),
        }
    }

    /// Columns of functions in FROM: `unnest(a, b)` has one function for each array.
    fn function_column(&mut self, scope: &Scope<'a>, functions: &'a [(Expr, usize)], index: usize) {
        let mut first = 0;
        for (function, width) in functions {
            if (first..first + width).contains(&index) {
                match width {
                    1 => self.expr(scope, function),
                    _ => self.found.push(Leaf::Other),
                }
                return;
            }
            first += width;
        }
        self.found.push(Leaf::Other);
    }

    fn bounded_output(&mut self, scope: &Scope<'a>, index: usize) {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            self.output(scope, index);
            self.depth -= 1;
        }
    }

    fn output(&mut self, scope: &Scope<'a>, index: usize) {
        match &scope.query.set_operation {
            Some(operation) => self.arms(scope, operation, index),
            None => match scope.query.output().nth(index) {
                Some(Target { expr, .. }) => self.expr(scope, expr),
                None => self.found.push(Leaf::Other),
            },
        }
    }

    fn arms(&mut self, scope: &Scope<'a>, operation: &SetOperation, index: usize) {
        match operation {
            SetOperation::Leaf(range) => match scope.query.range(*range).map(|entry| &entry.kind) {
                Some(RangeKind::Subquery(query)) => self.bounded_output(&scope.child(query), index),
                _ => self.found.push(Leaf::Other),
            },
            SetOperation::Node { left, right, .. } => {
                self.arms(scope, left, index);
                self.arms(scope, right, index);
            }
        }
    }
}

/// Aggregates and window functions that return one of their inputs, or an array of them.
const COPYING: &[&str] =
    &["min", "max", "any_value", "array_agg", "first_value", "last_value", "nth_value", "lag", "lead"];

/// Whether a call is the cast to a type of limited length that PostgreSQL adds where a value is stored, and that rejects
/// longer values. A cast that is written truncates them, and pads those of `char(n)`.
fn checks_length(call: &Call, form: CallForm) -> bool {
    form == CallForm::ImplicitCast
        && call.args.first().is_some_and(|arg| arg.type_oid() == Some(call.type_oid))
}

/// Whether the cast of an array's element, which is [`Expr::CaseTest`] in it, does not change the value.
fn keeps_value(element: &Expr) -> bool {
    match element {
        Expr::CaseTest { .. } => true,
        Expr::Cast { via: CastVia::Relabel | CastVia::Domain, arg, .. } => keeps_value(arg),
        Expr::Function { call, form, .. } if checks_length(call, *form) => {
            call.args.first().is_some_and(keeps_value)
        }
        _ => false,
    }
}
