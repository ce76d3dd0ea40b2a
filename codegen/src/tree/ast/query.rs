//! Queries of the typed tree, and their clauses.

use super::{Expr, Location, Oid, RangeIndex};

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Command {
    /// SELECT, VALUES, TABLE
    Select,
    /// INSERT
    Insert,
    /// UPDATE
    Update,
    /// DELETE
    Delete,
    /// MERGE
    Merge,
    /// Any other command. It is rejected.
    #[default]
    Utility,
    /// `DO NOTHING` of a MERGE action.
    Nothing,
}

/// One analysed statement or subquery.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What it does.
    pub command: Command,
    /// The entry that is written to, except for SELECT.
    pub result_relation: Option<RangeIndex>,
    /// Whether it has aggregates at its own level.
    pub has_aggregates: bool,
    /// Whether it has window functions at its own level.
    pub has_window_functions: bool,
    /// Whether its select list has set-returning functions.
    pub has_target_srfs: bool,
    /// `WITH`.
    pub ctes: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub recursive: bool,
    /// The range table: the entries of FROM, USING, INTO and the target. Index 1 is `range_table[0]`.
    pub range_table: Vec<RangeEntry>,
    /// FROM and WHERE. For MERGE the condition is that of ON.
    pub from: From,
    /// The WHEN clauses of MERGE.
    pub merge_actions: Vec<MergeAction>,
    /// Whether MERGE joins its source as an outer join (some action is NOT MATCHED).
    pub merge_outer: bool,
    /// The select list; for INSERT and UPDATE the assignments.
    pub targets: Vec<Target>,
    /// `OVERRIDING USER VALUE`: values that are assigned to identity columns are ignored.
    pub overriding_user: bool,
    /// `ON CONFLICT`.
    pub on_conflict: Option<OnConflict>,
    /// `RETURNING`.
    pub returning: Vec<Target>,
    /// `GROUP BY`, each referring to a target by [`Target::sort_group_ref`].
    pub group_by: Vec<SortGroup>,
    /// `GROUP BY DISTINCT`.
    pub group_distinct: bool,
    /// `GROUPING SETS`, `ROLLUP`, `CUBE`, and plain `()`.
    pub grouping_sets: Vec<GroupingSet>,
    /// `HAVING`.
    pub having: Option<Expr>,
    /// The windows of `WINDOW` and of every OVER with its own specification.
    pub windows: Vec<Window>,
    /// `DISTINCT` or `DISTINCT ON`.
    pub distinct: Vec<SortGroup>,
    /// Whether it is `DISTINCT ON`.
    pub distinct_on: bool,
    /// `ORDER BY`.
    pub sort: Vec<SortGroup>,
    /// `OFFSET`.
    pub offset: Option<Expr>,
    /// `LIMIT` or `FETCH FIRST`.
    pub limit: Option<Expr>,
    /// `WITH TIES`.
    pub limit_with_ties: bool,
    /// `FOR UPDATE`, `FOR SHARE` and the like.
    pub row_marks: Vec<RowMark>,
    /// The tree of UNION, INTERSECT and EXCEPT, whose leaves are range table entries.
    pub set_operation: Option<SetOperation>,
    /// What the reader does not know in this query. Such a query proves nothing.
    pub opaque: Option<String>,
}

impl Query {
    /// The range table entry with this index.
    pub fn range(&self, index: RangeIndex) -> Option<&RangeEntry> {
        index.checked_sub(1).and_then(|index| self.range_table.get(index))
    }

    /// The result columns: those of the select list or of RETURNING, without junk.
    pub fn output(&self) -> impl Iterator<Item = &Target> {
        let list = if self.command == Command::Select { &self.targets } else { &self.returning };
        list.iter().filter(|target| !target.junk)
    }
}

/// A range table entry: a table, subquery, join, function and so on that a query reads from or writes to.
#[derive(Debug, Clone)]
pub struct RangeEntry {
    /// Its kind.
    pub kind: RangeKind,
    /// The alias that the author gave, if any.
    pub alias: Option<String>,
    /// The name by which the query refers to it: the alias, or the table's own name.
    pub name: String,
    /// Its column names. Attribute 1 is `column_names[0]`.
    pub column_names: Vec<String>,
    /// Whether it is LATERAL.
    pub lateral: bool,
    /// Whether it is in FROM as written. The target, `excluded`, OLD and NEW are not.
    pub in_from: bool,
}

/// The kind of a range table entry.
#[derive(Debug, Clone)]
pub enum RangeKind {
    /// A table, view, foreign table, materialized view, sequence.
    Relation {
        /// `pg_class.oid`.
        table: Oid,
        /// `pg_class.relkind`: `r`, `p`, `v`, `m`, `f`, `S`, and `c` for `excluded`.
        relkind: char,
        /// Whether child tables are included (no `ONLY`).
        inherited: bool,
        /// `TABLESAMPLE`, with its arguments.
        sample: Option<Vec<Expr>>,
    },
    /// A subquery in FROM, or an arm of a set operation.
    Subquery(Box<Query>),
    /// A join. Its columns stand for columns of other entries.
    Join {
        /// The kind.
        kind: JoinKind,
        /// For each column of the join the expression that it stands for: a [`Var`](super::Var) of one of the sides, or a
        /// COALESCE of both for a merged column of FULL JOIN USING. It is opaque if the column was dropped. There are none
        /// if nothing in the query can refer to them.
        columns: Vec<Expr>,
        /// The number of columns that USING merged. They are the first ones.
        merged: usize,
    },
    /// Functions in FROM.
    Function {
        /// The functions, each with the number of its columns.
        functions: Vec<(Expr, usize)>,
        /// `WITH ORDINALITY`.
        ordinality: bool,
    },
    /// XMLTABLE or JSON_TABLE, with all the expressions inside it.
    TableFunction(Vec<Expr>),
    /// VALUES: rows of expressions.
    Values(Vec<Vec<Expr>>),
    /// A reference to a CTE.
    Cte {
        /// Its name.
        name: String,
        /// The number of query levels between this one and the one with the WITH clause.
        levels_up: usize,
        /// Whether it is a recursive CTE's reference to itself.
        self_reference: bool,
    },
    /// The single row of a query without FROM.
    Result,
    /// PostgreSQL 18's entry for the expressions of GROUP BY. The reader removes it: references to it are replaced by the
    /// expressions, as on older versions.
    Group(Vec<Expr>),
    /// Something the reader does not know.
    Opaque(String),
}

/// FROM and WHERE.
#[derive(Debug, Clone, Default)]
pub struct From {
    /// The items between the commas.
    pub items: Vec<FromItem>,
    /// WHERE, or the ON of MERGE.
    pub quals: Option<Expr>,
}

/// An item of FROM.
#[derive(Debug, Clone)]
pub enum FromItem {
    /// A range table entry.
    Range(RangeIndex),
    /// A join of two items.
    Join(Box<Join>),
    /// A nested FROM with its own conditions.
    Nested(From),
    /// Something the reader does not know.
    Opaque(String),
}

/// One JOIN.
#[derive(Debug, Clone)]
pub struct Join {
    /// The kind.
    pub kind: JoinKind,
    /// The left side.
    pub left: FromItem,
    /// The right side.
    pub right: FromItem,
    /// ON, USING or NATURAL, as a condition.
    pub quals: Option<Expr>,
    /// The range table entry of the join's own columns.
    pub range: Option<RangeIndex>,
}

/// The kind of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// INNER, CROSS
    Inner,
    /// LEFT
    Left,
    /// FULL
    Full,
    /// RIGHT
    Right,
}

/// A result column, or an assignment to a column.
#[derive(Debug, Clone)]
pub struct Target {
    /// The value.
    pub expr: Expr,
    /// The position; for INSERT and UPDATE the attribute number of the column that is assigned.
    pub number: usize,
    /// The name of the result column.
    pub name: Option<String>,
    /// The number by which ORDER BY, GROUP BY, DISTINCT and windows refer to it; 0 for none.
    pub sort_group_ref: usize,
    /// The table of which it is an unchanged column; 0 for none.
    pub origin_table: Oid,
    /// The attribute number in that table.
    pub origin_column: i32,
    /// Whether it is not part of the result, but only needed to compute it.
    pub junk: bool,
}

/// An element of GROUP BY, ORDER BY, DISTINCT, PARTITION BY.
#[derive(Debug, Clone)]
pub struct SortGroup {
    /// The [`Target::sort_group_ref`] of its target.
    pub target: usize,
    /// Its equality operator; 0 for none.
    pub equality: Oid,
    /// Its ordering operator; 0 for none.
    pub ordering: Oid,
    /// NULLS FIRST.
    pub nulls_first: bool,
    /// Whether it is descending, on version 18. On older versions this follows from the operator.
    pub reverse: bool,
}

/// An element of GROUPING SETS.
#[derive(Debug, Clone)]
pub enum GroupingSet {
    /// `()`
    Empty,
    /// A plain list of targets.
    Simple(Vec<usize>),
    /// ROLLUP
    Rollup(Vec<GroupingSet>),
    /// CUBE
    Cube(Vec<GroupingSet>),
    /// GROUPING SETS
    Sets(Vec<GroupingSet>),
}

/// A window.
#[derive(Debug, Clone)]
pub struct Window {
    /// PARTITION BY
    pub partition: Vec<SortGroup>,
    /// ORDER BY
    pub order: Vec<SortGroup>,
    /// The server's bit set of frame options (`FRAMEOPTION_*` in `parsenodes.h`).
    pub frame_options: u32,
    /// The offset of the frame's start, as in `1 PRECEDING`.
    pub start_offset: Option<Expr>,
    /// The offset of the frame's end, as in `1 FOLLOWING`.
    pub end_offset: Option<Expr>,
    /// The number by which window functions refer to it.
    pub reference: usize,
}

/// FOR UPDATE, FOR SHARE and the like, for one entry.
#[derive(Debug, Clone)]
pub struct RowMark {
    /// The entry.
    pub range: RangeIndex,
    /// The server's `LockClauseStrength`: 1 key share, 2 share, 3 no key update, 4 update.
    pub strength: u32,
    /// 0 blocks, 1 SKIP LOCKED, 2 NOWAIT.
    pub wait: u32,
    /// Whether it comes from a FOR UPDATE of an outer query on this subquery.
    pub pushed_down: bool,
}

/// The tree of set operations.
#[derive(Debug, Clone)]
pub enum SetOperation {
    /// An arm: a subquery entry.
    Leaf(RangeIndex),
    /// Two arms combined.
    Node {
        /// The operator.
        kind: SetKind,
        /// UNION ALL and the like.
        all: bool,
        /// The collation by which rows are compared, column by column.
        collations: Vec<Oid>,
        /// The left arm.
        left: Box<SetOperation>,
        /// The right arm.
        right: Box<SetOperation>,
    },
}

impl SetOperation {
    /// The arms from which rows of the result come: both sides of UNION, the left side of INTERSECT and EXCEPT.
    pub fn arms(&self) -> Vec<RangeIndex> {
        match self {
            SetOperation::Leaf(index) => vec![*index],
            SetOperation::Node { kind: SetKind::Union, left, right, .. } => {
                left.arms().into_iter().chain(right.arms()).collect()
            }
            SetOperation::Node { kind: SetKind::Intersect | SetKind::Except, left, .. } => left.arms(),
        }
    }
}

/// The kind of a set operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetKind {
    /// UNION
    Union,
    /// INTERSECT
    Intersect,
    /// EXCEPT
    Except,
}

/// A common table expression.
#[derive(Debug, Clone)]
pub struct Cte {
    /// Its name.
    pub name: String,
    /// Its query.
    pub query: Box<Query>,
    /// Whether it refers to itself.
    pub recursive: bool,
    /// The number of references to it, without those of a recursive CTE to itself.
    pub references: usize,
    /// Its column names.
    pub columns: Vec<String>,
    /// Whether it has a SEARCH or CYCLE clause. The columns that these add are the last of [`Cte::columns`], and are not
    /// among the query's targets.
    pub search_or_cycle: bool,
    /// The two values of CYCLE's mark column.
    pub cycle_values: Vec<Expr>,
    /// Its place.
    pub location: Location,
}

/// ON CONFLICT.
#[derive(Debug, Clone)]
pub struct OnConflict {
    /// Whether it is DO UPDATE.
    pub update: bool,
    /// The expressions of the conflict target.
    pub arbiter: Vec<Expr>,
    /// The WHERE of the conflict target.
    pub arbiter_where: Option<Expr>,
    /// `ON CONSTRAINT`, as a `pg_constraint.oid`; 0 for none.
    pub constraint: Oid,
    /// SET.
    pub set: Vec<Target>,
    /// WHERE.
    pub filter: Option<Expr>,
    /// The entry of `excluded`; 0 for none.
    pub excluded: RangeIndex,
}

/// A WHEN clause of MERGE.
#[derive(Debug, Clone)]
pub struct MergeAction {
    /// For which rows it is executed.
    pub matched: MergeMatch,
    /// Its command.
    pub command: Command,
    /// `AND condition`.
    pub condition: Option<Expr>,
    /// The assigned columns.
    pub targets: Vec<Target>,
    /// `OVERRIDING USER VALUE`, like [`Query::overriding_user`].
    pub overriding_user: bool,
}

/// For which rows a MERGE action is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeMatch {
    /// WHEN MATCHED
    Matched,
    /// WHEN NOT MATCHED BY SOURCE
    NotMatchedBySource,
    /// WHEN NOT MATCHED \[BY TARGET\]
    NotMatchedByTarget,
}
