//! The range table and FROM: generic nodes -> [`RangeEntry`] and [`FromItem`].

use super::ast::*;
use super::expr::{expr, single};
use super::fields::{Fields, Known, Unknown, read};
use super::node::{Node, Value};
use super::query::query;
use super::sql_xml::table_function;

/// Reads an entry. One with anything unknown in it has [`RangeKind::Opaque`].
pub(super) fn range_entry(node: Node) -> Known<RangeEntry> {
    if !matches!(node.tag, "RTE" | "RANGETBLENTRY") {
        return Err(Unknown(node.tag.to_owned()));
    }
    let mut fields = Fields::new(node);
    let alias = fields.node_or_none("alias")?.map(names).transpose()?.map(|(name, _)| name);
    let (name, column_names) = names(fields.node("eref")?)?;
    let lateral = fields.bool("lateral")?;
    let in_from = fields.bool("inFromCl")?;
    let kind = range_kind(&mut fields).and_then(|kind| fields.finish().map(|()| kind));
    let kind = kind.unwrap_or_else(|Unknown(what)| RangeKind::Opaque(what));
    Ok(RangeEntry { kind, alias, name, column_names, lateral, in_from })
}

/// The name and the column names of an alias.
fn names(node: Node) -> Known<(String, Vec<String>)> {
    read(node, &["ALIAS"], |fields| Ok((fields.text("aliasname")?, fields.texts("colnames")?)))
}

fn range_kind(fields: &mut Fields) -> Known<RangeKind> {
    fields.unset("securityQuals")?;
    // Permissions; version 16 moved them elsewhere.
    fields.skip(&[
        "perminfoindex",
        "requiredPerms",
        "checkAsUser",
        "selectedCols",
        "insertedCols",
        "updatedCols",
    ]);
    fields.skip(&["extraUpdatedCols", "rellockmode"]);
    match fields.number("rtekind")? {
        0 => relation(fields),
        1 => {
            // Since version 16 an expanded view keeps its own OID.
            fields.skip(&["security_barrier", "relid", "relkind", "inh"]);
            fields.node("subquery").and_then(query).map(|query| RangeKind::Subquery(Box::new(query)))
        }
        2 => join_columns(fields),
        3 => {
            fields.skip(&["inh"]);
            let functions = fields.nodes("functions", function)?;
            Ok(RangeKind::Function { functions, ordinality: fields.bool("funcordinality")? })
        }
        4 => {
            fields.skip(&["inh"]);
            fields.node("tablefunc").and_then(table_function)
        }
        5 => {
            fields.skip(&["inh", "coltypes", "coltypmods", "colcollations"]);
            values(fields)
        }
        6 => {
            fields.skip(&["inh", "coltypes", "coltypmods", "colcollations"]);
            Ok(RangeKind::Cte {
                name: fields.text("ctename")?,
                levels_up: fields.number("ctelevelsup")?,
                self_reference: fields.bool("self_reference")?,
            })
        }
        8 => {
            fields.skip(&["inh"]);
            Ok(RangeKind::Result)
        }
        9 => {
            fields.skip(&["inh"]);
            fields.exprs("groupexprs").map(RangeKind::Group)
        }
        // 7 is a trigger's transition table, which clients' statements never contain.
        _ => Err(fields.unknown("rtekind")),
    }
}

fn relation(fields: &mut Fields) -> Known<RangeKind> {
    Ok(RangeKind::Relation {
        table: fields.oid("relid")?,
        relkind: single(fields, "relkind")?,
        inherited: fields.bool("inh")?,
        sample: fields.node_or_none("tablesample")?.map(sample).transpose()?,
    })
}

fn sample(node: Node) -> Known<Vec<Expr>> {
    read(node, &["TABLESAMPLECLAUSE"], |fields| {
        fields.skip(&["tsmhandler"]);
        let mut args = fields.exprs("args")?;
        args.extend(fields.expr_or_none("repeatable")?);
        Ok(args)
    })
}

fn join_columns(fields: &mut Fields) -> Known<RangeKind> {
    fields.skip(&["inh", "joinleftcols", "joinrightcols", "join_using_alias"]);
    let kind = join_kind(fields)?;
    let dropped = || Expr::Opaque("a dropped column".to_owned());
    let columns =
        fields.exprs_or_none("joinaliasvars")?.into_iter().map(|column| column.unwrap_or_else(dropped));
    Ok(RangeKind::Join { kind, columns: columns.collect(), merged: fields.number("joinmergedcols")? })
}

fn join_kind(fields: &mut Fields) -> Known<JoinKind> {
    match fields.number("jointype")? {
        0 => Ok(JoinKind::Inner),
        1 => Ok(JoinKind::Left),
        2 => Ok(JoinKind::Full),
        3 => Ok(JoinKind::Right),
        _ => Err(fields.unknown("jointype")),
    }
}

fn function(node: Node) -> Known<(Expr, usize)> {
    read(node, &["RANGETBLFUNCTION"], |fields| {
        fields.skip(&["funccolnames", "funccoltypes", "funccoltypmods", "funccolcollations", "funcparams"]);
        Ok((fields.expr("funcexpr")?, fields.number("funccolcount")?))
    })
}

fn values(fields: &mut Fields) -> Known<RangeKind> {
    let rows = fields.list("values_lists")?.map(|row| match row {
        Value::List(row) => row
            .map(|value| match value {
                Value::Node(node) => Ok(expr(node)),
                _ => Err(fields.unknown("values_lists")),
            })
            .collect(),
        _ => Err(fields.unknown("values_lists")),
    });
    Ok(RangeKind::Values(rows.collect::<Known<_>>()?))
}

pub(super) fn from(node: Node) -> Known<From> {
    read(node, &["FROMEXPR"], |fields| {
        let items = fields.nodes("fromlist", |node| Ok(from_item(node)))?;
        Ok(From { items, quals: fields.expr_or_none("quals")? })
    })
}

fn from_item(node: Node) -> FromItem {
    let item = match node.tag {
        "RANGETBLREF" => read(node, &[node.tag], |fields| fields.number("rtindex").map(FromItem::Range)),
        "JOINEXPR" => join(node).map(|join| FromItem::Join(Box::new(join))),
        "FROMEXPR" => from(node).map(FromItem::Nested),
        other => Err(Unknown(other.to_owned())),
    };
    item.unwrap_or_else(|Unknown(what)| FromItem::Opaque(what))
}

fn join(node: Node) -> Known<Join> {
    read(node, &["JOINEXPR"], |fields| {
        // The condition contains USING and NATURAL, and the entry has the alias.
        fields.skip(&["isNatural", "usingClause", "join_using_alias", "alias"]);
        Ok(Join {
            kind: join_kind(fields)?,
            left: from_item(fields.node("larg")?),
            right: from_item(fields.node("rarg")?),
            quals: fields.expr_or_none("quals")?,
            range: Some(fields.number("rtindex")?).filter(|index| *index > 0),
        })
    })
}
