//! The walk over expressions: records the columns that they use, visits subqueries and function bodies in them, and records
//! calls that are not understood.

use std::rc::Rc;

use super::arena::{Arena, Container, LevelId};
use super::context::Context;
use super::events::Access;
use super::functions::{
    FunctionClass, classify, default_arguments, only_computes, opaque_default, opaque_input, reads_names,
};
use super::walk::Walk;
use crate::schema::Function;
use crate::tree::{
    BoolOp, BooleanTest, Call, CastVia, Command, Expr, Location, Oid, Operator, Query, SortGroup,
    SublinkKind, Var, VarReturning, walk,
};

/// The number of `tableoid`, the only system column whose value does not depend on other rows.
const TABLEOID: i32 = -6;

/// The number of `xmax`, the transaction that has locked or deleted a row.
const XMAX: i32 = -4;

/// The help for a call of a built-in function that is not understood, if there is specific help.
fn builtin_help(function: &str) -> Option<&'static str> {
    if ["nextval", "currval", "lastval", "setval"].contains(&function) {
        return Some(
            "use the column's default or identity, or count in a row of the owner: `insert ... on \
             conflict ... do update set value = value + 1 returning value`",
        );
    }
    function.contains("advisory").then_some(
        "lock a row of the owner instead, `select ... for update`, or waive it with `--@ allow opaque: \
         \"reason\"`",
    )
}

/// The place of an expression, and what is known there.
#[derive(Clone, Copy)]
struct Place<'p> {
    level: LevelId,
    context: &'p Rc<Context>,
    /// The context of the input rows of aggregates of this level, if it has a grouping.
    rows: Option<&'p Rc<Context>>,
    /// The context of the input rows of window functions. A CASE around the call does not restrict them.
    windowed: &'p Rc<Context>,
    /// Whether only its being true matters, and false and NULL have the same effect.
    truth: bool,
}

impl<'a> Walk<'_, 'a> {
    /// Visits an expression of which only matters whether it is true, as in WHERE.
    pub(super) fn condition(&mut self, level: LevelId, expr: &'a Expr, context: &Rc<Context>) {
        self.visit(expr, Place { level, context, rows: None, windowed: context, truth: true });
    }

    /// Visits an expression.
    pub(super) fn expr(&mut self, level: LevelId, expr: &'a Expr, context: &Rc<Context>) {
        self.visit(expr, Place { level, context, rows: None, windowed: context, truth: false });
    }

    /// Visits an expression above a grouping. `rows` is the context inside of aggregates.
    pub(super) fn grouped_expr(
        &mut self,
        level: LevelId,
        expr: &'a Expr,
        context: &Rc<Context>,
        rows: &Rc<Context>,
        truth: bool,
    ) {
        self.visit(expr, Place { level, context, rows: Some(rows), windowed: context, truth });
    }

    fn visit(&mut self, expr: &'a Expr, place: Place<'_>) {
        self.arena.count(1);
        self.implicit_calls(place.level, expr);
        let value = Place { truth: false, ..place };
        match expr {
            Expr::Var(var) => self.column(place.level, var),
            Expr::Const(_)
            | Expr::Param { .. }
            | Expr::CaseTest { .. }
            | Expr::SqlValue { .. }
            | Expr::DomainValue { .. }
            | Expr::Default { .. }
            | Expr::MergeAction { .. } => {}
            Expr::Aggregate(aggregate) => {
                let at = self.arena.place(place.level, aggregate.location);
                self.function(place.level, aggregate.function, aggregate.location, false);
                self.sort_groups(&aggregate.order, at);
                self.sort_groups(&aggregate.distinct, at);
                let nothing = Rc::default();
                let context = if aggregate.levels_up > 0 {
                    // Its input are rows of an outer level, about which this context need not hold.
                    &nothing
                } else {
                    place.rows.unwrap_or(place.context)
                };
                let inside = Place { context, rows: None, truth: false, ..place };
                let filtered = match &aggregate.filter {
                    Some(filter) => {
                        self.visit(filter, Place { truth: true, ..inside });
                        self.with(inside, filter)
                    }
                    None => Rc::clone(context),
                };
                let filtered = Place { context: &filtered, ..inside };
                aggregate.direct_args.iter().for_each(|arg| self.visit(arg, value));
                aggregate.args.iter().for_each(|arg| self.visit(&arg.expr, filtered));
            }
            Expr::WindowCall { call, filter, .. } => {
                self.function(place.level, call.function, call.location, false);
                let window = Place { context: place.windowed, ..value };
                call.args.iter().chain(filter.as_deref()).for_each(|arg| self.visit(arg, window));
            }
            Expr::Function { call, .. } => {
                self.children(expr, value);
                if self.function(place.level, call.function, call.location, true) {
                    self.defaults(place.level, call);
                    let body = self.arena.body_level(place.level, call, Container::Expression(place.level));
                    match body {
                        Some(body) => {
                            self.cast_result(body, call.function);
                            let inside = self.arena.pushed_into(place.context, body);
                            self.level(body, inside, Access::Read);
                        }
                        None => {
                            let at = self.arena.place(place.level, call.location);
                            self.unknown("the body of this function is more than one SELECT", at);
                        }
                    }
                }
            }
            Expr::Operator(operator) if self.is_inserted_test(place.level, operator) => {}
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
                self.operator(operator.operator, self.arena.place(place.level, operator.location));
                self.children(expr, value);
            }
            Expr::ArrayOperator { operator, location, .. } => {
                self.operator(*operator, self.arena.place(place.level, *location));
                self.children(expr, value);
            }
            Expr::RowCompare { operators, .. } => {
                operators.iter().for_each(|operator| {
                    self.operator(*operator, self.arena.place(place.level, expr.location()))
                });
                self.children(expr, value);
            }
            Expr::Bool { op: BoolOp::And, .. } if place.truth => {
                let context = self.with(place, expr);
                self.children(expr, Place { context: &context, ..place });
            }
            Expr::Bool { op: BoolOp::And | BoolOp::Or, .. } => self.children(expr, place),
            Expr::BooleanTest { test: BooleanTest::True, .. } => {
                self.children(expr, Place { truth: true, ..place })
            }
            Expr::Case { arg, whens, otherwise, .. } => {
                arg.iter().for_each(|arg| self.visit(arg, value));
                for (condition, result) in whens {
                    self.visit(condition, Place { truth: true, ..place });
                    let context = self.with(place, condition);
                    self.visit(result, Place { context: &context, ..value });
                }
                otherwise.iter().for_each(|otherwise| self.visit(otherwise, value));
            }
            Expr::Sublink(sublink) => {
                sublink.test.iter().for_each(|test| self.visit(test, value));
                let nested = self.arena.sublink_level(place.level, sublink);
                let inside = self.arena.pushed_into(place.context, nested);
                self.level(nested, inside, Access::Read);
            }
            Expr::Cast { arg, via, type_oid, location, .. } => {
                if *via == CastVia::InOut {
                    self.text_cast(place.level, arg, *type_oid, *location);
                }
                self.children(expr, value);
            }
            Expr::Json { tag, type_oid, .. } => {
                // With ON ERROR the result depends on whether the input function fails.
                if tag == "JSONEXPR"
                    && let Some(why) = opaque_input(self.arena.schema, self.arena.policy, *type_oid)
                {
                    let at = self.arena.place(place.level, expr.location());
                    self.unknown(format!("JSON is converted to a value: {why}"), at);
                }
                self.children(expr, value);
            }
            Expr::CurrentOf => self.unknown("WHERE CURRENT OF depends on a cursor", None),
            Expr::NextValue { .. } => self.unknown("sequences are shared by all tenants", None),
            Expr::Opaque(what) => {
                let at = self.arena.place(place.level, expr.location());
                self.unknown(format!("a part of this query is not supported ({what})"), at);
            }
            Expr::Grouping { .. }
            | Expr::Subscript { .. }
            | Expr::NamedArgument(_)
            | Expr::Bool { op: BoolOp::Not, .. }
            | Expr::Field { .. }
            | Expr::FieldStore { .. }
            | Expr::Collate { .. }
            | Expr::Array { .. }
            | Expr::Row { .. }
            | Expr::Coalesce { .. }
            | Expr::MinMax { .. }
            | Expr::Xml { .. }
            | Expr::NullTest { .. }
            | Expr::BooleanTest { .. }
            | Expr::Returning { .. } => self.children(expr, value),
        }
    }

    fn children(&mut self, expr: &'a Expr, place: Place<'_>) {
        walk::each_child(expr, &mut |child| self.visit(child, place));
    }

    /// The context in which a condition is also true.
    fn with(&mut self, place: Place<'_>, condition: &'a Expr) -> Rc<Context> {
        let facts = self.arena.holds(place.level, condition);
        self.arena.with_facts(place.context, &facts)
    }

    fn column(&mut self, level: LevelId, var: &Var) {
        if var.attribute < 0 && var.attribute != TABLEOID {
            let at = self.arena.place(level, var.location);
            self.unknown_with(
                "system columns depend on how rows are stored, next to other tenants' rows",
                "identify rows by key: `where id in (select id ... for update)`; to see whether `on \
                 conflict` inserted a row, use `returning xmax = 0`",
                at,
            );
        }
        self.arena.use_column(level, var);
    }

    /// Whether a comparison is `xmax = 0` in the RETURNING list of INSERT. It reveals only whether the row was inserted or updated.
    fn is_inserted_test(&self, level: LevelId, operator: &Operator) -> bool {
        let level = &self.arena.levels[level];
        let found = self.arena.schema.operators.get(&operator.operator);
        let compares =
            found.is_some_and(|found| found.is_built_in() && ["=", "<>"].contains(&found.name.as_str()));
        let [Expr::Var(var), Expr::Const(number)] = operator.args.as_slice() else { return false };
        let is_returned = level.returning
            && level.query.command == Command::Insert
            && level.query.result_relation == Some(var.range)
            && var.levels_up == 0
            && var.returning == VarReturning::Default;
        compares && is_returned && var.attribute == XMAX && number.integer() == Some(0)
    }

    /// Records a function call that is not understood. Returns whether the function has a body that must be visited.
    fn function(&mut self, level: LevelId, function: Oid, location: Location, with_body: bool) -> bool {
        match classify(self.arena.schema, self.arena.policy, function) {
            FunctionClass::Harmless => false,
            FunctionClass::Inlinable if with_body => true,
            FunctionClass::Inlinable => {
                self.unknown(
                    "a function is called where its body cannot be analysed",
                    self.arena.place(level, location),
                );
                false
            }
            FunctionClass::Opaque(why) => {
                let name = self.arena.schema.functions.get(&function).map_or("", |found| found.name.as_str());
                let at = self.arena.place(level, location);
                match builtin_help(name) {
                    Some(help) => self.unknown_with(why, help, at),
                    None => self.unknown(why, at),
                }
                false
            }
        }
    }

    fn operator(&mut self, operator: Oid, location: Location) {
        let Some(found) = self.arena.schema.operators.get(&operator) else {
            return self.unknown("unknown operator", location);
        };
        match classify(self.arena.schema, self.arena.policy, found.function) {
            FunctionClass::Harmless => {}
            FunctionClass::Inlinable => self.unknown(
                format!("the operator {} is user-defined: call its function instead", found.name),
                location,
            ),
            FunctionClass::Opaque(why) => {
                self.unknown(format!("the function of operator {}: {why}", found.name), location)
            }
        }
        let (schema, policy) = (self.arena.schema, self.arena.policy);
        // Functions in C are trusted to do what their operator class says.
        let is_opaque = |function: &&Function| {
            !matches!(function.language.as_str(), "c" | "internal")
                && !only_computes(schema, policy, function.oid)
        };
        let behind = |oid: Oid| schema.functions.get(&schema.operators.get(&oid)?.function);
        // The planner can replace NOT by the negator, and swap the operands by the commutator.
        let others = [found.negator, found.commutator].into_iter().filter_map(behind);
        for function in others.filter(|function| !function.is_built_in()).filter(is_opaque) {
            let (operator, name) = (&found.name, &function.name);
            self.unknown(
                format!("PostgreSQL can call `{name}` in place of {operator}, and it cannot be analysed"),
                location,
            );
        }
        // Partition pruning uses the negator's operator class as well, for `<>`.
        let negator = schema.operators.get(&found.negator).into_iter().flat_map(|negator| &negator.support);
        let support = found.support.iter().chain(negator);
        let support = support.filter_map(|function| schema.functions.get(function));
        for function in support.filter(is_opaque) {
            let (operator, name) = (&found.name, &function.name);
            self.unknown(
                format!("the operator class of {operator} sorts by `{name}`, which cannot be analysed"),
                location,
            );
        }
    }

    /// Records defaults of omitted arguments that may do more than compute.
    fn defaults(&mut self, level: LevelId, call: &'a Call) {
        let (schema, policy) = (self.arena.schema, self.arena.policy);
        let Some(function) = schema.functions.get(&call.function) else { return };
        for (_, default) in default_arguments(function, call) {
            if let Some(why) = opaque_default(schema, policy, default) {
                self.unknown(format!("`{}`: {why}", function.name), self.arena.place(level, call.location));
            }
        }
    }

    /// Visits the operators by which a query sorts, groups and removes duplicates.
    pub(super) fn operators(&mut self, query: &'a Query) {
        for groups in [&query.group_by, &query.sort, &query.distinct] {
            self.sort_groups(groups, None);
        }
        for window in &query.windows {
            self.sort_groups(&window.partition, None);
            self.sort_groups(&window.order, None);
        }
    }

    fn sort_groups(&mut self, groups: &[SortGroup], location: Location) {
        for operator in
            groups.iter().flat_map(|group| [group.equality, group.ordering]).filter(|oid| *oid != 0)
        {
            self.operator(operator, location);
        }
    }

    /// A cast through text calls output and input functions. Those of `regclass` and similar types read the catalogs.
    fn text_cast(&mut self, level: LevelId, arg: &Expr, type_oid: Oid, location: Location) {
        // The tree does not have the type of an array subquery.
        let from = if let Expr::Sublink(sublink) = arg
            && sublink.kind == SublinkKind::Array
        {
            sublink.query.output().next().and_then(|target| target.expr.type_oid())
        } else {
            arg.type_oid()
        };
        let reads = |oid: Oid| self.arena.schema.base_type(oid).is_none_or(reads_names);
        if reads(type_oid) || from.is_none_or(reads) {
            let other = from.filter(|oid| reads(*oid)).unwrap_or(type_oid);
            let name = self.arena.schema.type_name(other);
            self.unknown(
                format!("a cast between text and {name} can read the catalogs"),
                self.arena.place(level, location),
            );
        }
    }
}

impl Arena<'_> {
    /// Records that a column of an entry is used. A column of a join is resolved to those of its sides.
    fn use_column(&mut self, level: LevelId, var: &Var) {
        let Some((level, entry)) = self.entry_of(level, var) else { return };
        self.used.entry(entry).or_default().insert(var.attribute);
        let query = self.levels[level].query;
        if let Some(crate::tree::RangeKind::Join { columns, .. }) =
            query.range(var.range).map(|range| &range.kind)
        {
            let chosen: Vec<&Expr> = match usize::try_from(var.attribute) {
                Ok(number) if number > 0 => columns.get(number - 1).into_iter().collect(),
                _ => columns.iter().collect(),
            };
            for column in chosen {
                walk::each_expr(column, &mut |expr| {
                    if let Expr::Var(var) = expr {
                        self.use_column(level, var);
                    }
                });
            }
        }
    }
}
