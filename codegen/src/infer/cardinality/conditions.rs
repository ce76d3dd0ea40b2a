//! The conditions of a query that can pin an entry of FROM to one row.

use crate::schema::{Operator, Schema, TypeKind};
use crate::tree::pg_type::{INT2, INT4, INT8, TEXT, VARCHAR};
use crate::tree::{
    BoolOp, CastVia, Expr, From, FromItem, Join, JoinKind, Oid, Query, RangeIndex, RangeKind, Var,
};

/// One conjunct, and the entries that it restricts: all of them, or those on one side of an outer join.
pub struct Condition<'a> {
    /// The conjunct.
    pub expr: &'a Expr,
    within: Option<Vec<RangeIndex>>,
}

impl Condition<'_> {
    /// Whether all rows of an entry that take part in the result meet it.
    pub fn restricts(&self, range: RangeIndex) -> bool {
        self.within.as_ref().is_none_or(|within| within.contains(&range))
    }
}

/// FROM: its entries and conditions.
#[derive(Default)]
pub struct Source<'a> {
    /// The entries; those that a lateral one can refer to come before it.
    pub entries: Vec<RangeIndex>,
    /// Those that an outer join can leave without a row.
    pub padded: Vec<RangeIndex>,
    /// The conditions.
    pub conditions: Vec<Condition<'a>>,
    /// Whether there is a FULL JOIN, or something unknown: then one row of each entry does not make one row in all.
    pub unclear: bool,
}

impl<'a> Source<'a> {
    /// Reads FROM and WHERE.
    pub fn of(query: &'a Query) -> Self {
        let mut source = Source::default();
        source.from(&query.from, None);
        source
    }

    fn from(&mut self, from: &'a From, within: Option<&[RangeIndex]>) {
        for item in &from.items {
            self.item(item, within);
        }
        self.condition(from.quals.as_ref(), within);
    }

    fn item(&mut self, item: &'a FromItem, within: Option<&[RangeIndex]>) {
        match item {
            FromItem::Range(range) => self.entries.push(*range),
            FromItem::Join(join) => self.join(join, within),
            FromItem::Nested(from) => self.from(from, within),
            FromItem::Opaque(_) => self.unclear = true,
        }
    }

    fn join(&mut self, join: &'a Join, within: Option<&[RangeIndex]>) {
        let (preserved, padded) = match join.kind {
            JoinKind::Inner => {
                self.item(&join.left, within);
                self.item(&join.right, within);
                self.condition(join.quals.as_ref(), within);
                return;
            }
            JoinKind::Left => (&join.left, &join.right),
            JoinKind::Right => (&join.right, &join.left),
            JoinKind::Full => {
                self.unclear = true;
                return;
            }
        };
        self.item(preserved, within);
        let mut inside = Vec::new();
        entries(padded, &mut inside);
        self.padded.extend(&inside);
        self.item(padded, Some(&inside));
        self.condition(join.quals.as_ref(), Some(&inside));
    }

    fn condition(&mut self, condition: Option<&'a Expr>, within: Option<&[RangeIndex]>) {
        match condition {
            Some(Expr::Bool { op: BoolOp::And, args, .. }) => {
                args.iter().for_each(|arg| self.condition(Some(arg), within));
            }
            Some(expr) => self.conditions.push(Condition { expr, within: within.map(<[_]>::to_vec) }),
            None => {}
        }
    }
}

fn entries(item: &FromItem, found: &mut Vec<RangeIndex>) {
    match item {
        FromItem::Range(range) => found.push(*range),
        FromItem::Join(join) => {
            entries(&join.left, found);
            entries(&join.right, found);
        }
        FromItem::Nested(from) => from.items.iter().for_each(|item| entries(item, found)),
        FromItem::Opaque(_) => {}
    }
}

/// The columns that a condition equates with something, each with that something.
pub fn equalities<'a>(
    schema: &Schema,
    query: &'a Query,
    condition: &'a Expr,
) -> Vec<(RangeIndex, i32, &'a Expr)> {
    let Expr::Operator(call) = condition else { return Vec::new() };
    let Some(operator) = schema.operators.get(&call.operator) else { return Vec::new() };
    let [left, right] = call.args.as_slice() else { return Vec::new() };
    // With another equality, several rows of a unique key can equal one value.
    if !is_own_equality(schema, operator) || schema.nondeterministic_collations.contains(&call.collation) {
        return Vec::new();
    }
    let sides = [(left, operator.left, right), (right, operator.right, left)];
    let columns = sides.into_iter().filter_map(|(side, compared_as, other)| {
        let (range, attribute) = column(schema, query, side, compared_as)?;
        Some((range, attribute, other))
    });
    columns.collect()
}

/// The column that a condition equates with some element of an array, and the array.
pub fn element_equality<'a>(
    schema: &Schema,
    query: &'a Query,
    condition: &'a Expr,
) -> Option<(RangeIndex, i32, &'a Expr)> {
    let Expr::ArrayOperator { operator, any: true, collation, scalar, array, .. } = condition else {
        return None;
    };
    let operator = schema.operators.get(operator)?;
    if !is_own_equality(schema, operator) || schema.nondeterministic_collations.contains(collation) {
        return None;
    }
    let (range, attribute) = column(schema, query, scalar, operator.left)?;
    Some((range, attribute, array))
}

/// A column of integers and the largest value that a condition lets it have.
pub fn upper_bound(schema: &Schema, query: &Query, condition: &Expr) -> Option<(RangeIndex, i32, i64)> {
    let Expr::Operator(call) = condition else { return None };
    let operator = schema.operators.get(&call.operator)?;
    let [left, right] = call.args.as_slice() else { return None };
    let of_integers = INTEGERS.contains(&operator.left) && INTEGERS.contains(&operator.right);
    if !operator.is_built_in() || !of_integers {
        return None;
    }
    let (side, compared_as, limit, is_strict) = match operator.btree? {
        1 => (left, operator.left, right, true),
        2 => (left, operator.left, right, false),
        4 => (right, operator.right, left, false),
        5 => (right, operator.right, left, true),
        _ => return None,
    };
    let Expr::Const(limit) = limit else { return None };
    let (range, attribute) = column(schema, query, side, compared_as)?;
    Some((range, attribute, limit.integer()?.checked_sub(i64::from(is_strict))?))
}

/// `pg_type.oid` of the integers, which are the same number in each of their types.
pub const INTEGERS: [Oid; 3] = [INT2, INT4, INT8];

/// Whether equal means the same as in a unique index. For types of extensions, such as citext, it is what their operator
/// class says: functions written in C are trusted, others are not.
fn is_own_equality(schema: &Schema, operator: &Operator) -> bool {
    let same_type = operator.left == operator.right;
    if operator.is_built_in() {
        let integers = INTEGERS.contains(&operator.left) && INTEGERS.contains(&operator.right);
        return operator.is_equality() && (same_type || integers);
    }
    let is_compiled = |function: &Oid| {
        let found = schema.functions.get(function);
        found.is_some_and(|found| matches!(found.language.as_str(), "c" | "internal"))
    };
    let mut functions = operator.support.iter().chain([&operator.function]);
    same_type && operator.btree == Some(3) && functions.all(is_compiled)
}

/// The column on one side of a comparison, if it is compared as its own type.
fn column(schema: &Schema, query: &Query, side: &Expr, compared_as: Oid) -> Option<(RangeIndex, i32)> {
    match side {
        Expr::Cast { via: CastVia::Relabel, arg, .. } => column(schema, query, arg, compared_as),
        Expr::Var(var) if var.levels_up == 0 => {
            let own = schema.base_type(var.type_oid)?;
            let polymorphic =
                schema.types.get(&compared_as).is_some_and(|found| found.kind == TypeKind::Pseudo);
            let as_itself =
                own.oid == compared_as || polymorphic || (own.oid == VARCHAR && compared_as == TEXT);
            as_itself.then(|| base_column(query, var))?
        }
        _ => None,
    }
}

/// The entry's column that a column refers to: for a join's column, that of one side.
pub fn base_column(query: &Query, var: &Var) -> Option<(RangeIndex, i32)> {
    match &query.range(var.range)?.kind {
        RangeKind::Join { columns, .. } => match columns.get(usize::try_from(var.attribute - 1).ok()?)? {
            Expr::Var(side) if side.levels_up == 0 => base_column(query, side),
            _ => None,
        },
        _ => Some((var.range, var.attribute)),
    }
}
