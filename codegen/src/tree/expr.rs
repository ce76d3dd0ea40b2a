//! Expressions: generic nodes -> [`Expr`].

use super::ast::*;
use super::constant::constant;
use super::fields::{Fields, Known, Unknown, read};
use super::node::{Node, Value};
use super::query::{query, sort_group, target};
use super::{sql_json, sql_xml};

/// Reads an expression. One with anything unknown in it is opaque.
pub(super) fn expr(node: Node) -> Expr {
    let mut fields = Fields::new(node);
    let expr = match reader(node.tag) {
        Some(read) => read(&mut fields).and_then(|expr| fields.finish().map(|()| expr)),
        None => Err(Unknown(node.tag.to_owned())),
    };
    expr.unwrap_or_else(|Unknown(what)| Expr::Opaque(what))
}

impl Fields<'_, '_> {
    pub(super) fn expr(&mut self, name: &str) -> Known<Expr> {
        self.node(name).map(expr)
    }

    pub(super) fn boxed(&mut self, name: &str) -> Known<Box<Expr>> {
        self.expr(name).map(Box::new)
    }

    pub(super) fn expr_or_none(&mut self, name: &str) -> Known<Option<Expr>> {
        Ok(self.node_or_none(name)?.map(expr))
    }

    pub(super) fn boxed_or_none(&mut self, name: &str) -> Known<Option<Box<Expr>>> {
        Ok(self.expr_or_none(name)?.map(Box::new))
    }

    pub(super) fn exprs(&mut self, name: &str) -> Known<Vec<Expr>> {
        self.nodes(name, |node| Ok(expr(node)))
    }

    /// A list of expressions in which elements can be missing.
    pub(super) fn exprs_or_none(&mut self, name: &str) -> Known<Vec<Option<Expr>>> {
        let elements = self.list(name)?.map(|value| match value {
            Value::Null => Ok(None),
            Value::Node(node) => Ok(Some(expr(node))),
            _ => Err(self.unknown(name)),
        });
        elements.collect()
    }

    pub(super) fn form(&mut self, name: &str) -> Known<CallForm> {
        match self.number(name)? {
            0 => Ok(CallForm::Call),
            1 => Ok(CallForm::ExplicitCast),
            2 => Ok(CallForm::ImplicitCast),
            3 => Ok(CallForm::Syntax),
            _ => Err(self.unknown(name)),
        }
    }
}

type Reader = fn(&mut Fields) -> Known<Expr>;

/// The reader for the nodes of a tag. Some tags had other names before version 16.
fn reader(tag: &str) -> Option<Reader> {
    Some(match tag {
        "VAR" => var,
        "CONST" => constant,
        "PARAM" => param,
        "AGGREF" => aggregate,
        "GROUPINGFUNC" => grouping,
        "WINDOWFUNC" => window_call,
        "SUBSCRIPTINGREF" => subscript,
        "FUNCEXPR" => function,
        "NAMEDARGEXPR" => named_argument,
        "OPEXPR" => |fields| operator(fields).map(Expr::Operator),
        "DISTINCTEXPR" => |fields| operator(fields).map(Expr::Distinct),
        "NULLIFEXPR" => |fields| operator(fields).map(Expr::NullIf),
        "SCALARARRAYOPEXPR" => array_operator,
        "BOOLEXPR" => bool_expr,
        "SUBLINK" => sublink,
        "FIELDSELECT" => field_select,
        "FIELDSTORE" => field_store,
        "RELABELTYPE" => relabel,
        "COERCEVIAIO" => in_out,
        "ARRAYCOERCEEXPR" => array_cast,
        "CONVERTROWTYPEEXPR" => row_cast,
        "COERCETODOMAIN" => domain_cast,
        "COLLATE" | "COLLATEEXPR" => collate,
        "CASE" | "CASEEXPR" => case,
        "CASETESTEXPR" => |fields| Ok(Expr::CaseTest { type_oid: case_test(fields)? }),
        "ARRAY" | "ARRAYEXPR" => array,
        "ROW" | "ROWEXPR" => row,
        "ROWCOMPARE" | "ROWCOMPAREEXPR" => row_compare,
        "COALESCE" | "COALESCEEXPR" => coalesce,
        "MINMAX" | "MINMAXEXPR" => min_max,
        "SQLVALUEFUNCTION" => sql_value,
        "XMLEXPR" => sql_xml::xml_expr,
        "JSONVALUEEXPR" => sql_json::value,
        "JSONCONSTRUCTOREXPR" => sql_json::constructor,
        "JSONISPREDICATE" => sql_json::is_json,
        "JSONEXPR" => sql_json::json_expr,
        "NULLTEST" => null_test,
        "BOOLEANTEST" => boolean_test,
        "COERCETODOMAINVALUE" => |fields| Ok(Expr::DomainValue { type_oid: placeholder(fields)? }),
        "SETTODEFAULT" => |fields| Ok(Expr::Default { type_oid: placeholder(fields)? }),
        "CURRENTOFEXPR" => current_of,
        "NEXTVALUEEXPR" => next_value,
        "MERGESUPPORTFUNC" => merge_action,
        "RETURNINGEXPR" => returning,
        _ => return None,
    })
}

fn var(fields: &mut Fields) -> Known<Expr> {
    let var = Var {
        range: fields.number("varno")?,
        attribute: fields.number("varattno")?,
        type_oid: fields.oid("vartype")?,
        typmod: fields.number("vartypmod")?,
        collation: fields.oid("varcollid")?,
        levels_up: fields.number("varlevelsup")?,
        returning: match fields.optional("varreturningtype") {
            None | Some(Value::Word("0")) => VarReturning::Default,
            Some(Value::Word("1")) => VarReturning::Old,
            Some(Value::Word("2")) => VarReturning::New,
            Some(_) => return Err(fields.unknown("varreturningtype")),
        },
        location: fields.location()?,
    };
    // `varnullingrels` follows from the join tree. The other two are redundant with varno and varattno.
    fields.skip(&["varnullingrels", "varnosyn", "varattnosyn"]);
    Ok(Expr::Var(var))
}

fn param(fields: &mut Fields) -> Known<Expr> {
    let kind = match fields.number("paramkind")? {
        0 => ParamKind::Extern,
        1 => ParamKind::Exec,
        2 => ParamKind::Sublink,
        3 => ParamKind::MultiAssign,
        _ => return Err(fields.unknown("paramkind")),
    };
    let id = fields.number("paramid")?;
    let type_oid = fields.oid("paramtype")?;
    fields.skip(&["paramtypmod", "paramcollid"]);
    Ok(Expr::Param { kind, id, type_oid, location: fields.location()? })
}

fn aggregate(fields: &mut Fields) -> Known<Expr> {
    let aggregate = Aggregate {
        function: fields.oid("aggfnoid")?,
        type_oid: fields.oid("aggtype")?,
        direct_args: fields.exprs("aggdirectargs")?,
        args: fields.nodes("args", target)?,
        order: fields.nodes("aggorder", sort_group)?,
        distinct: fields.nodes("aggdistinct", sort_group)?,
        filter: fields.expr_or_none("aggfilter")?,
        star: fields.bool("aggstar")?,
        kind: single(fields, "aggkind")?,
        levels_up: fields.number("agglevelsup")?,
        location: fields.location()?,
    };
    fields.skip(&["aggcollid", "inputcollid", "aggtranstype", "aggargtypes", "aggvariadic"]);
    // Only the planner uses these.
    fields.skip(&["aggpresorted", "aggsplit", "aggno", "aggtransno"]);
    Ok(Expr::Aggregate(Box::new(aggregate)))
}

pub(super) fn single(fields: &mut Fields, name: &str) -> Known<char> {
    let mut characters = fields.word(name)?.chars();
    characters.next().filter(|_| characters.next().is_none()).ok_or_else(|| fields.unknown(name))
}

fn grouping(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["refs", "cols", "agglevelsup"]);
    Ok(Expr::Grouping { args: fields.exprs("args")?, location: fields.location()? })
}

fn window_call(fields: &mut Fields) -> Known<Expr> {
    let function = fields.oid("winfnoid")?;
    let type_oid = fields.oid("wintype")?;
    let args = fields.exprs("args")?;
    let filter = fields.boxed_or_none("aggfilter")?;
    fields.unset("runCondition")?;
    fields.skip(&["wincollid", "winstar"]);
    let (parameters, collation) = ((0..args.len()).collect(), fields.oid("inputcollid")?);
    Ok(Expr::WindowCall {
        filter,
        window: fields.number("winref")?,
        aggregate: fields.bool("winagg")?,
        call: Call { function, type_oid, args, parameters, collation, location: fields.location()? },
    })
}

fn subscript(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["refelemtype", "reftypmod", "refcollid"]);
    Ok(Expr::Subscript {
        container_type: fields.oid("refcontainertype")?,
        type_oid: fields.oid("refrestype")?,
        upper: fields.exprs_or_none("refupperindexpr")?,
        lower: fields.exprs_or_none("reflowerindexpr")?,
        container: fields.boxed("refexpr")?,
        assigned: fields.boxed_or_none("refassgnexpr")?,
    })
}

fn function(fields: &mut Fields) -> Known<Expr> {
    let function = fields.oid("funcid")?;
    let type_oid = fields.oid("funcresulttype")?;
    let set = fields.bool("funcretset")?;
    let variadic = fields.bool("funcvariadic")?;
    let form = fields.form("funcformat")?;
    fields.skip(&["funccollid"]);
    let collation = fields.oid("inputcollid")?;
    let (parameters, args) = arguments(fields)?.into_iter().unzip();
    Ok(Expr::Function {
        call: Call { function, type_oid, args, parameters, collation, location: fields.location()? },
        set,
        variadic,
        form,
    })
}

/// Arguments in the order of the parameters. Named ones are printed in the author's order, with the parameter's number.
fn arguments(fields: &mut Fields) -> Known<Vec<(usize, Expr)>> {
    let nodes = fields.nodes("args", Ok)?;
    let mut numbered = Vec::with_capacity(nodes.len());
    for (position, node) in nodes.into_iter().enumerate() {
        let number =
            if node.tag == "NAMEDARGEXPR" { Fields::new(node).number("argnumber")? } else { position };
        numbered.push((number, expr(node)));
    }
    numbered.sort_by_key(|(number, _)| *number);
    Ok(numbered)
}

fn named_argument(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["name", "argnumber", "location"]);
    Ok(Expr::NamedArgument(fields.boxed("arg")?))
}

fn operator(fields: &mut Fields) -> Known<Operator> {
    fields.skip(&["opfuncid", "opcollid"]);
    Ok(Operator {
        operator: fields.oid("opno")?,
        type_oid: fields.oid("opresulttype")?,
        set: fields.bool("opretset")?,
        collation: fields.oid("inputcollid")?,
        args: fields.exprs("args")?,
        location: fields.location()?,
    })
}

fn array_operator(fields: &mut Fields) -> Known<Expr> {
    // The planner looks up these functions.
    fields.skip(&["opfuncid", "hashfuncid", "negfuncid"]);
    let [scalar, array] = <[Expr; 2]>::try_from(fields.exprs("args")?).map_err(|_| fields.unknown("args"))?;
    Ok(Expr::ArrayOperator {
        operator: fields.oid("opno")?,
        any: fields.bool("useOr")?,
        collation: fields.oid("inputcollid")?,
        scalar: Box::new(scalar),
        array: Box::new(array),
        location: fields.location()?,
    })
}

fn bool_expr(fields: &mut Fields) -> Known<Expr> {
    let op = match fields.word("boolop")? {
        "and" => BoolOp::And,
        "or" => BoolOp::Or,
        "not" => BoolOp::Not,
        _ => return Err(fields.unknown("boolop")),
    };
    Ok(Expr::Bool { op, args: fields.exprs("args")?, location: fields.location()? })
}

fn sublink(fields: &mut Fields) -> Known<Expr> {
    let kind = match fields.number("subLinkType")? {
        0 => SublinkKind::Exists,
        1 => SublinkKind::All,
        2 => SublinkKind::Any,
        3 => SublinkKind::RowCompare,
        4 => SublinkKind::Scalar,
        5 => SublinkKind::MultiAssign,
        6 => SublinkKind::Array,
        7 => SublinkKind::Cte,
        _ => return Err(fields.unknown("subLinkType")),
    };
    // The name of the operator as written. The test has the resolved operator.
    fields.skip(&["operName"]);
    Ok(Expr::Sublink(Box::new(Sublink {
        kind,
        id: fields.number("subLinkId")?,
        test: fields.expr_or_none("testexpr")?,
        query: query(fields.node("subselect")?)?,
        location: fields.location()?,
    })))
}

fn field_select(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["resulttypmod", "resultcollid"]);
    Ok(Expr::Field {
        arg: fields.boxed("arg")?,
        number: fields.number("fieldnum")?,
        type_oid: fields.oid("resulttype")?,
    })
}

fn field_store(fields: &mut Fields) -> Known<Expr> {
    Ok(Expr::FieldStore {
        arg: fields.boxed("arg")?,
        values: fields.exprs("newvals")?,
        numbers: fields.numbers("fieldnums")?,
        type_oid: fields.oid("resulttype")?,
    })
}

fn relabel(fields: &mut Fields) -> Known<Expr> {
    let typmod = fields.number("resulttypmod")?;
    let form = fields.form("relabelformat")?;
    cast(fields, CastVia::Relabel, None, typmod, form)
}

fn in_out(fields: &mut Fields) -> Known<Expr> {
    let form = fields.form("coerceformat")?;
    cast(fields, CastVia::InOut, None, -1, form)
}

fn array_cast(fields: &mut Fields) -> Known<Expr> {
    let element = fields.boxed("elemexpr")?;
    let typmod = fields.number("resulttypmod")?;
    let form = fields.form("coerceformat")?;
    cast(fields, CastVia::ArrayElements, Some(element), typmod, form)
}

fn row_cast(fields: &mut Fields) -> Known<Expr> {
    let form = fields.form("convertformat")?;
    cast(fields, CastVia::RowType, None, -1, form)
}

fn domain_cast(fields: &mut Fields) -> Known<Expr> {
    let typmod = fields.number("resulttypmod")?;
    let form = fields.form("coercionformat")?;
    cast(fields, CastVia::Domain, None, typmod, form)
}

/// The common part of all casts.
fn cast(
    fields: &mut Fields,
    via: CastVia,
    element: Option<Box<Expr>>,
    typmod: i32,
    form: CallForm,
) -> Known<Expr> {
    let arg = fields.boxed("arg")?;
    let type_oid = fields.oid("resulttype")?;
    // A cast to a row type has no collation.
    let collation = if via == CastVia::RowType { 0 } else { fields.oid("resultcollid")? };
    Ok(Expr::Cast { via, arg, element, type_oid, typmod, collation, form, location: fields.location()? })
}

fn collate(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["location"]);
    Ok(Expr::Collate { arg: fields.boxed("arg")?, collation: fields.oid("collOid")? })
}

fn case(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["casecollid"]);
    Ok(Expr::Case {
        type_oid: fields.oid("casetype")?,
        arg: fields.boxed_or_none("arg")?,
        whens: fields.nodes("args", case_when)?,
        otherwise: fields.boxed_or_none("defresult")?,
        location: fields.location()?,
    })
}

fn case_when(node: Node) -> Known<(Expr, Expr)> {
    read(node, &["WHEN", "CASEWHEN"], |fields| {
        fields.skip(&["location"]);
        Ok((fields.expr("expr")?, fields.expr("result")?))
    })
}

fn case_test(fields: &mut Fields) -> Known<Oid> {
    fields.skip(&["typeMod", "collation"]);
    fields.oid("typeId")
}

fn placeholder(fields: &mut Fields) -> Known<Oid> {
    fields.skip(&["typeMod", "collation", "location"]);
    fields.oid("typeId")
}

fn array(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["array_collid", "element_typeid", "list_start", "list_end"]);
    Ok(Expr::Array {
        type_oid: fields.oid("array_typeid")?,
        elements: fields.exprs("elements")?,
        multidimensional: fields.bool("multidims")?,
        location: fields.location()?,
    })
}

fn row(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["row_format", "colnames"]);
    Ok(Expr::Row {
        fields: fields.exprs("args")?,
        type_oid: fields.oid("row_typeid")?,
        location: fields.location()?,
    })
}

fn row_compare(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["opfamilies", "inputcollids"]);
    // Version 18 renamed the field; the numbers are the same.
    let kind = if fields.optional("cmptype").is_some() { "cmptype" } else { "rctype" };
    Ok(Expr::RowCompare {
        kind: fields.number(kind)?,
        operators: fields.numbers("opnos")?,
        left: fields.exprs("largs")?,
        right: fields.exprs("rargs")?,
    })
}

fn coalesce(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["coalescecollid"]);
    let type_oid = fields.oid("coalescetype")?;
    Ok(Expr::Coalesce { type_oid, args: fields.exprs("args")?, location: fields.location()? })
}

fn min_max(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["minmaxcollid", "inputcollid", "op"]);
    let type_oid = fields.oid("minmaxtype")?;
    Ok(Expr::MinMax { type_oid, args: fields.exprs("args")?, location: fields.location()? })
}

fn sql_value(fields: &mut Fields) -> Known<Expr> {
    Ok(Expr::SqlValue {
        op: fields.number("op")?,
        typmod: fields.number("typmod")?,
        type_oid: fields.oid("type")?,
        location: fields.location()?,
    })
}

fn null_test(fields: &mut Fields) -> Known<Expr> {
    let is_null = match fields.number("nulltesttype")? {
        0 => true,
        1 => false,
        _ => return Err(fields.unknown("nulltesttype")),
    };
    let arg = fields.boxed("arg")?;
    Ok(Expr::NullTest { arg, is_null, row: fields.bool("argisrow")?, location: fields.location()? })
}

fn boolean_test(fields: &mut Fields) -> Known<Expr> {
    let test = match fields.number("booltesttype")? {
        0 => BooleanTest::True,
        1 => BooleanTest::NotTrue,
        2 => BooleanTest::False,
        3 => BooleanTest::NotFalse,
        4 => BooleanTest::Unknown,
        5 => BooleanTest::NotUnknown,
        _ => return Err(fields.unknown("booltesttype")),
    };
    Ok(Expr::BooleanTest { arg: fields.boxed("arg")?, test, location: fields.location()? })
}

fn current_of(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["cvarno", "cursor_name", "cursor_param"]);
    Ok(Expr::CurrentOf)
}

fn next_value(fields: &mut Fields) -> Known<Expr> {
    Ok(Expr::NextValue { sequence: fields.oid("seqid")?, type_oid: fields.oid("typeId")? })
}

fn merge_action(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["msfcollid", "location"]);
    Ok(Expr::MergeAction { type_oid: fields.oid("msftype")? })
}

fn returning(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["retlevelsup"]);
    Ok(Expr::Returning { old: fields.bool("retold")?, arg: fields.boxed("retexpr")? })
}
