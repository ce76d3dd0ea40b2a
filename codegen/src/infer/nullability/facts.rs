//! What is known of a row.

use std::collections::BTreeSet;

use crate::schema::Schema;
use crate::tree::{Expr, RangeIndex};

use crate::infer::same::same;

/// A column of a range table entry, as seen from some query level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// How many levels up the entry stands.
    pub levels_up: usize,
    /// The entry.
    pub range: RangeIndex,
    /// The attribute; 0 is the whole row, which is not NULL where no outer join left it out.
    pub attribute: i32,
}

/// Columns and expressions of which it is known that they are not NULL.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// The columns.
    pub columns: BTreeSet<Column>,
    /// The expressions, which are compared by [`crate::infer::same`]. They are about the innermost level only.
    pub exprs: Vec<&'a Expr>,
}

impl<'a> Facts<'a> {
    /// One column.
    pub fn column(column: Column) -> Self {
        Facts { columns: BTreeSet::from([column]), exprs: Vec::new() }
    }

    /// Both hold.
    pub fn and(mut self, other: Facts<'a>) -> Self {
        self.columns.extend(other.columns);
        for expr in other.exprs {
            if !self.exprs.iter().any(|known| std::ptr::eq(*known, expr)) {
                self.exprs.push(expr);
            }
        }
        self
    }

    /// One of them holds.
    pub fn or(self, other: Facts<'a>, schema: &Schema) -> Self {
        Facts {
            columns: self.columns.intersection(&other.columns).copied().collect(),
            exprs: self
                .exprs
                .into_iter()
                .filter(|expr| other.exprs.iter().any(|known| same(schema, known, expr)))
                .collect(),
        }
    }

    /// The same facts seen from a query `levels` further in.
    pub fn seen_from_within(self, levels: usize) -> Self {
        if levels == 0 {
            return self;
        }
        let columns = self.columns.into_iter();
        Facts {
            columns: columns
                .map(|column| Column { levels_up: column.levels_up + levels, ..column })
                .collect(),
            exprs: Vec::new(),
        }
    }

    /// What a subquery's facts say about the rows around it.
    pub fn of_outer_rows(&self) -> Self {
        let columns = self.columns.iter().filter(|column| column.levels_up > 0);
        Facts {
            columns: columns.map(|column| Column { levels_up: column.levels_up - 1, ..*column }).collect(),
            exprs: Vec::new(),
        }
    }
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// Whether it is never NULL.
    pub non_null: bool,
    /// If it is an array, its elements.
    pub elements: Elements,
}

/// What is known of an array's elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elements {
    /// None is NULL.
    NonNull,
    /// One may be NULL, by what the query computes.
    MaybeNull,
    /// They come from a stored array or a parameter.
    Unknown,
}

impl Value {
    /// A value of which nothing is known.
    pub const UNKNOWN: Value = Value { non_null: false, elements: Elements::Unknown };

    /// A value that is never NULL, nor an array.
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

    /// The elements that values like this one make.
    pub fn of(non_null: bool) -> Elements {
        if non_null { Elements::NonNull } else { Elements::MaybeNull }
    }
}
