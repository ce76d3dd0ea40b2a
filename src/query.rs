//! A query as generated code declares it.

use postgres_types::Type;

/// A query that was analysed and proven when the crate was generated: its text, and what the server said of it.
///
/// Generated functions keep theirs in a `static`; its address is the query's identity, by which each connection
/// finds the statement that it has prepared for it.
#[derive(Debug)]
pub struct Query {
    name: &'static str,
    sql: &'static str,
    params: &'static [Type],
    columns: &'static [(&'static str, &'static str)],
    scope: Option<&'static str>,
}

impl Query {
    /// Declares a query.
    ///
    /// `params` has the type of every `$n`, [`Type::UNKNOWN`] where the server is to infer it, which it does for
    /// user-defined types, whose OIDs differ between servers. `columns` are the names and types of the result, the
    /// types as the server names them, with their schema unless that is `pg_catalog`.
    pub const fn new(
        name: &'static str,
        sql: &'static str,
        params: &'static [Type],
        columns: &'static [(&'static str, &'static str)],
    ) -> Query {
        Query { name, sql, params, columns, scope: None }
    }

    /// Whose rows it is about, for who observes it: `creator`, or `creator, organization`, or `system`.
    pub const fn in_scope(self, scope: &'static str) -> Query {
        Query { scope: Some(scope), ..self }
    }

    /// Its module and function: `content::get_content`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whose rows it is about, where that was said.
    pub const fn scope(&self) -> Option<&'static str> {
        self.scope
    }

    /// The text that is sent.
    pub const fn sql(&self) -> &'static str {
        self.sql
    }

    /// The type of every `$n`.
    pub const fn params(&self) -> &'static [Type] {
        self.params
    }

    /// Name and type of every result column.
    pub const fn columns(&self) -> &'static [(&'static str, &'static str)] {
        self.columns
    }
}
