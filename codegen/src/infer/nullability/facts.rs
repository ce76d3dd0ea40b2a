//! Facts about a row: the columns and expressions that are not NULL.

use std::collections::{BTreeMap, BTreeSet};

use crate::schema::Schema;
use crate::tree::{Expr, RangeIndex};

use crate::infer::same::{fingerprint, same};

/// A column of a range table entry, relative to a query level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// The number of levels from there up to the entry.
    pub levels_up: usize,
    /// The entry.
    pub range: RangeIndex,
    /// The attribute; 0 is the whole row, which is not NULL unless an outer join found none.
    pub attribute: i32,
}

/// Columns and expressions that are known not to be NULL.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// The columns.
    pub columns: BTreeSet<Column>,
    /// The expressions, of the innermost level only.
    pub exprs: Exprs<'a>,
}

/// Expressions that are compared by [`crate::infer::same`].
#[derive(Debug, Clone, Default)]
pub struct Exprs<'a> {
    by_fingerprint: BTreeMap<(u64, *const Expr), &'a Expr>,
}

impl<'a> Exprs<'a> {
    /// One expression.
    pub fn one(expr: &'a Expr) -> Self {
        Exprs { by_fingerprint: BTreeMap::from([((fingerprint(expr), std::ptr::from_ref(expr)), expr)]) }
    }

    /// Whether one of them is the same expression.
    pub fn know(&self, schema: &Schema, expr: &Expr) -> bool {
        let fingerprint = fingerprint(expr);
        let alike = self.by_fingerprint.range((fingerprint, std::ptr::null())..);
        alike.take_while(|((found, _), _)| *found == fingerprint).any(|(_, known)| same(schema, known, expr))
    }

    /// Adds those that are not known yet, and returns whether there were any.
    pub fn add(&mut self, others: Exprs<'a>, schema: &Schema) -> bool {
        let mut news = false;
        for (key, expr) in others.by_fingerprint {
            // A volatile expression, for instance, is not the same as itself and cannot be recognised.
            if same(schema, expr, expr) && !self.know(schema, expr) {
                self.by_fingerprint.insert(key, expr);
                news = true;
            }
        }
        news
    }
}

impl<'a> Facts<'a> {
    /// One column.
    pub fn column(column: Column) -> Self {
        Facts { columns: BTreeSet::from([column]), exprs: Exprs::default() }
    }

    /// Both hold.
    pub fn and(mut self, mut other: Facts<'a>) -> Self {
        // The smaller set is added to the larger one: a long condition combines many short ones.
        if self.columns.len() < other.columns.len() {
            std::mem::swap(&mut self.columns, &mut other.columns);
        }
        if self.exprs.by_fingerprint.len() < other.exprs.by_fingerprint.len() {
            std::mem::swap(&mut self.exprs, &mut other.exprs);
        }
        self.columns.extend(other.columns);
        self.exprs.by_fingerprint.extend(other.exprs.by_fingerprint);
        self
    }

    /// One of them holds.
    pub fn or(mut self, other: Facts<'a>, schema: &Schema) -> Self {
        self.columns.retain(|column| other.columns.contains(column));
        self.exprs.by_fingerprint.retain(|_, expr| other.exprs.know(schema, expr));
        self
    }

    /// The same facts, relative to a query `levels` further in.
    pub fn seen_from_within(self, levels: usize) -> Self {
        if levels == 0 {
            return self;
        }
        let columns = self.columns.into_iter();
        Facts {
            columns: columns
                .map(|column| Column { levels_up: column.levels_up + levels, ..column })
                .collect(),
            exprs: Exprs::default(),
        }
    }

    /// What a subquery's facts imply about the rows around it.
    pub fn of_outer_rows(&self) -> Self {
        let columns = self.columns.iter().filter(|column| column.levels_up > 0);
        Facts {
            columns: columns.map(|column| Column { levels_up: column.levels_up - 1, ..*column }).collect(),
            exprs: Exprs::default(),
        }
    }
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value {
    /// Whether it is never NULL.
    pub non_null: bool,
    /// If it is an array, its elements.
    pub elements: Elements,
}

/// What is known of an array's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Elements {
    /// None is NULL.
    NonNull,
    /// One may be NULL, by what the query computes.
    MaybeNull,
    /// They come from a stored array or a parameter.
    Unknown,
}

impl Value {
    /// A value about which nothing is known.
    pub const UNKNOWN: Value = Value { non_null: false, elements: Elements::Unknown };

    /// A value that is never NULL, and not an array.
    pub const NON_NULL: Value = Value { non_null: true, elements: Elements::Unknown };

    /// A value that is one of two.
    pub fn or(self, other: Value) -> Value {
        Value { non_null: self.non_null && other.non_null, elements: self.elements.or(other.elements) }
    }
}

impl Elements {
    /// The elements of one of two arrays.
    pub fn or(self, other: Elements) -> Elements {
        match (self, other) {
            (Elements::MaybeNull, _) | (_, Elements::MaybeNull) => Elements::MaybeNull,
            (Elements::NonNull, Elements::NonNull) => Elements::NonNull,
            (Elements::Unknown, _) | (_, Elements::Unknown) => Elements::Unknown,
        }
    }

    /// The elements of an array of values like this one.
    pub fn of(non_null: bool) -> Elements {
        if non_null { Elements::NonNull } else { Elements::MaybeNull }
    }
}
