//! SQL/XML, and the table functions of XML and JSON.

use super::ast::{Expr, RangeKind};
use super::fields::{Fields, Known, read};
use super::node::Node;
use super::sql_json;

pub(super) fn xml_expr(fields: &mut Fields) -> Known<Expr> {
    let op = fields.number("op")?;
    let mut args = fields.exprs("named_args")?;
    args.extend(fields.exprs("args")?);
    fields.skip(&["name", "arg_names", "xmloption", "indent", "typmod", "location"]);
    Ok(Expr::Xml { op, args, type_oid: fields.oid("type")? })
}

/// XMLTABLE or JSON_TABLE in FROM.
pub(super) fn table_function(node: Node) -> Known<RangeKind> {
    read(node, &["TABLEFUNC"], |fields| {
        fields.skip(&["functype", "ns_names", "colnames", "coltypes", "coltypmods", "colcollations"]);
        fields.skip(&["notnulls", "ordinalitycol", "location"]);
        let mut exprs = Vec::new();
        for single in ["docexpr", "rowexpr"] {
            exprs.extend(fields.expr_or_none(single)?);
        }
        for list in ["ns_uris", "colexprs", "coldefexprs"] {
            exprs.extend(fields.exprs_or_none(list)?.into_iter().flatten());
        }
        // JSON_TABLE's own, since version 17.
        for list in ["colvalexprs", "passingvalexprs"] {
            if fields.optional(list).is_some() {
                exprs.extend(fields.exprs_or_none(list)?.into_iter().flatten());
            }
        }
        if fields.optional("plan").is_some()
            && let Some(plan) = fields.node_or_none("plan")?
        {
            sql_json::table_plan(plan, &mut exprs)?;
        }
        Ok(RangeKind::TableFunction(exprs))
    })
}
