//! Whether a query only reads, so that it can run on a read replica.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::schema::{FIRST_USER_OID, Function, Schema, TypeKind};
use crate::tree::walk::{each_expr, each_query, exprs_of_query};
use crate::tree::{CastVia, Command, Expr, Oid, Query, RangeKind, SortGroup};

/// Volatile functions of PostgreSQL that change nothing: their results depend on the clock or on randomness.
const CLOCK_AND_CHANCE: &[&str] =
    &["clock_timestamp", "gen_random_uuid", "random", "random_normal", "timeofday", "uuidv4", "uuidv7"];

/// Functions of PostgreSQL that are not volatile, but assign a transaction id, which a replica cannot.
const NUMBERING: &[&str] = &["pg_current_xact_id", "txid_current"];

/// Whether a query changes nothing and locks no row, through CTEs, views, and the functions behind its calls, operators and
/// casts. What is not understood counts as writing.
pub fn only_reads(schema: &Schema, query: &Query) -> bool {
    Reads { schema, entered: RefCell::default() }.query(query)
}

struct Reads<'s> {
    schema: &'s Schema,
    /// Views and functions that were entered. Recursion adds nothing new.
    entered: RefCell<BTreeSet<Oid>>,
}

impl Reads<'_> {
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
                view.is_some_and(|view| self.entered(*table) || self.query(view))
            }
            RangeKind::Opaque(_) => false,
            RangeKind::Relation { .. }
            | RangeKind::Subquery(_)
            | RangeKind::Join { .. }
            | RangeKind::Function { .. }
            | RangeKind::TableFunction(_)
            | RangeKind::Values(_)
            | RangeKind::Cte { .. }
            | RangeKind::Result
            | RangeKind::Group(_) => true,
        }
    }

    fn expr(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Aggregate(aggregate) => {
                self.function(aggregate.function)
                    && self.orders(&aggregate.order)
                    && self.orders(&aggregate.distinct)
            }
            Expr::WindowCall { call, .. } | Expr::Function { call, .. } => self.function(call.function),
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
                self.operator(operator.operator)
            }
            Expr::ArrayOperator { operator, .. } => self.operator(*operator),
            Expr::RowCompare { operators, .. } => operators.iter().all(|operator| self.operator(*operator)),
            Expr::Cast { via: CastVia::Domain, type_oid, .. } => self.domain(*type_oid),
            Expr::NextValue { .. } | Expr::CurrentOf | Expr::MergeAction { .. } | Expr::Opaque(_) => false,
            Expr::Var(_)
            | Expr::Const(_)
            | Expr::Param { .. }
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
            | Expr::Json { .. }
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

    fn operator(&self, operator: Oid) -> bool {
        self.schema.operators.get(&operator).is_some_and(|operator| self.function(operator.function))
    }

    /// A function with a readable body does what its body does; for others their volatility is trusted.
    fn function(&self, function: Oid) -> bool {
        let Some(found) = self.schema.functions.get(&function) else { return false };
        if found.oid < FIRST_USER_OID {
            let name = found.name.as_str();
            return !NUMBERING.contains(&name) && (!is_volatile(found) || CLOCK_AND_CHANCE.contains(&name));
        }
        self.entered(function)
            || match &found.body {
                Some(body) => body.iter().all(|query| self.query(query)),
                None => !is_volatile(found) && found.parts.iter().all(|part| self.function(*part)),
            }
    }

    /// Every cast to a domain evaluates its checks.
    fn domain(&self, type_oid: Oid) -> bool {
        let Some(found) = self.schema.types.get(&type_oid) else { return false };
        let mut reads = true;
        for check in &found.checks {
            each_expr(check, &mut |expr| reads = reads && self.expr(expr));
        }
        match found.kind {
            TypeKind::Domain { base, .. } => reads && self.domain(base),
            _ => reads,
        }
    }

    /// Whether it was entered before; marks it as entered.
    fn entered(&self, oid: Oid) -> bool {
        !self.entered.borrow_mut().insert(oid)
    }
}

fn is_volatile(function: &Function) -> bool {
    function.volatility == 'v'
}
