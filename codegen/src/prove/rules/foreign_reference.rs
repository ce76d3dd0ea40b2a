//! `foreign-reference`: a foreign key that is written refers only to a row that the caller may refer to.

use std::collections::BTreeSet;

use super::Rule;
use super::tenant_scope::claimable;
use crate::prove::case::{Case, Claims, Failure, Finding, Reason, Verdict};
use crate::prove::context::Context;
use crate::prove::events::{Access, RowWrite, Value};
use crate::prove::liveness::live_condition;
use crate::prove::policy::Via;
use crate::prove::terms::{EntryId, TermId};
use crate::schema::{ForeignKey, Schema, Table};
use crate::tree::Location;

pub(in crate::prove) const RULE: Rule =
    Rule { id: "foreign-reference", page: include_str!("foreign_reference.md"), judge };

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    if case.is_unscoped() {
        return Vec::new();
    }
    let events = case.events;
    let mut findings = Vec::new();
    for write in &events.writes {
        let Some(table) = case.table(write.table) else { continue };
        for key in keys_of(case.arena.schema, table) {
            findings.extend(judge_key(case, write, &key));
        }
    }
    findings
}

/// The foreign keys that a new or changed row of a table has to satisfy, without repetitions: those of the table, and those
/// of its partitions, with the table's column numbers.
fn keys_of(schema: &Schema, table: &Table) -> Vec<ForeignKey> {
    let mut found: Vec<ForeignKey> = Vec::new();
    for holder in schema.holders(table) {
        let own = |number: &i32| Some(table.column_named(&holder.column(*number)?.name)?.number);
        // A foreign key to a partitioned table also has an entry for each partition, which adds nothing.
        for key in holder.foreign_keys.iter().filter(|key| !key.part) {
            let Some(columns) = key.columns.iter().map(own).collect::<Option<Vec<_>>>() else { continue };
            let repeats = |other: &ForeignKey| {
                other.columns == columns
                    && other.foreign_table == key.foreign_table
                    && other.foreign_columns == key.foreign_columns
            };
            if !found.iter().any(repeats) {
                found.push(ForeignKey { columns, ..key.clone() });
            }
        }
    }
    found
}

fn judge_key(case: &mut Case<'_, '_>, write: &RowWrite, key: &ForeignKey) -> Option<Finding> {
    let written =
        |column: &i32| write.columns.iter().find(|(number, _)| number == column).map(|(_, values)| values);
    if !key.columns.iter().any(|column| written(column).is_some())
        || case.arena.policy.is_shared(key.foreign_table)
    {
        return None;
    }
    if key.columns.len() > 1 && holds_owner(case, write, key) {
        return None;
    }
    let rows = key.columns.iter().filter_map(|column| written(column).map(Vec::len)).max().unwrap_or(0);
    let mut reason = None;
    for row in 0..rows {
        let mut values = Vec::new();
        for column in &key.columns {
            match written(column) {
                Some(found) => values.push(found.get(row).or(found.first()).cloned()),
                // A new row gets the column's default, which is the schema's choice. A changed row keeps its value.
                None if write.insert => values.push(None),
                None => values.push(Some(Value {
                    term: case.column(write.row, *column),
                    choice: Vec::new(),
                    null: false,
                    default: false,
                    at: None,
                })),
            }
        }
        if values.iter().flatten().any(|value| value.null) {
            continue;
        }
        let values: Vec<Value> = values.into_iter().flatten().filter(|value| !value.default).collect();
        if values.len() < key.columns.len() && values.is_empty() {
            continue;
        }
        let at = values.iter().find_map(|value| value.at);
        match verified(case, write, key, &values) {
            Some(found) => {
                reason.get_or_insert(found);
            }
            None => return Some(finding(write, at, Verdict::Fails(missing(case, write, key, &values)))),
        }
    }
    Some(finding(write, None, Verdict::Holds(reason?)))
}

fn finding(write: &RowWrite, at: Option<usize>, verdict: Verdict) -> Finding {
    Finding { verdict, entry: Some(write.row), at, table: Some(write.table) }
}

/// Whether a composite key contains the owner columns of all claimed scopes that own the referenced table, with the scopes'
/// parameters as their values. Then the referenced row has these owners too.
fn holds_owner(case: &Case<'_, '_>, write: &RowWrite, key: &ForeignKey) -> bool {
    let mut owning =
        case.scopes().into_iter().filter(|scope| scope.owners.contains_key(&key.foreign_table)).peekable();
    owning.peek().is_some()
        && owning.all(|scope| {
            let Some(owner) = scope.owners.get(&write.table) else { return false };
            // The referenced column must be the owner column of the referenced table.
            let referred = key
                .columns
                .iter()
                .position(|column| column == owner)
                .map(|position| key.foreign_columns[position]);
            let schema = case.arena.schema;
            let is_exact = |number: i32| {
                let column = schema.column(key.foreign_table, number);
                key.by_equality
                    && column.is_some_and(|column| schema.equals_exactly(column.type_oid, column.collation))
            };
            if !referred.is_some_and(|number| {
                scope.owners.get(&key.foreign_table) == Some(&number) && is_exact(number)
            }) {
                return false;
            }
            match write.columns.iter().find(|(column, _)| column == owner) {
                Some((_, values)) => values.iter().all(|value| {
                    value.term.is_some_and(|term| case.is_own(&write.context.closure, scope, term))
                }),
                None => {
                    !write.insert
                        && case
                            .column(write.row, *owner)
                            .is_some_and(|term| case.is_own(&write.context.closure, scope, term))
                }
            }
        })
}

/// The reason why the row that a key will refer to is in scope. If the value has alternatives, all must have a reason, and
/// the first is returned.
fn verified(case: &mut Case<'_, '_>, write: &RowWrite, key: &ForeignKey, values: &[Value]) -> Option<Reason> {
    let terms: Option<Vec<TermId>> = values.iter().map(|value| value.term).collect();
    let at = values.first()?.at;
    if let Some(reason) = terms.and_then(|terms| verified_terms(case, write, key, at, &write.context, &terms))
    {
        return Some(reason);
    }
    let [Value { choice, .. }] = values else { return None };
    let each = choice.iter().map(|choice| {
        let context = case.with_facts(&write.context, &choice.facts);
        verified_terms(case, write, key, at, &context, &[choice.term?])
    });
    each.collect::<Option<Vec<_>>>()?.into_iter().next()
}

fn verified_terms(
    case: &mut Case<'_, '_>,
    write: &RowWrite,
    key: &ForeignKey,
    at: Location,
    context: &Context,
    terms: &[TermId],
) -> Option<Reason> {
    if terms.len() != key.columns.len() {
        return None;
    }
    let column = case.column_name(write.row, *key.columns.first()?);
    let closure = &context.closure;
    // The key is the id of a claimed scope, and its value is the scope's parameter.
    if let ([term], [foreign]) = (terms, key.foreign_columns.as_slice()) {
        for scope in case.scopes() {
            if key.by_equality
                && scope.id == Some((key.foreign_table, *foreign))
                && case.is_own(closure, scope, *term)
            {
                let param = scope.param.as_deref().unwrap_or_default();
                return Some(Reason { because: format!("{column} is set to :{param}"), at });
            }
        }
    }
    // The value is a column of an entry in scope: either the referenced key itself, or another foreign key to it. The latter
    // is enough to refer to the row, but not if the new row is to be in scope by this key.
    let belongs = belongs_by(case, write, key);
    let entries: BTreeSet<EntryId> =
        closure.class(terms[0]).into_iter().filter_map(|term| case.arena.terms.entry(term)).collect();
    for entry in entries {
        let Some(table) = case.arena.entries[entry].table else { continue };
        let is_it = is_key(case, context, key, terms, entry, table);
        if !is_it && (belongs || !refers_through(case, context, key, terms, entry, table)) {
            continue;
        }
        if is_in_scope(case, entry, table, context) {
            let name = case.name(entry);
            return Some(Reason { because: format!("{column} comes from {name}, which is in scope"), at });
        }
    }
    None
}

/// Whether a new row is in scope by this key.
fn belongs_by(case: &Case<'_, '_>, write: &RowWrite, key: &ForeignKey) -> bool {
    let scopes = case.scopes();
    let is_owned = scopes.iter().any(|scope| scope.owners.contains_key(&write.table));
    let is_via = |via: &Via| {
        via.refers
            && via.table == key.foreign_table
            && via.pairs.iter().all(|(own, _)| key.columns.contains(own))
    };
    write.insert
        && !is_owned
        && scopes.iter().filter_map(|scope| scope.via.get(&write.table)).flatten().any(is_via)
}

/// Whether the values are equal to the referenced columns in a row of this entry.
fn is_key(
    case: &Case<'_, '_>,
    context: &Context,
    key: &ForeignKey,
    terms: &[TermId],
    entry: EntryId,
    table: u32,
) -> bool {
    table == key.foreign_table && match_columns(case, context, terms, entry, &key.foreign_columns)
}

fn match_columns(
    case: &Case<'_, '_>,
    context: &Context,
    terms: &[TermId],
    entry: EntryId,
    columns: &[i32],
) -> bool {
    columns.len() == terms.len()
        && columns.iter().zip(terms).all(|(column, term)| {
            case.column(entry, *column).is_some_and(|found| context.closure.same(found, *term))
        })
}

/// Whether the values are equal to a foreign key of a row of this entry that refers to the same columns.
fn refers_through(
    case: &Case<'_, '_>,
    context: &Context,
    key: &ForeignKey,
    terms: &[TermId],
    entry: EntryId,
    table: u32,
) -> bool {
    let Some(found) = case.table(table) else { return false };
    // A key of which one column is NULL refers to nothing, whatever the others are.
    let is_set = |number: i32| {
        found.column(number).is_some_and(|column| column.not_null)
            || case.column(entry, number).is_some_and(|term| context.closure.is_not_null(term))
    };
    found.foreign_keys.iter().filter(|own| own.foreign_table == key.foreign_table && own.validated).any(
        |own| {
            // The two keys can list the referenced columns in different orders.
            let columns: Option<Vec<i32>> = key
                .foreign_columns
                .iter()
                .map(|foreign| {
                    own.foreign_columns
                        .iter()
                        .position(|column| column == foreign)
                        .map(|position| own.columns[position])
                })
                .collect();
            columns.is_some_and(|columns| {
                match_columns(case, context, terms, entry, &columns)
                    && own.columns.iter().all(|number| columns.contains(number) || is_set(*number))
            })
        },
    )
}

/// Whether the rows of an entry are in scope in the context of the write, or else in the contexts of the entry's own
/// occurrences, where more is known if it is on the nullable side of an outer join.
fn is_in_scope(case: &mut Case<'_, '_>, entry: EntryId, table: u32, context: &Context) -> bool {
    let own: Vec<_> = case.occurrences().into_iter().filter(|found| found.entry == entry).collect();
    if own.is_empty() {
        return by_claims(case, entry, table, context);
    }
    by_claims(case, entry, table, context)
        || own.iter().all(|found| by_claims(case, entry, table, &found.context))
}

fn by_claims(case: &mut Case<'_, '_>, entry: EntryId, table: u32, context: &Context) -> bool {
    let scopes = case.scopes();
    let owning: Vec<_> = scopes.iter().copied().filter(|scope| scope.owners.contains_key(&table)).collect();
    let mut derive = |scope| case.in_scope(scope, entry, Access::Read, context).is_some();
    if owning.is_empty() {
        return scopes.iter().any(|scope| derive(scope));
    }
    owning.into_iter().all(derive)
}

fn missing(case: &Case<'_, '_>, write: &RowWrite, key: &ForeignKey, values: &[Value]) -> Failure {
    let Some(foreign) = case.table(key.foreign_table) else {
        return Failure::new("a foreign key refers to an unknown table", "");
    };
    let columns: Vec<_> = key.columns.iter().map(|column| case.column_name(write.row, *column)).collect();
    let (columns, name, foreign_name) = (columns.join(", "), case.name(write.row), &foreign.name);
    if matches!(case.claims, Claims::Nothing) {
        let message = format!(
            "this query claims no scope, so {columns} of `{name}` cannot refer to a row of `{foreign_name}`"
        );
        return Failure::new(message, claimable(case));
    }
    let message =
        format!("{columns} of `{name}` may refer to a row of `{foreign_name}` outside the caller's scope");
    Failure::new(message, source_of(case, write, key, foreign, values))
}

/// The help: a query that can provide the value.
fn source_of(
    case: &Case<'_, '_>,
    write: &RowWrite,
    key: &ForeignKey,
    foreign: &Table,
    values: &[Value],
) -> String {
    let table = foreign.display_name();
    let general = format!(
        "take the value from a row of `{table}` that is in scope: `insert ... select` from it, or join it"
    );
    let ([value], [number]) = (values, key.foreign_columns.as_slice()) else { return general };
    let (Some(term), Some(column)) = (value.term, foreign.column(*number)) else { return general };
    if !case.arena.terms.is_param(term) {
        return general;
    }
    let mut conditions =
        vec![format!("{}.{} = {}", foreign.name, column.name, case.term_name(term, write.row))];
    let scopes = case.scopes();
    let owning = scopes.iter().filter_map(|scope| {
        let owner = foreign.column(*scope.owners.get(&foreign.oid)?)?;
        let param = scope.param.as_deref()?;
        let param = if scope.set { format!("any(:{param})") } else { format!(":{param}") };
        Some(format!("{}.{} = {param}", foreign.name, owner.name))
    });
    let owning: Vec<_> = owning.collect();
    if owning.is_empty() {
        return general;
    }
    conditions.extend(owning);
    let soft = case.arena.policy.soft_delete_column(foreign).and_then(|number| foreign.column(number));
    conditions
        .extend(soft.map(|soft| live_condition(case.arena.schema, &format!("{}.", foreign.name), soft)));
    let word = if write.insert { "`insert ... select ..." } else { "`update ... set ..." };
    format!(
        "take it from a row that is in scope: {word} {}.{} ... from {table} where {}`",
        foreign.name,
        column.name,
        conditions.join(" and ")
    )
}
