//! PostgreSQL's analysed query, typed: the part of the server's node trees that the compiler understands.
//!
//! The names follow the server's (`parsenodes.h`, `primnodes.h`) where those are good, and versions 14 to 18 give
//! the same values here: where a field moved or was split, the reader has put it together again. What the
//! reader does not know is [`Expr::Opaque`], [`RangeKind::Opaque`] or [`FromItem::Opaque`], which prove nothing.
//!
//! An offset is a byte offset into the text of the statement; `None` where the server does not tell
//! (trees that are stored in the catalogs, on some versions).

/// A PostgreSQL object identifier.
pub type Oid = u32;

/// A byte offset into the statement's text, if the server told.
pub type Location = Option<usize>;

/// An index into [`Query::range_table`], from 1 as in the server.
pub type RangeIndex = usize;

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
    /// Anything else. It is refused.
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
    /// The entry of the table that is written, for all but SELECT.
    pub result_relation: Option<RangeIndex>,
    /// Whether it has aggregates at its own level.
    pub has_aggregates: bool,
    /// Whether it has window functions at its own level.
    pub has_window_functions: bool,
    /// Whether set-returning functions stand in its select list.
    pub has_target_srfs: bool,
    /// `WITH`.
    pub ctes: Vec<Cte>,
    /// `WITH RECURSIVE`.
    pub recursive: bool,
    /// Everything that FROM, USING, INTO or the target names, `range_table[0]` being index 1.
    pub range_table: Vec<RangeEntry>,
    /// FROM and WHERE. For MERGE it holds the ON condition on every version.
    pub from: From,
    /// The WHEN clauses of MERGE.
    pub merge_actions: Vec<MergeAction>,
    /// Whether MERGE joins its source as an outer join (some action is NOT MATCHED).
    pub merge_outer: bool,
    /// The select list; for INSERT and UPDATE the assigned columns.
    pub targets: Vec<Target>,
    /// `OVERRIDING USER VALUE`: what is assigned to identity columns is not what they get.
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
    /// `WINDOW`, and every inline OVER.
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
    /// `FOR UPDATE` and its kind.
    pub row_marks: Vec<RowMark>,
    /// The tree of UNION, INTERSECT and EXCEPT, whose leaves are range table entries.
    pub set_operation: Option<SetOperation>,
    /// Whether the reader met a field that it does not know in this node: such a query proves nothing.
    pub opaque: Option<String>,
}

impl Query {
    /// The range table entry of a server index.
    pub fn range(&self, index: RangeIndex) -> Option<&RangeEntry> {
        index.checked_sub(1).and_then(|index| self.range_table.get(index))
    }

    /// The select list or RETURNING list that makes the result columns, without the junk columns.
    pub fn output(&self) -> impl Iterator<Item = &Target> {
        let list = if self.command == Command::Select { &self.targets } else { &self.returning };
        list.iter().filter(|target| !target.junk)
    }
}

/// One table, subquery, join, function, ... that a query reads from or writes to.
#[derive(Debug, Clone)]
pub struct RangeEntry {
    /// What it is.
    pub kind: RangeKind,
    /// The alias that the author gave, if any.
    pub alias: Option<String>,
    /// The name it is known by: the alias, or the table's own name.
    pub name: String,
    /// Its column names, `column_names[0]` being attribute 1.
    pub column_names: Vec<String>,
    /// Whether it is LATERAL.
    pub lateral: bool,
    /// Whether it stands in FROM as written (not the target, not `excluded`, not OLD or NEW).
    pub in_from: bool,
}

/// What a range table entry stands for.
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
    /// A join, which other entries' columns are reached through.
    Join {
        /// The kind.
        kind: JoinKind,
        /// For each column of the join the expression that it stands for: a Var of one of the sides, or for a
        /// merged column of FULL JOIN USING a COALESCE of both. An opaque one was dropped.
        columns: Vec<Expr>,
        /// How many columns USING merged; they come first.
        merged: usize,
    },
    /// Functions in FROM.
    Function {
        /// Each function and how many columns it gives.
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
        /// How many query levels up the WITH stands.
        levels_up: usize,
        /// Whether it is a recursive CTE's reference to itself.
        self_reference: bool,
    },
    /// The result of a FROM-less query.
    Result,
    /// PostgreSQL 18's entry for the expressions of GROUP BY. The reader takes it away: whatever referred to it holds
    /// the expression itself, as on the older versions.
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
    /// What ORDER BY, GROUP BY, DISTINCT and windows call it; 0 for none.
    pub sort_group_ref: usize,
    /// The table the column comes from, where it is a plain column.
    pub origin_table: Oid,
    /// The attribute number there.
    pub origin_column: i32,
    /// Whether it is only for the executor.
    pub junk: bool,
}

/// An element of GROUP BY, ORDER BY, DISTINCT, PARTITION BY.
#[derive(Debug, Clone)]
pub struct SortGroup {
    /// The [`Target::sort_group_ref`] that it is about.
    pub target: usize,
    /// Its equality operator; 0 for none.
    pub equality: Oid,
    /// Its ordering operator; 0 for none.
    pub ordering: Oid,
    /// NULLS FIRST.
    pub nulls_first: bool,
    /// Whether it descends, where the server says (18); older versions tell by the operator.
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
    /// The expression of `<start> PRECEDING`.
    pub start_offset: Option<Expr>,
    /// The expression of `<end> FOLLOWING`.
    pub end_offset: Option<Expr>,
    /// What window functions call it.
    pub reference: usize,
}

/// FOR UPDATE and its kind on one entry.
#[derive(Debug, Clone)]
pub struct RowMark {
    /// The entry.
    pub range: RangeIndex,
    /// The server's `LockClauseStrength`: 1 key share, 2 share, 3 no key update, 4 update.
    pub strength: u32,
    /// 0 blocks, 1 SKIP LOCKED, 2 NOWAIT.
    pub wait: u32,
    /// Whether it came down from a FOR UPDATE on the subquery's outside.
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
        /// The left arm.
        left: Box<SetOperation>,
        /// The right arm.
        right: Box<SetOperation>,
    },
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
    /// How many references it has, the recursive one apart.
    pub references: usize,
    /// Its column names.
    pub columns: Vec<String>,
    /// Whether it has a SEARCH or CYCLE clause. The columns that these add stand at the end of [`Cte::columns`] and
    /// are not in the query's targets.
    pub search_or_cycle: bool,
    /// The two values of CYCLE's mark column.
    pub cycle_values: Vec<Expr>,
    /// Where it stands.
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
    /// When it is taken.
    pub matched: MergeMatch,
    /// What it does.
    pub command: Command,
    /// `AND condition`.
    pub condition: Option<Expr>,
    /// The assigned columns.
    pub targets: Vec<Target>,
    /// `OVERRIDING USER VALUE`, as [`Query::overriding_user`].
    pub overriding_user: bool,
}

/// When a MERGE action is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeMatch {
    /// WHEN MATCHED
    Matched,
    /// WHEN NOT MATCHED BY SOURCE
    NotMatchedBySource,
    /// WHEN NOT MATCHED \[BY TARGET\]
    NotMatchedByTarget,
}

/// A reference to a column of a range table entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Var {
    /// The entry, in the query [`Var::levels_up`] levels up.
    pub range: RangeIndex,
    /// The attribute: from 1; 0 is the whole row, below 0 a system column.
    pub attribute: i32,
    /// Its type.
    pub type_oid: Oid,
    /// Its type modifier, -1 for none.
    pub typmod: i32,
    /// How many query levels up the entry stands.
    pub levels_up: usize,
    /// Which row of RETURNING it reads (18): the default, OLD or NEW.
    pub returning: VarReturning,
    /// Where it stands.
    pub location: Location,
}

/// Which row of RETURNING a column is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarReturning {
    /// The usual one.
    Default,
    /// `old.x`
    Old,
    /// `new.x`
    New,
}

/// A call of a function, with everything that calls have in common.
#[derive(Debug, Clone)]
pub struct Call {
    /// `pg_proc.oid`.
    pub function: Oid,
    /// The result type.
    pub type_oid: Oid,
    /// The arguments in the order of the function's parameters. Where named ones leave parameters to their defaults,
    /// the others move up.
    pub args: Vec<Expr>,
    /// Where it stands.
    pub location: Location,
}

/// An expression.
#[derive(Debug, Clone)]
pub enum Expr {
    /// A column.
    Var(Var),
    /// A constant.
    Const(Const),
    /// `$n`, or a special parameter of a sublink.
    Param {
        /// Its kind.
        kind: ParamKind,
        /// `n`, from 1.
        id: usize,
        /// Its type.
        type_oid: Oid,
        /// Where it stands, or where the cast around it begins if that is further left: `cast($1 as text)`.
        location: Location,
    },
    /// An aggregate.
    Aggregate(Box<Aggregate>),
    /// `GROUPING(...)`
    Grouping {
        /// Its arguments, which are not evaluated.
        args: Vec<Expr>,
        /// Where it stands.
        location: Location,
    },
    /// A window function.
    WindowCall {
        /// The call.
        call: Call,
        /// FILTER.
        filter: Option<Box<Expr>>,
        /// [`Window::reference`].
        window: usize,
        /// Whether it is an aggregate.
        aggregate: bool,
    },
    /// `a[1]`, `a[1:2]`, `j['k']`, and in assignments the same with a new value.
    Subscript {
        /// The array or jsonb.
        container: Box<Expr>,
        /// The type of the container.
        container_type: Oid,
        /// The result type.
        type_oid: Oid,
        /// The (upper) subscripts; `None` is an omitted slice bound.
        upper: Vec<Option<Expr>>,
        /// The lower subscripts of a slice.
        lower: Vec<Option<Expr>>,
        /// The value that is assigned.
        assigned: Option<Box<Expr>>,
    },
    /// A function call.
    Function {
        /// The call.
        call: Call,
        /// Whether it returns a set.
        set: bool,
        /// Whether its array argument is VARIADIC.
        variadic: bool,
        /// How it was written.
        form: CallForm,
    },
    /// `name => value` in a call.
    NamedArgument(Box<Expr>),
    /// An operator.
    Operator(Operator),
    /// `a IS DISTINCT FROM b`, by the `=` operator.
    Distinct(Operator),
    /// `NULLIF(a, b)`, by the `=` operator.
    NullIf(Operator),
    /// `a op ANY (array)` or `ALL`.
    ArrayOperator {
        /// `pg_operator.oid`.
        operator: Oid,
        /// ANY, not ALL.
        any: bool,
        /// The collation that the comparison uses; 0 for none.
        collation: Oid,
        /// The left side.
        scalar: Box<Expr>,
        /// The array.
        array: Box<Expr>,
        /// Where it stands.
        location: Location,
    },
    /// AND, OR, NOT.
    Bool {
        /// Which.
        op: BoolOp,
        /// The arguments; one for NOT.
        args: Vec<Expr>,
        /// Where it stands.
        location: Location,
    },
    /// A subquery in an expression.
    Sublink(Box<Sublink>),
    /// `(composite).field`
    Field {
        /// The composite.
        arg: Box<Expr>,
        /// The attribute number.
        number: i32,
        /// The result type.
        type_oid: Oid,
    },
    /// Assignment to fields of a composite.
    FieldStore {
        /// The old composite.
        arg: Box<Expr>,
        /// The new values.
        values: Vec<Expr>,
        /// The attribute numbers.
        numbers: Vec<i32>,
        /// The composite type.
        type_oid: Oid,
    },
    /// A change of type.
    Cast {
        /// How the value changes.
        via: CastVia,
        /// The value.
        arg: Box<Expr>,
        /// How [`CastVia::ArrayElements`] changes an element, which is an [`Expr::CaseTest`] in it.
        element: Option<Box<Expr>>,
        /// The target type.
        type_oid: Oid,
        /// The target type modifier, -1 for none.
        typmod: i32,
        /// How it was written.
        form: CallForm,
        /// Where it stands.
        location: Location,
    },
    /// `x COLLATE c`
    Collate {
        /// The value.
        arg: Box<Expr>,
        /// `pg_collation.oid`.
        collation: Oid,
    },
    /// CASE.
    Case {
        /// `CASE arg WHEN`: then each condition is a comparison of [`Expr::CaseTest`].
        arg: Option<Box<Expr>>,
        /// Condition and result of each WHEN.
        whens: Vec<(Expr, Expr)>,
        /// ELSE; PostgreSQL puts a NULL constant where none is written.
        otherwise: Option<Box<Expr>>,
        /// The result type.
        type_oid: Oid,
        /// Where it stands.
        location: Location,
    },
    /// The placeholder for the value of `CASE arg`, and for elements of an array cast.
    CaseTest {
        /// Its type.
        type_oid: Oid,
    },
    /// `ARRAY[...]`
    Array {
        /// The array type.
        type_oid: Oid,
        /// The elements.
        elements: Vec<Expr>,
        /// Whether the elements are arrays themselves.
        multidimensional: bool,
        /// Where it stands.
        location: Location,
    },
    /// `ROW(...)`
    Row {
        /// The fields.
        fields: Vec<Expr>,
        /// The composite type, or `record` (2249).
        type_oid: Oid,
        /// Where it stands.
        location: Location,
    },
    /// `(a, b) < (c, d)`; `=` and `<>` are AND and OR of operators instead.
    RowCompare {
        /// The server's `RowCompareType`: 1 `<`, 2 `<=`, 3 `=`, 4 `>=`, 5 `>`, 6 `<>`.
        kind: u32,
        /// The operators, column by column.
        operators: Vec<Oid>,
        /// The left row.
        left: Vec<Expr>,
        /// The right row.
        right: Vec<Expr>,
    },
    /// COALESCE
    Coalesce {
        /// The arguments.
        args: Vec<Expr>,
        /// The result type.
        type_oid: Oid,
        /// Where it stands.
        location: Location,
    },
    /// GREATEST, LEAST
    MinMax {
        /// The arguments.
        args: Vec<Expr>,
        /// The result type.
        type_oid: Oid,
        /// Where it stands.
        location: Location,
    },
    /// CURRENT_DATE, CURRENT_USER and the like: the server's `SQLValueFunctionOp`.
    SqlValue {
        /// 0 date, 1 to 8 times, 9 to 14 roles, 13 catalog, 14 schema; the numbers are the server's.
        op: u32,
        /// The result type.
        type_oid: Oid,
        /// Where it stands.
        location: Location,
    },
    /// XMLELEMENT, XMLFOREST and the rest of SQL/XML.
    Xml {
        /// The server's `XmlExprOp`.
        op: u32,
        /// All the expressions inside it.
        args: Vec<Expr>,
        /// The result type.
        type_oid: Oid,
    },
    /// JSON_OBJECT, JSON_VALUE, IS JSON and the rest of SQL/JSON.
    Json {
        /// The node's tag: `JSONCONSTRUCTOREXPR`, `JSONISPREDICATE`, `JSONEXPR`, `JSONVALUEEXPR`.
        tag: String,
        /// All the expressions inside it.
        args: Vec<Expr>,
        /// The result type, 0 where the node has none.
        type_oid: Oid,
        /// The node's own number of what it does (`JsonConstructorType`, `JsonExprOp`), 0 where it has none.
        op: u32,
    },
    /// IS NULL, IS NOT NULL
    NullTest {
        /// The value.
        arg: Box<Expr>,
        /// IS NULL, not IS NOT NULL.
        is_null: bool,
        /// Whether the value is a composite, whose fields are then tested.
        row: bool,
        /// Where it stands.
        location: Location,
    },
    /// IS TRUE and the like.
    BooleanTest {
        /// The value.
        arg: Box<Expr>,
        /// Which.
        test: BooleanTest,
        /// Where it stands.
        location: Location,
    },
    /// The value that a domain's CHECK is about.
    DomainValue {
        /// Its type.
        type_oid: Oid,
    },
    /// DEFAULT in VALUES or SET.
    Default {
        /// The type of the column.
        type_oid: Oid,
    },
    /// WHERE CURRENT OF
    CurrentOf,
    /// The next value of an identity column.
    NextValue {
        /// The sequence.
        sequence: Oid,
        /// The result type.
        type_oid: Oid,
    },
    /// `merge_action()` in RETURNING.
    MergeAction {
        /// The result type.
        type_oid: Oid,
    },
    /// `old.*` and `new.*` expressions of RETURNING (18).
    Returning {
        /// OLD, not NEW.
        old: bool,
        /// The expression.
        arg: Box<Expr>,
    },
    /// A node that the reader does not know: its tag, and the field where that is what is not known. It proves nothing.
    Opaque(String),
}

/// How a call was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallForm {
    /// `f(x)`
    Call,
    /// `x::t`, `CAST`
    ExplicitCast,
    /// Inserted by the server.
    ImplicitCast,
    /// SQL's own syntax: `EXTRACT(... FROM ...)`
    Syntax,
}

/// How a cast changes a value. A cast by a function is [`Expr::Function`] with a cast's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CastVia {
    /// Not at all: the types are binary-coercible.
    Relabel,
    /// Through text output and input.
    InOut,
    /// Element by element.
    ArrayElements,
    /// From one row type to another.
    RowType,
    /// To a domain, whose constraints are checked.
    Domain,
}

/// A constant.
#[derive(Debug, Clone)]
pub struct Const {
    /// Its type.
    pub type_oid: Oid,
    /// Its collation, 0 for none.
    pub collation: Oid,
    /// Its value as the server holds it in memory, varlena header stripped; `None` is NULL. A by-value type gives
    /// its datum as 8 bytes, little-endian.
    pub value: Option<Vec<u8>>,
    /// Where it stands.
    pub location: Location,
}

impl Const {
    /// The value of a text-like constant (text, varchar, bpchar, name is not one).
    pub fn text(&self) -> Option<&str> {
        self.value.as_deref().and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// The value of a boolean constant.
    pub fn bool(&self) -> Option<bool> {
        (self.type_oid == 16)
            .then_some(self.value.as_deref()?)
            .and_then(|bytes| bytes.first())
            .map(|byte| *byte != 0)
    }

    /// The value of an int2, int4, int8 or oid constant, and of an enum (the label's OID).
    pub fn integer(&self) -> Option<i64> {
        self.value.as_deref().and_then(|bytes| bytes.try_into().ok()).map(i64::from_le_bytes)
    }
}

/// The kind of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// `$n`; in the body of a function its argument.
    Extern,
    /// The executor's own.
    Exec,
    /// A column of the subquery of an IN or ANY sublink.
    Sublink,
    /// A column of a multi-assignment `(a, b) = (select ...)`: the sublink's number in the upper 16 bits of the id.
    MultiAssign,
}

/// An operator call.
#[derive(Debug, Clone)]
pub struct Operator {
    /// `pg_operator.oid`.
    pub operator: Oid,
    /// The collation that it uses, 0 for none.
    pub collation: Oid,
    /// The result type.
    pub type_oid: Oid,
    /// One or two arguments.
    pub args: Vec<Expr>,
    /// Whether it returns a set.
    pub set: bool,
    /// Where it stands.
    pub location: Location,
}

/// AND, OR, NOT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoolOp {
    /// AND
    And,
    /// OR
    Or,
    /// NOT
    Not,
}

/// The tests of `x IS TRUE` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BooleanTest {
    /// IS TRUE
    True,
    /// IS NOT TRUE
    NotTrue,
    /// IS FALSE
    False,
    /// IS NOT FALSE
    NotFalse,
    /// IS UNKNOWN
    Unknown,
    /// IS NOT UNKNOWN
    NotUnknown,
}

/// An aggregate call.
#[derive(Debug, Clone)]
pub struct Aggregate {
    /// `pg_proc.oid`.
    pub function: Oid,
    /// The result type.
    pub type_oid: Oid,
    /// The direct arguments of an ordered-set aggregate.
    pub direct_args: Vec<Expr>,
    /// The aggregated arguments, ORDER BY's extra ones included as junk.
    pub args: Vec<Target>,
    /// ORDER BY.
    pub order: Vec<SortGroup>,
    /// DISTINCT.
    pub distinct: Vec<SortGroup>,
    /// FILTER.
    pub filter: Option<Expr>,
    /// `count(*)`
    pub star: bool,
    /// `n` normal, `o` ordered-set, `h` hypothetical-set.
    pub kind: char,
    /// How many query levels up it aggregates.
    pub levels_up: usize,
    /// Where it stands.
    pub location: Location,
}

/// A subquery in an expression.
#[derive(Debug, Clone)]
pub struct Sublink {
    /// The kind.
    pub kind: SublinkKind,
    /// Its number, which [`ParamKind::MultiAssign`] refers to.
    pub id: usize,
    /// The comparison of ANY, ALL and row comparisons; [`ParamKind::Sublink`] stands for the subquery's columns.
    pub test: Option<Expr>,
    /// The subquery.
    pub query: Query,
    /// Where it stands.
    pub location: Location,
}

/// The kind of a sublink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SublinkKind {
    /// EXISTS
    Exists,
    /// `op ALL`
    All,
    /// `op ANY`, IN
    Any,
    /// `(a, b) op (select ...)`
    RowCompare,
    /// A scalar subquery.
    Scalar,
    /// `(a, b) = (select ...)` in SET.
    MultiAssign,
    /// `ARRAY(select ...)`
    Array,
    /// SEARCH or CYCLE's own.
    Cte,
}
