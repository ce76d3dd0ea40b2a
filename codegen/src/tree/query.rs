//! Queries and their clauses: generic nodes -> [`Query`].

use super::ast::*;
use super::fields::{Fields, Known, Unknown, read};
use super::group;
use super::node::{Node, Value};
use super::range::{from, range_entry};

/// Reads a query. Anything unknown in it makes it opaque; another kind of node is an error.
pub(super) fn query(node: Node) -> Known<Query> {
    if node.tag != "QUERY" {
        return Err(Unknown(node.tag.to_owned()));
    }
    let mut fields = Fields::new(node);
    let mut query = match clauses(&mut fields) {
        Ok(mut query) => {
            query.opaque = fields.finish().err().map(|Unknown(what)| what);
            query
        }
        Err(Unknown(what)) => Query { opaque: Some(what), ..Query::default() },
    };
    group::resolve(&mut query);
    Ok(query)
}

fn clauses(fields: &mut Fields) -> Known<Query> {
    fields.skip(&["queryId", "querySource", "canSetTag", "stmt_location", "stmt_len", "isReturn"]);
    // These are redundant with other parts of the tree, or are about permissions.
    fields.skip(&[
        "hasSubLinks",
        "hasModifyingCTE",
        "hasForUpdate",
        "hasGroupRTE",
        "rteperminfos",
        "constraintDeps",
    ]);
    fields.skip(&["returningOldAlias", "returningNewAlias"]);
    fields.unset("hasRowSecurity")?;
    fields.unset("withCheckOptions")?;
    let result_relation = Some(fields.number("resultRelation")?).filter(|index| *index > 0);
    let mut query = Query {
        command: command(fields)?,
        result_relation,
        has_aggregates: fields.bool("hasAggs")?,
        has_window_functions: fields.bool("hasWindowFuncs")?,
        has_target_srfs: fields.bool("hasTargetSRFs")?,
        distinct_on: fields.bool("hasDistinctOn")?,
        recursive: fields.bool("hasRecursive")?,
        ctes: fields.nodes("cteList", cte)?,
        range_table: fields.nodes("rtable", range_entry)?,
        from: fields.node_or_none("jointree")?.map(from).transpose()?.unwrap_or_default(),
        merge_actions: Vec::new(),
        merge_outer: false,
        targets: fields.nodes("targetList", target)?,
        overriding_user: overriding_user(fields)?,
        on_conflict: fields.node_or_none("onConflict")?.map(on_conflict).transpose()?,
        returning: fields.nodes("returningList", target)?,
        group_by: fields.nodes("groupClause", sort_group)?,
        group_distinct: fields.bool("groupDistinct")?,
        grouping_sets: fields.nodes("groupingSets", grouping_set)?,
        having: fields.expr_or_none("havingQual")?,
        windows: fields.nodes("windowClause", window)?,
        distinct: fields.nodes("distinctClause", sort_group)?,
        sort: fields.nodes("sortClause", sort_group)?,
        offset: fields.expr_or_none("limitOffset")?,
        limit: fields.expr_or_none("limitCount")?,
        limit_with_ties: fields.number::<u32>("limitOption")? == 1,
        row_marks: fields.nodes("rowMarks", row_mark)?,
        set_operation: fields.node_or_none("setOperations")?.map(set_operation).transpose()?,
        opaque: None,
    };
    merge(fields, &mut query)?;
    // On the server the names in one WITH are distinct. Here they could be equal, since newlines are read as spaces.
    let mut names: Vec<&str> = query.ctes.iter().map(|cte| cte.name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(fields.unknown("cteList"));
    }
    Ok(query)
}

fn command(fields: &mut Fields) -> Known<Command> {
    let utility = fields.node_or_none("utilityStmt");
    // Version 14 has no MERGE; there these numbers are utility commands.
    let has_merge = fields.optional("mergeActionList").is_some();
    if !matches!(utility, Ok(None)) {
        return Ok(Command::Utility);
    }
    match fields.number("commandType")? {
        1 => Ok(Command::Select),
        2 => Ok(Command::Update),
        3 => Ok(Command::Insert),
        4 => Ok(Command::Delete),
        5 if has_merge => Ok(Command::Merge),
        5 | 6 => Ok(Command::Utility),
        _ => Err(fields.unknown("commandType")),
    }
}

fn overriding_user(fields: &mut Fields) -> Known<bool> {
    match fields.number("override")? {
        0 | 2 => Ok(false),
        1 => Ok(true),
        _ => Err(fields.unknown("override")),
    }
}

/// The parts of MERGE. Version 17 has ON in its own field, older ones in the join tree; here it is always `from.quals`.
fn merge(fields: &mut Fields, query: &mut Query) -> Known<()> {
    if fields.optional("mergeActionList").is_some() {
        query.merge_actions = fields.nodes("mergeActionList", merge_action)?;
    }
    let outer = fields.optional("mergeUseOuterJoin").is_some() && fields.bool("mergeUseOuterJoin")?;
    let unmatched = |action: &MergeAction| action.matched != MergeMatch::Matched;
    query.merge_outer = outer || query.merge_actions.iter().any(unmatched);
    if fields.optional("mergeTargetRelation").is_some() {
        let target: RangeIndex = fields.number("mergeTargetRelation")?;
        if target != 0 && Some(target) != query.result_relation {
            return Err(fields.unknown("mergeTargetRelation"));
        }
    }
    if fields.optional("mergeJoinCondition").is_some()
        && let Some(condition) = fields.expr_or_none("mergeJoinCondition")?
        && query.from.quals.replace(condition).is_some()
    {
        return Err(fields.unknown("mergeJoinCondition"));
    }
    Ok(())
}

fn merge_action(node: Node) -> Known<MergeAction> {
    read(node, &["MERGEACTION"], |fields| {
        fields.skip(&["updateColnos"]);
        Ok(MergeAction {
            matched: merge_match(fields)?,
            command: match fields.number("commandType")? {
                2 => Command::Update,
                3 => Command::Insert,
                4 => Command::Delete,
                7 => Command::Nothing,
                _ => return Err(fields.unknown("commandType")),
            },
            condition: fields.expr_or_none("qual")?,
            targets: fields.nodes("targetList", target)?,
            overriding_user: overriding_user(fields)?,
        })
    })
}

fn merge_match(fields: &mut Fields) -> Known<MergeMatch> {
    // Before version 17, which added NOT MATCHED BY SOURCE, a boolean distinguished the other two.
    if fields.optional("matchKind").is_none() {
        let matched = fields.bool("matched")?;
        return Ok(if matched { MergeMatch::Matched } else { MergeMatch::NotMatchedByTarget });
    }
    match fields.number("matchKind")? {
        0 => Ok(MergeMatch::Matched),
        1 => Ok(MergeMatch::NotMatchedBySource),
        2 => Ok(MergeMatch::NotMatchedByTarget),
        _ => Err(fields.unknown("matchKind")),
    }
}

pub(super) fn target(node: Node) -> Known<Target> {
    read(node, &["TARGETENTRY"], |fields| {
        Ok(Target {
            expr: fields.expr("expr")?,
            number: fields.number("resno")?,
            name: fields.text_or_none("resname")?,
            sort_group_ref: fields.number("ressortgroupref")?,
            origin_table: fields.oid("resorigtbl")?,
            origin_column: fields.number("resorigcol")?,
            junk: fields.bool("resjunk")?,
        })
    })
}

pub(super) fn sort_group(node: Node) -> Known<SortGroup> {
    read(node, &["SORTGROUPCLAUSE"], |fields| {
        fields.skip(&["hashable"]);
        Ok(SortGroup {
            target: fields.number("tleSortGroupRef")?,
            equality: fields.oid("eqop")?,
            ordering: fields.oid("sortop")?,
            reverse: fields.optional("reverse_sort").is_some() && fields.bool("reverse_sort")?,
            nulls_first: fields.bool("nulls_first")?,
        })
    })
}

fn grouping_set(node: Node) -> Known<GroupingSet> {
    read(node, &["GROUPINGSET"], |fields| {
        fields.skip(&["location"]);
        match fields.number("kind")? {
            0 => fields.unset("content").map(|()| GroupingSet::Empty),
            1 => fields.numbers("content").map(GroupingSet::Simple),
            2 => fields.nodes("content", grouping_set).map(GroupingSet::Rollup),
            3 => fields.nodes("content", grouping_set).map(GroupingSet::Cube),
            4 => fields.nodes("content", grouping_set).map(GroupingSet::Sets),
            _ => Err(fields.unknown("kind")),
        }
    })
}

fn window(node: Node) -> Known<Window> {
    read(node, &["WINDOWCLAUSE"], |fields| {
        fields.unset("runCondition")?;
        // Names have been resolved, and the functions follow from the types.
        fields.skip(&["name", "refname", "copiedOrder", "startInRangeFunc", "endInRangeFunc"]);
        fields.skip(&["inRangeColl", "inRangeAsc", "inRangeNullsFirst"]);
        Ok(Window {
            partition: fields.nodes("partitionClause", sort_group)?,
            order: fields.nodes("orderClause", sort_group)?,
            frame_options: fields.number("frameOptions")?,
            start_offset: fields.expr_or_none("startOffset")?,
            end_offset: fields.expr_or_none("endOffset")?,
            reference: fields.number("winref")?,
        })
    })
}

fn row_mark(node: Node) -> Known<RowMark> {
    read(node, &["ROWMARKCLAUSE"], |fields| {
        Ok(RowMark {
            range: fields.number("rti")?,
            strength: fields.number("strength")?,
            wait: fields.number("waitPolicy")?,
            pushed_down: fields.bool("pushedDown")?,
        })
    })
}

fn set_operation(node: Node) -> Known<SetOperation> {
    if node.tag == "RANGETBLREF" {
        return read(node, &[node.tag], |fields| fields.number("rtindex").map(SetOperation::Leaf));
    }
    read(node, &["SETOPERATIONSTMT"], |fields| {
        fields.skip(&["colTypes", "colTypmods", "groupClauses"]);
        let kind = match fields.number("op")? {
            1 => SetKind::Union,
            2 => SetKind::Intersect,
            3 => SetKind::Except,
            _ => return Err(fields.unknown("op")),
        };
        let left = Box::new(set_operation(fields.node("larg")?)?);
        let right = Box::new(set_operation(fields.node("rarg")?)?);
        let (all, collations) = (fields.bool("all")?, fields.numbers("colCollations")?);
        Ok(SetOperation::Node { kind, all, collations, left, right })
    })
}

fn cte(node: Node) -> Known<Cte> {
    read(node, &["COMMONTABLEEXPR"], |fields| {
        fields.skip(&[
            "aliascolnames",
            "ctematerialized",
            "ctecoltypes",
            "ctecoltypmods",
            "ctecolcollations",
        ]);
        let search = fields.node_or_none("search_clause")?;
        let cycle = fields.node_or_none("cycle_clause")?;
        Ok(Cte {
            name: fields.text("ctename")?,
            query: Box::new(query(fields.node("ctequery")?)?),
            recursive: fields.bool("cterecursive")?,
            references: fields.number("cterefcount")?,
            columns: fields.texts("ctecolnames")?,
            search_or_cycle: search.is_some() || cycle.is_some(),
            cycle_values: cycle.map(cycle_values).transpose()?.unwrap_or_default(),
            location: fields.location()?,
        })
    })
}

fn cycle_values(node: Node) -> Known<Vec<Expr>> {
    read(node, &["CTECYCLECLAUSE"], |fields| {
        fields.skip(&[
            "cycle_col_list",
            "cycle_mark_column",
            "cycle_path_column",
            "location",
            "cycle_mark_type",
        ]);
        fields.skip(&["cycle_mark_typmod", "cycle_mark_collation", "cycle_mark_neop"]);
        Ok(vec![fields.expr("cycle_mark_value")?, fields.expr("cycle_mark_default")?])
    })
}

fn on_conflict(node: Node) -> Known<OnConflict> {
    read(node, &["ONCONFLICTEXPR"], |fields| {
        // Redundant: a plain reference to each column of `excluded`.
        fields.skip(&["exclRelTlist"]);
        Ok(OnConflict {
            update: match fields.number("action")? {
                1 => false,
                2 => true,
                _ => return Err(fields.unknown("action")),
            },
            arbiter: fields.nodes("arbiterElems", arbiter)?,
            arbiter_where: fields.expr_or_none("arbiterWhere")?,
            constraint: fields.oid("constraint")?,
            set: fields.nodes("onConflictSet", target)?,
            filter: fields.expr_or_none("onConflictWhere")?,
            excluded: fields.number("exclRelIndex")?,
        })
    })
}

fn arbiter(node: Node) -> Known<Expr> {
    read(node, &["INFERENCEELEM"], |fields| {
        fields.skip(&["infercollid", "inferopclass"]);
        fields.expr("expr")
    })
}

/// The queries in a stored tree: one, a list, or a list of lists.
pub(super) fn queries(value: Value, into: &mut Vec<Query>) -> Known<()> {
    match value {
        Value::Null => Ok(()),
        Value::Node(node) => query(node).map(|query| into.push(query)),
        Value::List(mut values) => values.try_for_each(|value| queries(value, into)),
        Value::Word(_) | Value::Text(_) | Value::Numbers(_) | Value::Datum(_) => {
            Err(Unknown("a word".to_owned()))
        }
    }
}
