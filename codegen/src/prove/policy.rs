//! `sqlward.toml` against the schema: which rows belong to whom, in OIDs and column numbers.

mod check;
mod roles;

use std::collections::{BTreeMap, BTreeSet};

use crate::parse::{QueryDecl, ScopeDecl};
use crate::schema::{Schema, Table};
use crate::tree::{Expr, Oid};

/// What owns which rows, resolved against the schema.
#[derive(Debug, Default)]
pub struct Policy {
    soft_delete: Option<String>,
    never_delete: BTreeSet<Oid>,
    shared: BTreeSet<Oid>,
    trusted: BTreeSet<Oid>,
    pub(super) scopes: Vec<ScopePolicy>,
}

/// A scope.
#[derive(Debug)]
pub(super) struct ScopePolicy {
    pub(super) name: String,
    /// The parameter that its token fills.
    pub(super) param: Option<String>,
    /// Whether the parameter is an array of ids.
    pub(super) set: bool,
    /// The column whose values the token carries.
    pub(super) id: Option<(Oid, i32)>,
    /// Tables that it owns, and their owner columns.
    pub(super) owners: BTreeMap<Oid, i32>,
    /// Tables in scope by a foreign key.
    pub(super) via: BTreeMap<Oid, Vec<Way>>,
    /// Rows that may be read.
    pub(super) rows: BTreeMap<Oid, Rows>,
    /// The rows that make someone part of it.
    pub(super) membership: Option<Membership>,
}

/// The rows that make someone part of a scope.
#[derive(Debug)]
pub(super) struct Membership {
    /// Their table.
    pub(super) table: Oid,
    /// The column that tells of what.
    pub(super) id: i32,
    /// The column that tells who.
    pub(super) member: i32,
    /// What such a row must meet.
    pub(super) guard: Option<Guard>,
    /// What it must meet for a role besides.
    pub(super) roles: Vec<Role>,
}

/// A role within a scope.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) guard: Guard,
}

/// A foreign key that brings a table into scope.
#[derive(Debug)]
pub(super) struct Way {
    /// The table at its other end.
    pub(super) table: Oid,
    /// Its columns: own, other.
    pub(super) pairs: Vec<(i32, i32)>,
    /// Whether the key stands on the table that is in scope by it.
    pub(super) refers: bool,
    /// What the other row must meet.
    pub(super) guard: Option<Guard>,
}

/// A condition on the columns of one table.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// As PostgreSQL reads it; `None` is no condition.
    pub(super) expr: Option<Expr>,
    /// As its author wrote it.
    pub(super) text: String,
    /// The columns that it speaks of.
    pub(super) columns: BTreeSet<i32>,
}

/// Rows that may be read, and the columns that may be used of them.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) guard: Option<Guard>,
    pub(super) columns: Option<BTreeSet<i32>>,
}

impl Policy {
    /// A policy with scopes that reach nothing.
    pub fn of_scopes<'n>(names: impl IntoIterator<Item = &'n str>) -> Policy {
        let scope = |name: &str| ScopePolicy {
            name: name.to_owned(),
            param: None,
            set: false,
            id: None,
            owners: BTreeMap::new(),
            via: BTreeMap::new(),
            rows: BTreeMap::new(),
            membership: None,
        };
        Policy { scopes: names.into_iter().map(scope).collect(), ..Policy::default() }
    }

    /// The column that says whether a row of this table is deleted.
    pub(super) fn soft_delete_column(&self, table: &Table) -> Option<i32> {
        Some(table.column_named(self.soft_delete.as_deref()?)?.number)
    }

    /// Whether rows of this table stay, whatever happens.
    pub(super) fn keeps(&self, table: &Table) -> bool {
        self.never_delete.contains(&table.oid) || self.soft_delete_column(table).is_some()
    }

    /// Whether rows of this table are everybody's.
    pub(super) fn is_shared(&self, table: Oid) -> bool {
        self.shared.contains(&table)
    }

    /// Whether the author vouches for a function.
    pub(super) fn trusts(&self, function: Oid) -> bool {
        self.trusted.contains(&function)
    }

    /// The trust alone, in functions that are declared to compute and nothing else: that others keep to a scope does not tell
    /// which rows they read.
    pub(super) fn of_computing_functions(&self, schema: &Schema) -> Policy {
        let computes = |function: &Oid| {
            schema.functions.get(function).is_some_and(|function| function.volatility == 'i')
        };
        Policy { trusted: self.trusted.iter().copied().filter(computes).collect(), ..Policy::default() }
    }

    /// Whether any guard has to be compared with what queries say.
    pub(super) fn has_guards(&self) -> bool {
        self.scopes.iter().any(|scope| {
            scope.rows.values().any(|rows| rows.guard.is_some())
                || scope.via.values().flatten().any(|way| way.guard.is_some())
                || scope.membership.is_some()
        })
    }

    /// Whether rows can be in scope in more ways than by one column.
    pub(super) fn has_ways(&self) -> bool {
        self.scopes.iter().any(|scope| !scope.via.is_empty() || !scope.rows.is_empty())
    }

    /// The scope of that name.
    pub(super) fn scope(&self, name: &str) -> Option<&ScopePolicy> {
        self.scopes.iter().find(|scope| scope.name == name)
    }

    /// The owner columns of a table in the scopes that a query claims, and the parameters that their tokens fill.
    pub fn owner_columns(&self, decl: &QueryDecl, table: Oid) -> Vec<(i32, &str)> {
        let Some(ScopeDecl::Claimed(claimed)) = &decl.scope else { return Vec::new() };
        let scopes = claimed.iter().filter_map(|name| self.scope(&name.scope.value));
        // A set is no value of a column.
        let single = scopes.filter(|scope| !scope.set);
        single.filter_map(|scope| Some((*scope.owners.get(&table)?, scope.param.as_deref()?))).collect()
    }

    /// The columns of a table that decide whose its rows are, in any scope, each with what says so.
    pub(super) fn anchors(&self, table: Oid) -> Vec<(i32, String)> {
        let mut found = Vec::new();
        for scope in &self.scopes {
            if let Some(column) = scope.owners.get(&table) {
                found.push((*column, format!("the owner column of scope `{}`", scope.name)));
            }
            for way in scope.via.get(&table).into_iter().flatten() {
                found.extend(way.pairs.iter().map(|(own, _)| {
                    (*own, format!("the key that brings its rows into scope `{}`", scope.name))
                }));
            }
        }
        found
    }
}
