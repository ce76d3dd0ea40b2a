//! `--@ copy`: adds owner columns, and rejects copies that would behave differently from the INSERT that is analysed.

use crate::diagnostics::Diagnostic;
use crate::parse::{CopyDecl, QueryDecl, SqlName};
use crate::prove::Policy;
use crate::schema::{Column, Schema, Table, TypeKind};
use crate::tree::walk::each_expr;
use crate::tree::{Expr, Location, Oid, Query, RangeKind, Target};

/// The rule of these errors.
const RULE: &str = "copy";

/// Makes the tokens fill the owner columns. Owner columns that are not listed are put first.
pub fn fill_owners(schema: &Schema, policy: &Policy, mut decl: QueryDecl) -> QueryDecl {
    let Some(copy) = &decl.copy else { return decl };
    // If there is no such table, the server or the proof reports it.
    let Some(table) = schema.table_named(&copy.table.name) else { return decl };
    let mut owners: Vec<(&str, &str)> = Vec::new();
    for (number, param) in policy.owner_columns(&decl, table.oid) {
        // Two tokens cannot fill one column; the proof reports the one that is missing.
        if let Some(column) = table.column(number)
            && !owners.iter().any(|(known, _)| *known == column.name)
        {
            owners.push((&column.name, param));
        }
    }
    let listed = |name: &str| copy.columns.iter().any(|column| column.name == name);
    let added: Vec<(SqlName, &str)> = owners
        .iter()
        .filter(|(column, _)| !listed(column))
        .map(|(column, param)| (added(column, copy), *param))
        .collect();
    let param =
        |column: &SqlName| owners.iter().find(|(name, _)| *name == column.name).map(|(_, param)| *param);
    let columns = copy.columns.iter().map(|column| (column, param(column).unwrap_or(&column.name)));
    let columns: Vec<_> = added.iter().map(|(column, param)| (column, *param)).chain(columns).collect();
    decl.sql = copy.insert_of(&columns);
    decl
}

/// The name of a column that is added.
fn added(column: &str, copy: &CopyDecl) -> SqlName {
    // No SQL keyword ends like this.
    let is_plain = column.ends_with("_id")
        && !column.starts_with(|first: char| first.is_ascii_digit())
        && column.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let quoted = || format!("\"{}\"", column.replace('"', "\"\""));
    let written = if is_plain { column.to_owned() } else { quoted() };
    SqlName { written, name: column.to_owned(), span: copy.table.span }
}

/// How COPY would behave differently from the INSERT, if it would.
pub fn difference(schema: &Schema, decl: &QueryDecl, tree: &Query) -> Option<Diagnostic> {
    let copy = decl.copy.as_ref()?;
    let error = |span, (message, help): (String, String)| {
        Some(Diagnostic::error(RULE, span, message).help(help).query(decl.path()))
    };
    let Some(table) = target(schema, tree) else {
        let help = "COPY is only possible into tables of the schema".to_owned();
        return error(copy.table.span, (format!("`{}` is not a table of the schema", copy.table.name), help));
    };
    if let Some(problem) = of_table(table) {
        return error(copy.table.span, problem);
    }
    if let Some((column, found, at)) = tree.targets.iter().find_map(|target| of_column(schema, table, target))
    {
        let (name, wanted) = (&column.name, schema.type_name(column.type_oid));
        let message =
            format!("`{name}` is of type {wanted}, but gets a value of type {}", schema.type_name(found));
        let help = "INSERT converts the value, COPY does not: write an INSERT from `unnest`".to_owned();
        return error(at.map_or(copy.span, |at| decl.sql.token_span(at)), (message, help));
    }
    if let Some(param) = decl.sql.params.iter().find(|param| param.uses.len() > 1) {
        let message = format!("the token's `:{}` would fill two columns", param.name);
        let help = "list only the owner column, or write an INSERT from `unnest`".to_owned();
        return error(param.uses[1], (message, help));
    }
    let left_out =
        table.columns.iter().filter(|column| !tree.targets.iter().any(|target| assigns(target, column)));
    let unchecked = left_out
        .filter(|column| !column.has_default && !column.identity && column.generated.is_none())
        .find(|column| may_refuse_null(schema, column.type_oid))?;
    let (column, domain) = (&unchecked.name, schema.type_name(unchecked.type_oid));
    let message = format!("COPY would set `{column}` to NULL without checking its domain {domain}");
    error(copy.span, (message, format!("list the column, as nullable if its domain allows NULL: `{column}`")))
}

fn target<'a>(schema: &'a Schema, tree: &Query) -> Option<&'a Table> {
    match &tree.range(tree.result_relation?)?.kind {
        RangeKind::Relation { table, .. } => schema.table(*table),
        _ => None,
    }
}

/// Features of a table that affect INSERT and not COPY.
fn of_table(table: &Table) -> Option<(String, String)> {
    let name = table.display_name();
    let unnest = "write an INSERT from `unnest`, which takes a list of items";
    if !matches!(table.kind, 'r' | 'p') {
        return Some((format!("`{name}` is not a table, and COPY writes only to tables"), unnest.to_owned()));
    }
    if table.has_rules {
        return Some((format!("`{name}` has rules for INSERT, which COPY bypasses"), unnest.to_owned()));
    }
    let message = format!("`{name}` has row-level security, which COPY does not support");
    table.row_security.then(|| (message, unnest.to_owned()))
}

/// A parameter and column whose value the INSERT would convert and COPY would misread.
fn of_column<'a>(
    schema: &'a Schema,
    table: &'a Table,
    target: &Target,
) -> Option<(&'a Column, Oid, Location)> {
    let column = table.columns.iter().find(|column| assigns(target, column))?;
    let mut differs = None;
    each_expr(&target.expr, &mut |expr| {
        if let Expr::Param { type_oid, location, .. } = expr
            && !are_alike(schema, *type_oid, column.type_oid)
        {
            differs = Some((column, *type_oid, *location));
        }
    });
    differs
}

/// Whether values of two types have the same encoding.
fn are_alike(schema: &Schema, one: Oid, other: Oid) -> bool {
    const TEXTS: [&str; 3] = ["text", "varchar", "bpchar"];
    let base = |oid| schema.base_type(oid);
    let is_text = |oid| base(oid).is_some_and(|found| found.is_built_in() && TEXTS.contains(&&*found.name));
    let same = base(one).zip(base(other)).is_some_and(|(one, other)| one.oid == other.oid);
    same || (is_text(one) && is_text(other))
}

fn assigns(target: &Target, column: &Column) -> bool {
    !target.junk && i32::try_from(target.number) == Ok(column.number)
}

/// Whether a type has constraints, which may reject even NULL.
fn may_refuse_null(schema: &Schema, oid: Oid) -> bool {
    let Some(found) = schema.types.get(&oid) else { return true };
    match found.kind {
        TypeKind::Domain { base, not_null, .. } => {
            not_null || !found.checks.is_empty() || may_refuse_null(schema, base)
        }
        _ => false,
    }
}
