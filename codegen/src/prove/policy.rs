//! The policy of `sqlward.toml`, resolved against the schema: names of tables and columns are OIDs and column numbers here,
//! and conditions are expressions that PostgreSQL has analysed.

mod check;
mod roles;

use std::collections::{BTreeMap, BTreeSet};

use crate::parse::{QueryDecl, ScopeDecl};
use crate::schema::{Schema, Table};
use crate::tree::{Expr, Oid};

/// The policy: which rows are in which scope, which are deleted by marking, and which functions are trusted.
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
    /// The table and the column whose values are the ids in the token.
    pub(super) id: Option<(Oid, i32)>,
    /// The tables that it owns, each with its owner column.
    pub(super) owners: BTreeMap<Oid, i32>,
    /// The tables that are in scope by foreign keys.
    pub(super) via: BTreeMap<Oid, Vec<Via>>,
    /// The tables of which rows may be read in this scope, whoever owns them.
    pub(super) rows: BTreeMap<Oid, Rows>,
    /// The table whose rows grant its token.
    pub(super) membership: Option<Membership>,
}

/// A table whose rows say who belongs to a scope, and so grant its token.
#[derive(Debug)]
pub(super) struct Membership {
    /// The table.
    pub(super) table: Oid,
    /// The column with the id of the scope.
    pub(super) id: i32,
    /// The column with the member.
    pub(super) member: i32,
    /// The condition on these rows.
    pub(super) guard: Option<Guard>,
    /// The roles, each with a further condition.
    pub(super) roles: Vec<Role>,
}

/// A role within a scope.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) guard: Guard,
}

/// A foreign key that brings the rows of a table into scope: they are in scope if the rows at its other end are.
#[derive(Debug)]
pub(super) struct Via {
    /// The table at the other end.
    pub(super) table: Oid,
    /// The pairs of columns: of this table, of the other table.
    pub(super) pairs: Vec<(i32, i32)>,
    /// Whether this table is the referencing one. Otherwise the other table refers to it.
    pub(super) refers: bool,
    /// The condition on the row at the other end.
    pub(super) guard: Option<Guard>,
}

/// A condition on the columns of one table.
#[derive(Debug, Clone)]
pub(super) struct Guard {
    /// The condition as PostgreSQL analysed it. `None` is the condition `true`.
    pub(super) expr: Option<Expr>,
    /// The condition as its author wrote it.
    pub(super) text: String,
    /// The columns in it.
    pub(super) columns: BTreeSet<i32>,
}

/// The rows of a table that may be read, and the columns that may be used. `None` is no restriction.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) guard: Option<Guard>,
    pub(super) columns: Option<BTreeSet<i32>>,
}

impl Policy {
    /// A policy with scopes of these names and without tables, for tests of code generation.
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

    /// The column that marks rows of this table as deleted.
    pub(super) fn soft_delete_column(&self, table: &Table) -> Option<i32> {
        Some(table.column_named(self.soft_delete.as_deref()?)?.number)
    }

    /// Whether rows of this table must never be removed.
    pub(super) fn keeps(&self, table: &Table) -> bool {
        self.never_delete.contains(&table.oid) || self.soft_delete_column(table).is_some()
    }

    /// Whether this table is shared by all scopes.
    pub(super) fn is_shared(&self, table: Oid) -> bool {
        self.shared.contains(&table)
    }

    /// Whether the policy lists a function as trusted.
    pub(super) fn trusts(&self, function: Oid) -> bool {
        self.trusted.contains(&function)
    }

    /// A policy without scopes, with those trusted functions that are immutable. The others may read rows, and which ones these
    /// are is not known.
    pub(super) fn of_computing_functions(&self, schema: &Schema) -> Policy {
        let computes = |function: &Oid| {
            schema.functions.get(function).is_some_and(|function| function.volatility == 'i')
        };
        Policy { trusted: self.trusted.iter().copied().filter(computes).collect(), ..Policy::default() }
    }

    /// Whether there are guards, so that conditions have to be kept as a whole to be compared with them.
    pub(super) fn has_guards(&self) -> bool {
        self.scopes.iter().any(|scope| {
            scope.rows.values().any(|rows| rows.guard.is_some())
                || scope.via.values().flatten().any(|via| via.guard.is_some())
                || scope.membership.is_some()
        })
    }

    /// Whether rows can be in scope by anything but an owner column.
    pub(super) fn has_indirect_scopes(&self) -> bool {
        self.scopes.iter().any(|scope| !scope.via.is_empty() || !scope.rows.is_empty())
    }

    /// The scope of that name.
    pub(super) fn scope(&self, name: &str) -> Option<&ScopePolicy> {
        self.scopes.iter().find(|scope| scope.name == name)
    }

    /// The owner columns of a table in the scopes that a query claims, each with the parameter that the token fills.
    pub fn owner_columns(&self, decl: &QueryDecl, table: Oid) -> Vec<(i32, &str)> {
        let Some(ScopeDecl::Claimed(claimed)) = &decl.scope else { return Vec::new() };
        let scopes = claimed.iter().filter_map(|name| self.scope(&name.scope.value));
        // The parameter of a set is an array, not a value for the column.
        let single = scopes.filter(|scope| !scope.set);
        single.filter_map(|scope| Some((*scope.owners.get(&table)?, scope.param.as_deref()?))).collect()
    }

    /// The columns of a table that decide in which scopes its rows are, each with a description for messages.
    pub(super) fn anchors(&self, table: Oid) -> Vec<(i32, String)> {
        let mut found = Vec::new();
        for scope in &self.scopes {
            if let Some(column) = scope.owners.get(&table) {
                found.push((*column, format!("the owner column of scope `{}`", scope.name)));
            }
            for via in scope.via.get(&table).into_iter().flatten() {
                found.extend(via.pairs.iter().map(|(own, _)| {
                    (*own, format!("the foreign key that puts its rows in scope `{}`", scope.name))
                }));
            }
        }
        found
    }
}
