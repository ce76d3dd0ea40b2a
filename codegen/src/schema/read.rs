//! The catalogs -> [`Schema`]. One `.sql` file per noun, each answering with one JSON document.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    Check, Column, ForeignKey, Function, Implied, Operator, Schema, Table, Trigger, Type, TypeKind, UniqueKey,
};
use crate::postgres::{Session, Sessions};
use crate::tree::{self, Expr, Oid, Query};
use crate::{Error, Result};

/// Reads the schema of a database on two sessions, which share the work.
///
/// # Errors
/// The connection broke, or the server stores a tree that cannot be read.
pub fn read(sessions: &mut Sessions) -> Result<Schema> {
    let (relations, others) = sessions.both(Relations::read, Others::read);
    let Relations { mut tables, types, implied, operators } = relations?;
    let Others { functions, collations, keys } = others?;
    add_keys(&mut tables, keys)?;
    Ok(Schema { tables, types, implied, functions, operators, nondeterministic_collations: collations })
}

struct Relations {
    tables: BTreeMap<Oid, Table>,
    types: BTreeMap<Oid, Type>,
    implied: BTreeMap<Oid, Implied>,
    operators: BTreeMap<Oid, Operator>,
}

impl Relations {
    fn read(session: &mut Session) -> Result<Relations> {
        let [tables, types, operators] = session.documents([
            include_str!("tables.sql"),
            include_str!("types.sql"),
            include_str!("operators.sql"),
        ])?;
        let mut types: Vec<TypeRow> = types.read()?;
        Ok(Relations {
            tables: self::tables(tables.read()?)?,
            implied: implied(&mut types),
            types: self::types(types)?,
            operators: self::operators(operators.read()?),
        })
    }
}

struct Others {
    functions: BTreeMap<Oid, Function>,
    collations: BTreeSet<Oid>,
    keys: KeyRows,
}

impl Others {
    fn read(session: &mut Session) -> Result<Others> {
        let [functions, collations, keys] = session.documents([
            include_str!("functions.sql"),
            include_str!("collations.sql"),
            include_str!("keys.sql"),
        ])?;
        Ok(Others {
            functions: self::functions(functions.read()?)?,
            collations: collations.read()?,
            keys: keys.read()?,
        })
    }
}

#[derive(Deserialize)]
struct TableRow {
    oid: Oid,
    schema: String,
    name: String,
    kind: char,
    comment: Option<String>,
    row_type: Oid,
    visible: bool,
    partition_of: Option<Oid>,
    inherits: Vec<Oid>,
    has_children: bool,
    columns: Vec<ColumnRow>,
    view: Option<String>,
    has_rules: bool,
    row_security: bool,
    policies: Option<Vec<String>>,
    triggers: Vec<TriggerRow>,
}

#[derive(Deserialize)]
struct ColumnRow {
    number: i32,
    name: String,
    type_oid: Oid,
    typmod: i32,
    collation: Oid,
    not_null: bool,
    has_default: bool,
    identity: bool,
    generated: Option<String>,
    comment: Option<String>,
}

#[derive(Deserialize)]
struct TriggerRow {
    name: String,
    kind: i16,
}

fn tables(rows: Vec<TableRow>) -> Result<BTreeMap<Oid, Table>> {
    rows.into_iter().map(|row| Ok((row.oid, table(row)?))).collect()
}

fn table(row: TableRow) -> Result<Table> {
    let columns = row.columns.into_iter().map(|column| {
        let owner = || format!("the generation expression of {}.{}", row.name, column.name);
        Ok(Column {
            generated: column.generated.as_deref().map(|text| expr(text, owner)).transpose()?,
            number: column.number,
            name: column.name,
            type_oid: column.type_oid,
            typmod: column.typmod,
            collation: column.collation,
            not_null: column.not_null,
            has_default: column.has_default,
            identity: column.identity,
            comment: column.comment,
        })
    });
    let policies = row.policies.iter().flatten();
    let policies = policies.map(|text| expr(text, || format!("a policy of {}", row.name)));
    Ok(Table {
        policies: policies.collect::<Result<_>>()?,
        columns: columns.collect::<Result<_>>()?,
        view: match row.view {
            Some(text) => queries(&text, || format!("the view {}", row.name))?.into_iter().next(),
            None => None,
        },
        oid: row.oid,
        schema: row.schema,
        name: row.name,
        kind: row.kind,
        comment: row.comment,
        row_type: row.row_type,
        visible: row.visible,
        partition_of: row.partition_of,
        inherits: row.inherits,
        has_children: row.has_children,
        unique: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        constraint_names: Vec::new(),
        triggers: row
            .triggers
            .into_iter()
            .map(|trigger| Trigger { name: trigger.name, kind: trigger.kind })
            .collect(),
        has_rules: row.has_rules,
        row_security: row.row_security,
    })
}

#[derive(Deserialize)]
struct KeyRows {
    indexes: Vec<IndexRow>,
    constraints: Vec<ConstraintRow>,
}

#[derive(Deserialize)]
struct IndexRow {
    oid: Oid,
    table: Oid,
    name: String,
    primary: bool,
    valid: bool,
    immediate: bool,
    nulls_not_distinct: bool,
    columns: Vec<i32>,
    default_classes: bool,
    predicate: Option<String>,
}

#[derive(Deserialize)]
struct ConstraintRow {
    oid: Oid,
    table: Oid,
    name: String,
    kind: char,
    validated: bool,
    part: bool,
    default_classes: bool,
    columns: Option<Vec<i32>>,
    foreign_table: Oid,
    foreign_columns: Option<Vec<i32>>,
    on_delete: char,
    on_update: char,
    check: Option<String>,
}

fn add_keys(tables: &mut BTreeMap<Oid, Table>, rows: KeyRows) -> Result<()> {
    for row in rows.indexes {
        let Some(table) = tables.get_mut(&row.table) else { continue };
        let predicate = row
            .predicate
            .as_deref()
            .map(|text| expr(text, || format!("the predicate of index {}", row.name)));
        table.constraint_names.push(row.name.clone());
        table.unique.push(UniqueKey {
            index: row.oid,
            primary: row.primary,
            columns: row.columns,
            predicate: predicate.transpose()?,
            holds: row.valid && row.immediate && row.default_classes,
            nulls_not_distinct: row.nulls_not_distinct,
            name: row.name,
        });
    }
    for row in rows.constraints {
        let Some(table) = tables.get_mut(&row.table) else { continue };
        table.constraint_names.push(row.name.clone());
        match (row.kind, row.check) {
            ('f', _) => table.foreign_keys.push(ForeignKey {
                oid: row.oid,
                name: row.name,
                columns: row.columns.unwrap_or_default(),
                foreign_table: row.foreign_table,
                foreign_columns: row.foreign_columns.unwrap_or_default(),
                on_delete: row.on_delete,
                on_update: row.on_update,
                validated: row.validated && !row.part,
                part: row.part,
                by_equality: row.default_classes,
            }),
            ('c', Some(text)) => table.checks.push(Check {
                expr: expr(&text, || format!("the check {}", row.name))?,
                name: row.name,
                validated: row.validated,
            }),
            // For primary keys, unique and exclusion constraints only the name matters: their indexes are listed above.
            _ => {}
        }
    }
    for table in tables.values_mut() {
        // In an order that does not depend on the order in which the constraints were added, as by a restored dump.
        table
            .unique
            .sort_by(|a, b| (!a.primary, &a.columns, &a.name).cmp(&(!b.primary, &b.columns, &b.name)));
        table.foreign_keys.sort_by(|a, b| (&a.columns, &a.name).cmp(&(&b.columns, &b.name)));
        table.checks.sort_by(|a, b| a.name.cmp(&b.name));
        table.constraint_names.sort();
        table.constraint_names.dedup();
    }
    Ok(())
}

#[derive(Deserialize)]
struct TypeRow {
    oid: Oid,
    schema: String,
    name: String,
    kind: char,
    category: char,
    relation: Oid,
    element: Oid,
    array: Oid,
    is_array: bool,
    base: Oid,
    base_typmod: i32,
    not_null: bool,
    collation: Oid,
    visible: bool,
    range_of: Option<Oid>,
    casts_to_json: bool,
    compared_by: Option<Vec<Oid>>,
    cast_by: Option<Vec<(Oid, Oid)>>,
    labels: Option<Vec<LabelRow>>,
    checks: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct LabelRow {
    oid: Oid,
    label: String,
}

fn implied(rows: &mut [TypeRow]) -> BTreeMap<Oid, Implied> {
    let of_row = |row: &mut TypeRow| {
        let found = Implied {
            compare: row.compared_by.take().unwrap_or_default(),
            cast: row.cast_by.take().unwrap_or_default(),
        };
        (!found.compare.is_empty() || !found.cast.is_empty()).then_some((row.oid, found))
    };
    rows.iter_mut().filter_map(of_row).collect()
}

fn types(rows: Vec<TypeRow>) -> Result<BTreeMap<Oid, Type>> {
    rows.into_iter()
        .map(|row| {
            let kind = match (row.kind, row.range_of) {
                ('e', _) => TypeKind::Enum {
                    labels: row
                        .labels
                        .unwrap_or_default()
                        .into_iter()
                        .map(|label| (label.oid, label.label))
                        .collect(),
                },
                ('d', _) => {
                    TypeKind::Domain { base: row.base, typmod: row.base_typmod, not_null: row.not_null }
                }
                ('c', _) => TypeKind::Composite { relation: row.relation },
                ('r', Some(of)) => TypeKind::Range { of },
                ('m', Some(of)) => TypeKind::Multirange { of },
                ('p', _) => TypeKind::Pseudo,
                _ if row.is_array => TypeKind::Array { element: row.element },
                _ => TypeKind::Base,
            };
            let checks = row.checks.iter().flatten();
            let checks = checks
                .map(|text| expr(text, || format!("a check of domain {}", row.name)))
                .collect::<Result<_>>()?;
            let found = Type {
                oid: row.oid,
                schema: row.schema,
                name: row.name,
                kind,
                category: row.category,
                collation: row.collation,
                array: row.array,
                visible: row.visible,
                casts_to_json: row.casts_to_json,
                checks,
            };
            Ok((row.oid, found))
        })
        .collect()
}

#[derive(Deserialize)]
struct FunctionRow(
    Oid,
    String,
    String,
    char,
    bool,
    char,
    bool,
    Oid,
    Vec<Oid>,
    bool,
    String,
    Option<String>,
    Option<Vec<Oid>>,
    Option<String>,
    Option<String>,
);

fn functions(rows: Vec<FunctionRow>) -> Result<BTreeMap<Oid, Function>> {
    rows.into_iter()
        .map(|row| {
            let FunctionRow(oid, schema, name, kind, strict, volatility, returns_set, result, parameters, ..) = row;
            let body = row.11.map(|text| queries(&text, || format!("the body of function {name}"))).transpose()?;
            let defaults = row.13.map(|text| exprs(&text, || format!("the defaults of function {name}"))).transpose()?;
            let (variadic, language, parts) = (row.9, row.10, row.12.unwrap_or_default());
            let found = Function {
                oid,
                schema,
                name,
                kind,
                strict,
                volatility,
                returns_set,
                result,
                parameters,
                defaults: defaults.unwrap_or_default(),
                variadic,
                language,
                parts,
                body,
                extension: row.14,
            };
            Ok((oid, found))
        })
        .collect()
}

#[derive(Deserialize)]
struct OperatorRow(Oid, String, String, Oid, Oid, Oid, Oid, Oid, Oid, Option<i16>, Option<i16>, Vec<Oid>);

fn operators(rows: Vec<OperatorRow>) -> BTreeMap<Oid, Operator> {
    rows.into_iter()
        .map(
            |OperatorRow(
                oid,
                schema,
                name,
                function,
                left,
                right,
                result,
                negator,
                commutator,
                btree,
                hash,
                support,
            )| {
                let found = Operator {
                    oid,
                    schema,
                    name,
                    function,
                    left,
                    right,
                    result,
                    negator,
                    commutator,
                    btree,
                    hash,
                    support,
                };
                (oid, found)
            },
        )
        .collect()
}

fn expr(text: &str, what: impl Fn() -> String) -> Result<Expr> {
    tree::read_expr(text).map_err(|error| unreadable(&what(), error))
}

fn exprs(text: &str, what: impl Fn() -> String) -> Result<Vec<Expr>> {
    tree::read_exprs(text).map_err(|error| unreadable(&what(), error))
}

fn queries(text: &str, what: impl Fn() -> String) -> Result<Vec<Query>> {
    tree::read_stored_query(text).map_err(|error| unreadable(&what(), error))
}

fn unreadable(what: &str, error: tree::TreeError) -> Error {
    Error::new(format!("cannot read {what} as the server stores it"))
        .because(error)
        .help("this version of PostgreSQL may be newer than this sqlward understands: 14 to 18 are supported")
}
