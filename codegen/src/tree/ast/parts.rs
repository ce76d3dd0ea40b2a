//! The parts of expressions.

use super::{Expr, Location, Oid, Query, RangeIndex, SortGroup, Target};

/// A reference to a column of a range table entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Var {
    /// The entry, in the range table of the query [`Var::levels_up`] levels up.
    pub range: RangeIndex,
    /// The attribute: from 1; 0 is the whole row, below 0 a system column.
    pub attribute: i32,
    /// Its type.
    pub type_oid: Oid,
    /// Its type modifier, -1 for none.
    pub typmod: i32,
    /// The collation of the column, 0 for none.
    pub collation: Oid,
    /// The number of query levels between this one and that of the entry.
    pub levels_up: usize,
    /// Which row of RETURNING it reads (18): the default, OLD or NEW.
    pub returning: VarReturning,
    /// Its place.
    pub location: Location,
}

/// Which row of RETURNING a column is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VarReturning {
    /// Neither: the new row, or for DELETE the old one.
    Default,
    /// `old.x`
    Old,
    /// `new.x`
    New,
}

/// A call of a function.
#[derive(Debug, Clone)]
pub struct Call {
    /// `pg_proc.oid`.
    pub function: Oid,
    /// The result type.
    pub type_oid: Oid,
    /// The arguments in the order of the function's parameters. Omitted ones, which have defaults, are not in the list.
    pub args: Vec<Expr>,
    /// For each argument the index of its parameter, from 0.
    pub parameters: Vec<usize>,
    /// The collation that it uses, 0 for none.
    pub collation: Oid,
    /// Its place.
    pub location: Location,
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

/// How a cast converts a value. A cast by a function is [`Expr::Function`] with the form of a cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CastVia {
    /// Without a change: the types are binary-coercible.
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
    /// Its value in the server's in-memory representation, without a varlena header; `None` is NULL. The datum of a by-value
    /// type has 8 bytes, little-endian.
    pub value: Option<Vec<u8>>,
    /// Its place.
    pub location: Location,
}

impl Const {
    /// The value of a constant of type text, varchar or bpchar (not name).
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
    /// `$n`; in the body of a function a parameter of it.
    Extern,
    /// A parameter that only the executor uses.
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
    /// Its place.
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
    /// The aggregated arguments, and as junk further expressions of its ORDER BY.
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
    /// The number of query levels between this one and the one whose rows it aggregates.
    pub levels_up: usize,
    /// Its place.
    pub location: Location,
}

/// A subquery in an expression.
#[derive(Debug, Clone)]
pub struct Sublink {
    /// The kind.
    pub kind: SublinkKind,
    /// Its number, which [`ParamKind::MultiAssign`] refers to.
    pub id: usize,
    /// The comparison of ANY, ALL and row comparisons. [`ParamKind::Sublink`] in it are the subquery's columns.
    pub test: Option<Expr>,
    /// The subquery.
    pub query: Query,
    /// Its place.
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
    /// A sublink that the planner makes of a CTE.
    Cte,
}
