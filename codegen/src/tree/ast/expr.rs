//! Expressions of the typed tree.

use super::{
    Aggregate, BoolOp, BooleanTest, Call, CallForm, CastVia, Const, Location, Oid, Operator, ParamKind,
    Sublink, Var,
};

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
        /// Its place, or the beginning of the cast around it if that is further left: `cast($1 as text)`.
        location: Location,
    },
    /// An aggregate.
    Aggregate(Box<Aggregate>),
    /// `GROUPING(...)`
    Grouping {
        /// Its arguments, which are not evaluated.
        args: Vec<Expr>,
        /// Its place.
        location: Location,
    },
    /// A window function.
    WindowCall {
        /// The call.
        call: Call,
        /// FILTER.
        filter: Option<Box<Expr>>,
        /// [`Window::reference`](super::Window::reference).
        window: usize,
        /// Whether it is an aggregate.
        aggregate: bool,
    },
    /// `a[1]`, `a[1:2]`, `j['k']`, also as the target of an assignment.
    Subscript {
        /// The array or jsonb.
        container: Box<Expr>,
        /// The type of the container.
        container_type: Oid,
        /// The result type.
        type_oid: Oid,
        /// The subscripts, or the upper bounds of a slice; `None` is an omitted bound.
        upper: Vec<Option<Expr>>,
        /// The lower bounds of a slice.
        lower: Vec<Option<Expr>>,
        /// The assigned value, in an assignment.
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
        /// Whether it is ANY; otherwise it is ALL.
        any: bool,
        /// The collation that the comparison uses; 0 for none.
        collation: Oid,
        /// The left side.
        scalar: Box<Expr>,
        /// The array.
        array: Box<Expr>,
        /// Its place.
        location: Location,
    },
    /// AND, OR, NOT.
    Bool {
        /// The operator.
        op: BoolOp,
        /// The arguments; one for NOT.
        args: Vec<Expr>,
        /// Its place.
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
        /// How the value is converted.
        via: CastVia,
        /// The value.
        arg: Box<Expr>,
        /// For [`CastVia::ArrayElements`]: the conversion of an element, which is an [`Expr::CaseTest`] in it.
        element: Option<Box<Expr>>,
        /// The target type.
        type_oid: Oid,
        /// The target type modifier, -1 for none.
        typmod: i32,
        /// The collation of the result, 0 for none. A domain can have its own.
        collation: Oid,
        /// How it was written.
        form: CallForm,
        /// Its place.
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
        /// The argument of `CASE arg WHEN`. Then each condition is a comparison with [`Expr::CaseTest`].
        arg: Option<Box<Expr>>,
        /// Condition and result of each WHEN.
        whens: Vec<(Expr, Expr)>,
        /// ELSE. PostgreSQL adds a NULL constant if there is none.
        otherwise: Option<Box<Expr>>,
        /// The result type.
        type_oid: Oid,
        /// Its place.
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
        /// Its place.
        location: Location,
    },
    /// `ROW(...)`
    Row {
        /// The fields.
        fields: Vec<Expr>,
        /// The composite type, or `record` (2249).
        type_oid: Oid,
        /// Its place.
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
        /// Its place.
        location: Location,
    },
    /// GREATEST, LEAST
    MinMax {
        /// The arguments.
        args: Vec<Expr>,
        /// The result type.
        type_oid: Oid,
        /// Its place.
        location: Location,
    },
    /// CURRENT_DATE, CURRENT_USER and the like: the server's `SQLValueFunctionOp`.
    SqlValue {
        /// The server's number: 0 date, 1 to 8 times, 9 to 12 roles, 13 catalog, 14 schema.
        op: u32,
        /// The result type.
        type_oid: Oid,
        /// The precision of a time, -1 for none.
        typmod: i32,
        /// Its place.
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
        /// The result type, 0 if the node has none.
        type_oid: Oid,
        /// The server's `JsonConstructorType` or `JsonExprOp`, 0 if the node has none.
        op: u32,
        /// `ABSENT ON NULL` of a constructor.
        absent_on_null: bool,
    },
    /// IS NULL, IS NOT NULL
    NullTest {
        /// The value.
        arg: Box<Expr>,
        /// Whether it is IS NULL; otherwise it is IS NOT NULL.
        is_null: bool,
        /// Whether the value is a composite, whose fields are then tested.
        row: bool,
        /// Its place.
        location: Location,
    },
    /// IS TRUE and the like.
    BooleanTest {
        /// The value.
        arg: Box<Expr>,
        /// The test.
        test: BooleanTest,
        /// Its place.
        location: Location,
    },
    /// VALUE in a domain's CHECK.
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
        /// Whether it is OLD; otherwise it is NEW.
        old: bool,
        /// The expression.
        arg: Box<Expr>,
    },
    /// A node that the reader does not know: its tag, and the field if only that is unknown. It proves nothing.
    Opaque(String),
}
