//! SQL/JSON, of versions 16 and 17.

use super::ast::{Expr, Oid};
use super::fields::{Fields, Known, Unknown, read};
use super::node::Node;
use crate::tree::pg_type::BOOL;

pub(super) fn value(fields: &mut Fields) -> Known<Expr> {
    let mut args = vec![fields.expr("raw_expr")?];
    args.extend(fields.expr_or_none("formatted_expr")?);
    fields.skip(&["format"]);
    Ok(json(fields, args, 0, 0, false))
}

pub(super) fn constructor(fields: &mut Fields) -> Known<Expr> {
    let op = fields.number("type")?;
    let mut args = fields.exprs("args")?;
    args.extend(fields.expr_or_none("func")?);
    args.extend(fields.expr_or_none("coercion")?);
    let absent_on_null = fields.bool("absent_on_null")?;
    fields.skip(&["unique", "location"]);
    let type_oid = returning(fields)?;
    Ok(json(fields, args, type_oid, op, absent_on_null))
}

pub(super) fn is_json(fields: &mut Fields) -> Known<Expr> {
    let args = vec![fields.expr("expr")?];
    let op = fields.number("item_type")?;
    fields.skip(&["format", "unique_keys", "location"]);
    Ok(json(fields, args, BOOL, op, false))
}

pub(super) fn json_expr(fields: &mut Fields) -> Known<Expr> {
    let op = fields.number("op")?;
    let mut args = Vec::new();
    args.extend(fields.expr_or_none("formatted_expr")?);
    args.extend(fields.expr_or_none("path_spec")?);
    args.extend(fields.exprs("passing_values")?);
    for case in ["on_empty", "on_error"] {
        if let Some(behavior) = fields.node_or_none(case)? {
            args.extend(self::behavior(behavior)?);
        }
    }
    fields.skip(&["column_name", "format", "passing_names", "use_io_coercion", "use_json_coercion"]);
    fields.skip(&["wrapper", "omit_quotes", "collation", "location"]);
    let type_oid = returning(fields)?;
    Ok(json(fields, args, type_oid, op, false))
}

fn json(fields: &Fields, args: Vec<Expr>, type_oid: Oid, op: u32, absent_on_null: bool) -> Expr {
    Expr::Json { tag: fields.tag().to_owned(), args, type_oid, op, absent_on_null }
}

/// The type of RETURNING.
fn returning(fields: &mut Fields) -> Known<Oid> {
    let Some(node) = fields.node_or_none("returning")? else { return Ok(0) };
    read(node, &["JSONRETURNING"], |fields| {
        fields.skip(&["format", "typmod"]);
        fields.oid("typid")
    })
}

/// The DEFAULT of ON EMPTY and ON ERROR.
fn behavior(node: Node) -> Known<Option<Expr>> {
    read(node, &["JSONBEHAVIOR"], |fields| {
        fields.skip(&["btype", "coerce", "location"]);
        fields.expr_or_none("expr")
    })
}

/// The paths of JSON_TABLE's nested columns.
pub(super) fn table_plan(node: Node, exprs: &mut Vec<Expr>) -> Known<()> {
    match node.tag {
        "JSONTABLEPATHSCAN" => read(node, &[node.tag], |fields| {
            exprs.push(read(fields.node("path")?, &["JSONTABLEPATH"], |path| {
                path.skip(&["name"]);
                path.expr("value")
            })?);
            fields.skip(&["errorOnError", "colMin", "colMax"]);
            fields.node_or_none("child")?.map_or(Ok(()), |child| table_plan(child, exprs))
        }),
        "JSONTABLESIBLINGJOIN" => read(node, &[node.tag], |fields| {
            table_plan(fields.node("lplan")?, exprs)?;
            table_plan(fields.node("rplan")?, exprs)
        }),
        other => Err(Unknown(other.to_owned())),
    }
}
