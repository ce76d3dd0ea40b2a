//! Terms: the values that facts are about, which are columns of range-table entries, parameters and constants. And which
//! operators and casts of PostgreSQL say that two values are the same.

use rustc_hash::FxHashMap;

use crate::schema::{Operator, Schema, TypeKind};
use crate::tree::pg_type::{ANYENUM, INT2, INT4, INT8, TEXT, VARCHAR};
use crate::tree::{CastVia, Const, Expr, Oid};

/// The index of an entry. A subquery that is read in two places has its entries twice.
pub(super) type EntryId = usize;

/// The index of an interned term.
pub(super) type TermId = u32;

/// A value whose equalities are followed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Term {
    /// A column of the entry's current row.
    Column(EntryId, i32),
    /// `$n` of the statement.
    Param(usize),
    /// A constant other than NULL: its type, and its bytes.
    Const(Oid, Vec<u8>),
}

/// All the terms of one statement.
#[derive(Debug, Default)]
pub(super) struct Terms {
    list: Vec<Term>,
    index: FxHashMap<Term, TermId>,
}

impl Terms {
    /// The id of a term.
    pub(super) fn id(&mut self, term: Term) -> TermId {
        if let Some(id) = self.index.get(&term) {
            return *id;
        }
        let id = u32::try_from(self.list.len()).expect("fewer than 2^32 terms");
        self.list.push(term.clone());
        self.index.insert(term, id);
        id
    }

    /// The id of a term that some condition has mentioned.
    pub(super) fn find(&self, term: &Term) -> Option<TermId> {
        self.index.get(term).copied()
    }

    /// The term behind an id.
    pub(super) fn get(&self, id: TermId) -> &Term {
        &self.list[id as usize]
    }

    /// Whether it is a constant.
    pub(super) fn is_constant(&self, id: TermId) -> bool {
        matches!(self.get(id), Term::Const(..))
    }

    /// Whether it is a parameter.
    pub(super) fn is_param(&self, id: TermId) -> bool {
        matches!(self.get(id), Term::Param(_))
    }

    /// The entry whose column it is.
    pub(super) fn entry(&self, id: TermId) -> Option<EntryId> {
        match self.get(id) {
            Term::Column(entry, _) => Some(*entry),
            Term::Param(_) | Term::Const(..) => None,
        }
    }
}

/// The type whose default operator class compares values of a type: the base type for a domain, text for varchar.
pub(super) fn compared_as(schema: &Schema, type_oid: Oid) -> Oid {
    match schema.base_type(type_oid) {
        Some(found) if found.oid == VARCHAR => TEXT,
        Some(found) => found.oid,
        None => type_oid,
    }
}

/// Whether both types are integers. A cast to a wider integer does not change the value, and one to a narrower fails.
pub(super) fn are_integers(left: Oid, right: Oid) -> bool {
    [left, right].iter().all(|oid| [INT2, INT4, INT8].contains(oid))
}

/// Whether the values of both types, or the elements of both array types, are compared by the same operator class.
pub(super) fn compares_alike(schema: &Schema, left: Oid, right: Oid) -> bool {
    let element = |oid: Oid| {
        let Some(TypeKind::Array { element }) = schema.base_type(oid).map(|found| &found.kind) else {
            return None;
        };
        Some(compared_as(schema, *element))
    };
    compared_as(schema, left) == compared_as(schema, right)
        || element(left).is_some_and(|left| element(right) == Some(left))
}

/// The term of a constant. NULL is no term, since it equals nothing. An integer is the same term in each integer type: the
/// server has all of them in eight bytes.
pub(super) fn constant(schema: &Schema, constant: &Const) -> Option<Term> {
    let type_oid = compared_as(schema, constant.type_oid);
    let type_oid = if are_integers(type_oid, type_oid) { INT8 } else { type_oid };
    Some(Term::Const(type_oid, constant.value.clone()?))
}

/// The meaning of an operator that belongs to the default operator class of its operands' type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    Different,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
}

/// The meaning of an operator for operands of these types and this collation. `None` if it is no comparison, or one for
/// which equal values need not be the same value.
pub(super) fn comparison(
    schema: &Schema,
    operator: Oid,
    left: Oid,
    right: Oid,
    collation: Oid,
) -> Option<Comparison> {
    let found = schema.operators.get(&operator)?;
    if schema.nondeterministic_collations.contains(&collation) {
        return None;
    }
    if let Some(meaning) = own_comparison(schema, found, left, right) {
        return Some(meaning);
    }
    let negator = schema.operators.get(&negator(schema, operator)?)?;
    (own_comparison(schema, negator, left, right) == Some(Comparison::Equal)).then_some(Comparison::Different)
}

/// The negator of a built-in operator. Users can declare any operator as the negator of theirs, so those are not believed.
pub(super) fn negator(schema: &Schema, operator: Oid) -> Option<Oid> {
    let found = schema.operators.get(&operator).filter(|found| found.is_built_in())?;
    Some(schema.operators.get(&found.negator).filter(|negator| negator.is_built_in())?.oid)
}

fn own_comparison(schema: &Schema, operator: &Operator, left: Oid, right: Oid) -> Option<Comparison> {
    if !operator.is_built_in() {
        return None;
    }
    let (left, right) = (compared_as(schema, left), compared_as(schema, right));
    let is_enum =
        |oid: Oid| schema.types.get(&oid).is_some_and(|found| matches!(found.kind, TypeKind::Enum { .. }));
    let of_these = operator.left == left && operator.right == right;
    let own = (of_these && (left == right || are_integers(left, right)))
        || (operator.left == ANYENUM && operator.right == ANYENUM && left == right && is_enum(left));
    if !own {
        return None;
    }
    match (operator.is_equality(), operator.btree) {
        (true, _) => Some(Comparison::Equal),
        (false, Some(2)) => Some(Comparison::AtMost),
        (false, Some(4)) => Some(Comparison::AtLeast),
        (false, _) => None,
    }
}

/// The expression below casts that do not change the value, and below COLLATE. `None` under a nondeterministic collation,
/// since an operator above could compare by it.
pub(super) fn plain<'a>(schema: &Schema, mut expr: &'a Expr) -> Option<&'a Expr> {
    loop {
        match below(schema, expr) {
            Some((_, Some(collation))) if schema.nondeterministic_collations.contains(&collation) => {
                return None;
            }
            Some((inner, _)) => expr = inner,
            None => return Some(expr),
        }
    }
}

/// The operand of a cast that does not change the value, or of COLLATE, with the collation of the result. A cast that keeps
/// the bytes but leads to another operator class, such as text to bpchar, counts as a change.
fn below<'e>(schema: &Schema, expr: &'e Expr) -> Option<(&'e Expr, Option<Oid>)> {
    if let Expr::Cast { arg, via: CastVia::Relabel | CastVia::Domain, type_oid, .. } = expr
        && arg.type_oid().is_none_or(|from| !compares_alike(schema, from, *type_oid))
    {
        return None;
    }
    if let Expr::Cast { arg, via: CastVia::Relabel | CastVia::Domain, collation, .. } = expr {
        return Some((arg, Some(*collation)));
    }
    if let Expr::NamedArgument(arg) = expr {
        return Some((arg, None));
    }
    // A cast of an array whose elements are cast without a change, such as varchar[] to text[].
    if let Expr::Cast { arg, via: CastVia::ArrayElements, element: Some(element), type_oid, .. } = expr
        && arg.type_oid().is_some_and(|from| compares_alike(schema, from, *type_oid))
        && matches!(plain(schema, element), Some(Expr::CaseTest { .. }))
    {
        return Some((arg, None));
    }
    if let Expr::Collate { arg, collation } = expr {
        return Some((arg, Some(*collation)));
    }
    None
}

/// Whether an expression is the constant NULL.
pub(super) fn is_null(mut expr: &Expr) -> bool {
    while let Expr::Cast { arg: inner, via: CastVia::Relabel | CastVia::Domain, .. }
    | Expr::NamedArgument(inner)
    | Expr::Collate { arg: inner, .. } = expr
    {
        expr = inner;
    }
    matches!(expr, Expr::Const(constant) if constant.value.is_none())
}
