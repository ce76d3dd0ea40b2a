//! Warns of writes that PostgreSQL accepts when it prepares them, but that fail whenever they run.

use std::collections::BTreeSet;

use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::{Column, Schema, Table, Trigger, TypeKind};
use crate::tree::{Command, Expr, Location, OnConflict, Query, RangeKind, Target};

/// Warns of NOT NULL columns that get no value or NULL, and of ON CONFLICT without a unique index for its columns.
///
/// It does not warn if a trigger may set the value, or if a view or a rule is involved.
pub fn warn(diagnostics: &mut Diagnostics, schema: &Schema, query: &Analysed) {
    let decl = &query.decl;
    let ctes = query.tree.ctes.iter().map(|cte| &*cte.query);
    let mut found = Vec::new();
    for query in ctes.chain([&*query.tree]) {
        let Some(written) = Written::of(schema, query) else { continue };
        match query.command {
            Command::Insert => written.insert(&query.targets, &mut found),
            Command::Update => written.update(&query.targets, &mut found),
            Command::Merge => {
                for action in &query.merge_actions {
                    match action.command {
                        Command::Insert => written.insert(&action.targets, &mut found),
                        Command::Update => written.update(&action.targets, &mut found),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        if let Some(conflict) = &query.on_conflict {
            written.update(&conflict.set, &mut found);
            found.extend(written.unmatched(conflict));
        }
    }
    for Failure { at, message, help } in found {
        let span = at.map_or(decl.name.span, |at| decl.sql.token_span(at));
        diagnostics.report(Diagnostic::warning("always-fails", span, message).help(help).query(decl.path()));
    }
}

/// Why PostgreSQL will reject it.
struct Failure {
    at: Location,
    message: String,
    help: String,
}

/// The table that a statement writes.
struct Written<'a> {
    schema: &'a Schema,
    table: &'a Table,
    name: String,
}

impl<'a> Written<'a> {
    fn of(schema: &'a Schema, query: &Query) -> Option<Self> {
        let RangeKind::Relation { table, .. } = query.range(query.result_relation?)?.kind else {
            return None;
        };
        let table = schema.table(table)?;
        let is_plain = matches!(table.kind, 'r' | 'p') && !table.has_rules;
        is_plain.then(|| Written { schema, table, name: table.display_name() })
    }

    fn insert(&self, targets: &[Target], found: &mut Vec<Failure>) {
        if self.may_change(Trigger::on_insert) {
            return;
        }
        let assigned = |column: &Column| targets.iter().any(|target| is_of(target, column));
        let missing =
            self.table.columns.iter().filter(|column| self.needs_value(column) && !assigned(column));
        found.extend(missing.map(|column| Failure {
            at: None,
            message: format!(
                "`{}` of `{}` is NOT NULL without a default, and gets no value here",
                column.name, self.name
            ),
            help: "give it a value, or a default in the schema: PostgreSQL rejects every row".to_owned(),
        }));
        self.nulls(targets, found);
    }

    fn update(&self, targets: &[Target], found: &mut Vec<Failure>) {
        if !self.may_change(Trigger::on_update) {
            self.nulls(targets, found);
        }
    }

    /// Columns that are set to NULL and must not be.
    fn nulls(&self, targets: &[Target], found: &mut Vec<Failure>) {
        let columns = self.table.columns.iter().filter(|column| column.not_null);
        let set =
            columns.filter_map(|column| Some((column, targets.iter().find(|target| is_of(target, column))?)));
        found.extend(set.filter(|(_, target)| is_null(&target.expr)).map(|(column, target)| Failure {
            at: target.expr.location(),
            message: format!("NULL is written to `{}` of `{}`, which is NOT NULL", column.name, self.name),
            help: "give it a value: PostgreSQL rejects every row".to_owned(),
        }));
    }

    /// Why ON CONFLICT finds no index, if it does not.
    fn unmatched(&self, conflict: &OnConflict) -> Option<Failure> {
        let arbiter = conflict.arbiter.iter().map(column_of).collect::<Option<BTreeSet<i32>>>()?;
        if arbiter.is_empty() {
            return None;
        }
        let names: Vec<_> =
            self.table.columns.iter().filter(|column| arbiter.contains(&column.number)).collect();
        let names = names.iter().map(|column| &*column.name).collect::<Vec<_>>().join(", ");
        let mut fitting = self.table.unique.iter().filter(|key| {
            let columns: BTreeSet<i32> = key.columns.iter().copied().collect();
            columns == arbiter
        });
        let at = conflict.arbiter.first().and_then(Expr::location);
        let Some(key) = fitting.next() else {
            let (message, help) = (
                format!("`{}` has no unique index on ({names})", self.name),
                "name the columns of one, or create it in the schema".to_owned(),
            );
            return Some(Failure { at, message, help });
        };
        let is_partial = conflict.arbiter_where.is_none()
            && key.predicate.is_some()
            && fitting.all(|key| key.predicate.is_some());
        is_partial.then(|| Failure {
            at,
            message: format!("the unique index `{}` on ({names}) is partial", key.name),
            help: format!("repeat its predicate: `on conflict ({names}) where ...`"),
        })
    }

    /// Whether a trigger may change the row before it is looked at.
    fn may_change(&self, fires: fn(&Trigger) -> bool) -> bool {
        let tables = self.schema.partitions(self.table.oid).chain([self.table]);
        tables.flat_map(|table| &table.triggers).any(|trigger| trigger.is_before_row() && fires(trigger))
    }

    fn needs_value(&self, column: &Column) -> bool {
        let given_otherwise = column.has_default || column.identity || column.generated.is_some();
        // A type that somebody made may have a default of its own.
        let kind = self.schema.types.get(&column.type_oid).map(|found| &found.kind);
        column.not_null && !given_otherwise && !matches!(kind, Some(TypeKind::Domain { .. }) | None)
    }
}

fn is_of(target: &Target, column: &Column) -> bool {
    !target.junk && target.number == column.number as usize
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Const(constant) if constant.value.is_none())
}

fn column_of(expr: &Expr) -> Option<i32> {
    match expr {
        Expr::Var(var) if var.attribute > 0 => Some(var.attribute),
        _ => None,
    }
}
