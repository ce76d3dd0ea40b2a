//! Practices that the compiler allows but the catalog avoids. The exceptions are listed below; a query that needs one
//! has to be added by hand, with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use sqlward_codegen::parse::Cardinality;
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::tree::{Command, Expr, From, FromItem, Query, RangeKind, Target, walk};
use sqlward_codegen::{Compilation, Options, compile};

/// The compiled catalog.
pub fn catalog() -> &'static Compilation {
    static CATALOG: OnceLock<Compilation> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("sqlward.toml");
        let project = ProjectOptions { config, ..ProjectOptions::default() };
        compile(&Options { project, ..Options::default() }, &|_| {}).unwrap()
    })
}

/// All queries and subqueries of the catalog, with the path of the query that contains them.
fn levels() -> Vec<(String, &'static Query)> {
    let mut found = Vec::new();
    for query in catalog().queries() {
        walk::each_query(query.tree(), &mut |level| found.push((query.decl().path(), level)));
    }
    found
}

/// A list without a limit grows with the data, until it is too long.
#[test]
fn lists_have_a_bound() {
    let unbounded: Vec<_> = catalog()
        .queries()
        .into_iter()
        .filter(|query| {
            let many = query.signature().cardinality == Cardinality::Many;
            many && query.decl().page.is_none() && query.tree().limit.is_none()
        })
        .map(|query| query.decl().path())
        .collect();
    let bounded_otherwise = [
        // One row for each state, role or currency.
        "analytics::revenue_totals",
        "commerce::organization_sales_stats",
        "content::count_content_by_status",
        "identity::count_users_by_role",
        "memberships::count_members_by_role",
        // As many rows as the caller's argument has.
        "content::insert_content_batch",
        "content::recent_content_per_creator",
        "memberships::other_organizations_of_users",
        "organizations::content_counts_per_organization",
        "organizations::list_organizations_in_scope",
        "playback::list_playback_for",
        // Rows of one user.
        "identity::list_accounts",
        "identity::list_sessions",
        "memberships::list_my_invitations",
        "organizations::list_my_organizations",
        // The managers of one organization.
        "memberships::list_management_user_ids",
        "memberships::lock_active_owners",
        // Items that failed or got stuck since the cutoff.
        "media::recover_stuck_transcoding",
    ];
    let expected: BTreeSet<_> = bounded_otherwise.map(str::to_owned).into();
    assert_eq!(unbounded.into_iter().collect::<BTreeSet<_>>(), expected);
}

/// LIMIT without an order returns arbitrary rows.
#[test]
fn what_is_cut_off_is_ordered() {
    let unordered: BTreeSet<_> = levels()
        .into_iter()
        .filter(|(_, level)| level.limit.is_some() && level.sort.is_empty())
        .map(|(path, _)| path)
        .collect();
    let all_alike = [
        // One piece, even if there are several reasons to open it.
        "access::can_access_content",
        "access::continue_watching",
        "access::get_body",
        "access::get_streaming_source",
        "access::save_positions",
        "access::upsert_playback",
    ];
    assert_eq!(unordered, all_alike.map(str::to_owned).into());
}

/// In descending order NULLs come first, unless the query says otherwise.
#[test]
fn nulls_do_not_come_first() {
    let mut found = BTreeSet::new();
    for query in catalog().queries() {
        for group in query.tree().sort.iter().filter(|group| group.nulls_first) {
            let targets = &query.tree().targets;
            let position = targets.iter().position(|target| target.sort_group_ref == group.target).unwrap();
            // Expressions that are only ordered by come after the columns.
            let can_be_null = match query.signature().columns.get(position) {
                Some(column) => column.nullable,
                None => !is_set(query.tree(), &targets[position].expr),
            };
            if can_be_null {
                found.insert(format!("{}, column {}", query.decl().path(), position + 1));
            }
        }
    }
    assert_eq!(found, BTreeSet::new());
}

/// Whether the expression is a NOT NULL column, or a coalesce that ends with one.
fn is_set(level: &Query, expr: &Expr) -> bool {
    if let Expr::Coalesce { args, .. } = expr {
        return args.iter().any(|arg| is_set(level, arg));
    }
    let Expr::Var(var) = expr else { return false };
    let Some(RangeKind::Relation { table, .. }) = level.range(var.range).map(|range| &range.kind) else {
        return false;
    };
    catalog().schema.column(*table, var.attribute).is_some_and(|column| column.not_null)
}

/// Conditions take the time as a parameter. A condition that reads the clock would see another time in each statement,
/// and tests could not set it.
#[test]
fn conditions_do_not_look_at_the_clock() {
    let schema = &catalog().schema;
    let is_clock = |expr: &Expr| match expr {
        Expr::SqlValue { .. } => true,
        Expr::Function { call, .. } => schema.functions.get(&call.function).is_some_and(|function| {
            matches!(
                &*function.name,
                "now" | "clock_timestamp" | "statement_timestamp" | "transaction_timestamp"
            )
        }),
        _ => false,
    };
    let mut found = BTreeSet::new();
    for (path, level) in levels() {
        let mut look = |expr: &Expr| {
            walk::each_expr(expr, &mut |expr| {
                if is_clock(expr) {
                    found.insert(path.clone());
                }
            });
        };
        conditions(&level.from, &mut look);
        level.having.iter().for_each(&mut look);
        level.on_conflict.iter().flat_map(|conflict| &conflict.filter).for_each(&mut look);
    }
    assert_eq!(found, BTreeSet::new());
    let mut stamps = 0;
    for (_, level) in levels() {
        walk::exprs_of_query(level, &mut |expr| {
            walk::each_expr(expr, &mut |expr| stamps += usize::from(is_clock(expr)));
        });
    }
    assert!(stamps > 50, "only {stamps} values are taken from the clock: is it recognised?");
}

fn conditions(from: &From, look: &mut dyn FnMut(&Expr)) {
    from.items.iter().for_each(|item| conditions_of(item, look));
    from.quals.iter().for_each(look);
}

fn conditions_of(item: &FromItem, look: &mut dyn FnMut(&Expr)) {
    match item {
        FromItem::Join(join) => {
            conditions_of(&join.left, look);
            conditions_of(&join.right, look);
            join.quals.iter().for_each(look);
        }
        FromItem::Nested(from) => conditions(from, look),
        FromItem::Range(_) | FromItem::Opaque(_) => {}
    }
}

/// A pattern made from user input would treat characters such as `%` as wildcards. So texts are searched with `strpos`
/// and full-text search.
#[test]
fn no_pattern_is_made_of_what_users_type() {
    let schema = &catalog().schema;
    let patterns = ["~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*"];
    let (mut found, mut operators) = (BTreeSet::new(), 0);
    for (path, level) in levels() {
        walk::exprs_of_query(level, &mut |expr| {
            walk::each_expr(expr, &mut |expr| {
                let operator = match expr {
                    Expr::Operator(found) => found.operator,
                    Expr::ArrayOperator { operator, .. } => *operator,
                    _ => return,
                };
                operators += 1;
                if patterns.contains(&&*schema.operators[&operator].name) {
                    found.insert(path.clone());
                }
            });
        });
    }
    assert_eq!(found, BTreeSet::new());
    assert!(operators > 500, "only {operators} operators were met");
}

/// A condition on a column that no query writes is true for no row, or for every row.
#[test]
fn columns_are_written_by_some_query() {
    let schema = &catalog().schema;
    let mut written: BTreeMap<u32, BTreeSet<i32>> = BTreeMap::new();
    let mut write = |level: &Query, targets: &[Target]| {
        let Some(RangeKind::Relation { table, .. }) =
            level.result_relation.and_then(|index| level.range(index)).map(|range| &range.kind)
        else {
            return;
        };
        let numbers = targets
            .iter()
            .filter(|target| !target.junk)
            .filter_map(|target| i32::try_from(target.number).ok());
        written.entry(*table).or_default().extend(numbers);
    };
    for (_, level) in levels() {
        if matches!(level.command, Command::Insert | Command::Update) {
            write(level, &level.targets);
            level.on_conflict.iter().for_each(|conflict| write(level, &conflict.set));
        }
        level.merge_actions.iter().for_each(|action| write(level, &action.targets));
    }
    let mut never = BTreeSet::new();
    for table in schema.tables.values().filter(|table| table.kind == 'r') {
        for column in table.columns.iter().filter(|column| !column.has_default) {
            if !written.get(&table.oid).is_some_and(|written| written.contains(&column.number)) {
                never.insert(format!("{}.{}", table.name, column.name));
            }
        }
    }
    let by_others: [&str; 0] = [];
    assert_eq!(never, by_others.map(str::to_owned).into());
}
