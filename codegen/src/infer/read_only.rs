//! Whether a query only reads, so that it can run on a read replica.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::schema::{FIRST_USER_OID, Function, Schema, Type};
use crate::tree::pg_type::RECORD;
use crate::tree::walk::{each_expr, each_query, exprs_of_query, sublinks};
use crate::tree::{Call, CastVia, Command, Expr, Oid, Query, RangeKind, SortGroup};

/// Volatile functions of PostgreSQL that change nothing: their results depend on the clock or on randomness.
const VOLATILE_READS: &[&str] =
    &["clock_timestamp", "gen_random_uuid", "random", "random_normal", "timeofday", "uuidv4", "uuidv7"];

/// Functions of PostgreSQL that are not volatile, but assign a transaction id, which a replica cannot.
const ASSIGN_XID: &[&str] = &["pg_current_xact_id", "txid_current"];

/// Whether a query changes nothing and locks no row, through CTEs, views, policies, and the functions behind its calls,
/// operators and casts, including those that PostgreSQL calls implicitly. What is not understood counts as writing.
pub fn only_reads(schema: &Schema, query: &Query) -> bool {
    ReadOnly { schema, visited: RefCell::default() }.query(query)
}

struct ReadOnly<'s> {
    schema: &'s Schema,
    /// What was visited. Recursion adds nothing new.
    visited: RefCell<BTreeSet<(Visited, Oid)>>,
}

/// What is visited only once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Visited {
    View,
    Policies,
    Function,
    /// A type, for what PostgreSQL does with its values.
    Values,
    /// A type, for how its values are made.
    Made,
}

impl ReadOnly<'_> {
    /// A query with all queries inside it.
    fn query(&self, query: &Query) -> bool {
        let mut reads = true;
        each_query(query, &mut |query| reads = reads && self.level(query));
        reads
    }

    fn level(&self, query: &Query) -> bool {
        let groups = [&query.group_by, &query.sort, &query.distinct].into_iter();
        let windows = query.windows.iter().flat_map(|window| [&window.partition, &window.order]);
        let mut reads = query.command == Command::Select
            && query.opaque.is_none()
            && query.row_marks.is_empty()
            && groups.chain(windows).all(|groups| self.orders(groups))
            && query.range_table.iter().all(|entry| self.entry(&entry.kind));
        exprs_of_query(query, &mut |expr| {
            each_expr(expr, &mut |expr| reads = reads && self.expr(expr));
        });
        reads
    }

    fn entry(&self, kind: &RangeKind) -> bool {
        match kind {
            RangeKind::Relation { table, relkind: 'v', .. } => {
                // System views are not analysed: most of them call functions.
                let view = self.schema.table(*table).and_then(|table| table.view.as_ref());
                view.is_some_and(|view| self.visited(Visited::View, *table) || self.query(view))
            }
            RangeKind::Relation { table, .. } => self.policies(*table),
            // Its columns are made of text.
            RangeKind::TableFunction(_) => self.made(RECORD),
            RangeKind::Opaque(_) => false,
            RangeKind::Subquery(_)
            | RangeKind::Join { .. }
            | RangeKind::Function { .. }
            | RangeKind::Values(_)
            | RangeKind::Cte { .. }
            | RangeKind::Result
            | RangeKind::Group(_) => true,
        }
    }

    /// The row-level security policies of a table, whose conditions are evaluated when it is read.
    fn policies(&self, table: Oid) -> bool {
        let policies = self.schema.table(table).map(|table| table.policies.as_slice()).unwrap_or_default();
        policies.is_empty()
            || self.visited(Visited::Policies, table)
            || policies.iter().all(|policy| self.condition(policy))
    }

    /// An expression that is stored in the catalogs.
    fn condition(&self, condition: &Expr) -> bool {
        let mut reads = true;
        each_expr(condition, &mut |expr| reads = reads && self.expr(expr));
        sublinks(condition, &mut |sublink| reads = reads && self.query(&sublink.query));
        reads
    }

    fn expr(&self, expr: &Expr) -> bool {
        self.values(expr) && self.node(expr)
    }

    fn node(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Aggregate(aggregate) => {
                self.function(aggregate.function)
                    && self.orders(&aggregate.order)
                    && self.orders(&aggregate.distinct)
            }
            Expr::WindowCall { call, .. } => self.function(call.function),
            Expr::Function { call, .. } => self.call(call),
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
                self.operator(operator.operator)
            }
            Expr::ArrayOperator { operator, .. } => self.operator(*operator),
            Expr::RowCompare { operators, .. } => operators.iter().all(|operator| self.operator(*operator)),
            Expr::Cast { via: CastVia::Domain | CastVia::InOut, type_oid, .. }
            | Expr::Param { type_oid, .. }
            | Expr::Json { type_oid, .. } => self.made(*type_oid),
            Expr::NextValue { .. } | Expr::CurrentOf | Expr::MergeAction { .. } | Expr::Opaque(_) => false,
            Expr::Var(_)
            | Expr::Const(_)
            | Expr::Grouping { .. }
            | Expr::Subscript { .. }
            | Expr::NamedArgument(_)
            | Expr::Bool { .. }
            | Expr::Sublink(_)
            | Expr::Field { .. }
            | Expr::FieldStore { .. }
            | Expr::Cast { .. }
            | Expr::Collate { .. }
            | Expr::Case { .. }
            | Expr::CaseTest { .. }
            | Expr::Array { .. }
            | Expr::Row { .. }
            | Expr::Coalesce { .. }
            | Expr::MinMax { .. }
            | Expr::SqlValue { .. }
            | Expr::Xml { .. }
            | Expr::NullTest { .. }
            | Expr::BooleanTest { .. }
            | Expr::DomainValue { .. }
            | Expr::Default { .. }
            | Expr::Returning { .. } => true,
        }
    }

    fn orders(&self, groups: &[SortGroup]) -> bool {
        let operators = groups.iter().flat_map(|group| [group.equality, group.ordering]);
        operators.filter(|operator| *operator != 0).all(|operator| self.operator(operator))
    }

    /// What an operator does, also where PostgreSQL calls its opposite, turns its sides, or sorts by its operator class.
    fn operator(&self, operator: Oid) -> bool {
        let behind = |oid: Oid| self.schema.operators.get(&oid).map(|found| found.function);
        self.schema.operators.get(&operator).is_some_and(|found| {
            let others = [found.negator, found.commutator].into_iter().filter_map(behind);
            let all =
                others.chain(found.support.iter().copied()).filter(|function| *function >= FIRST_USER_OID);
            self.function(found.function) && all.into_iter().all(|function| self.function(function))
        })
    }

    /// A call, with the defaults of what it leaves out, and what is made of JSON.
    fn call(&self, call: &Call) -> bool {
        let Some(found) = self.schema.functions.get(&call.function) else { return false };
        self.function(call.function)
            && (call.args.len() == found.parameters.len()
                || found.defaults.iter().all(|default| self.condition(default)))
            && (!found.is_built_in() || !found.name.contains("json") || self.made(call.type_oid))
    }

    /// A function with a readable body does what its body does; for others their volatility is trusted.
    fn function(&self, function: Oid) -> bool {
        let Some(found) = self.schema.functions.get(&function) else { return false };
        if found.is_built_in() && found.body.is_none() {
            let name = found.name.as_str();
            return !ASSIGN_XID.contains(&name) && (!is_volatile(found) || VOLATILE_READS.contains(&name));
        }
        self.visited(Visited::Function, function)
            || match &found.body {
                Some(body) => body.iter().all(|query| self.query(query)) && self.made(found.result),
                None => !is_volatile(found) && found.parts.iter().all(|part| self.function(*part)),
            }
    }

    /// What PostgreSQL calls implicitly for a value, to compare it or to cast it.
    fn values(&self, expr: &Expr) -> bool {
        let schema = self.schema;
        let Some(type_oid) = expr.type_oid().filter(|_| !schema.implied.is_empty()) else { return true };
        if self.visited(Visited::Values, type_oid) {
            return true;
        }
        let anything = schema.holds_anything(type_oid);
        let parts = schema.parts(type_oid);
        let mut implied = schema.implied.iter().filter(|(oid, _)| anything || parts.contains(oid));
        implied.all(|(_, found)| {
            let cast = found.cast.iter().map(|(_, function)| function);
            found.compare.iter().chain(cast).all(|function| self.function(*function))
        })
    }

    /// Whatever makes a value of a domain evaluates its checks.
    fn made(&self, type_oid: Oid) -> bool {
        if self.visited(Visited::Made, type_oid) {
            return true;
        }
        let checks = |found: &Type| found.checks.iter().all(|check| self.condition(check));
        if type_oid != 0 && self.schema.holds_anything(type_oid) {
            return self.schema.types.values().all(checks);
        }
        let parts = self.schema.parts(type_oid);
        parts.iter().filter_map(|part| self.schema.types.get(part)).all(checks)
    }

    /// Whether it was visited before; marks it as visited.
    fn visited(&self, what: Visited, oid: Oid) -> bool {
        !self.visited.borrow_mut().insert((what, oid))
    }
}

fn is_volatile(function: &Function) -> bool {
    function.volatility == 'v'
}
