//! A query as generated code declares it.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::BytesMut;
use postgres_types::{IsNull, ToSql, Type, to_sql_checked};

use crate::Columns;
use crate::types::Conversion;

/// A query that was analysed and proven when the crate was generated: its text and the types that the server reported.
///
/// Generated functions keep it in a `static`. Its address identifies the query, and each connection finds its prepared
/// statement by it.
#[derive(Debug)]
pub struct Query {
    name: &'static str,
    sql: &'static str,
    params: &'static [Type],
    columns: Columns,
    parts: &'static [Part],
    scope: Option<&'static str>,
    described: &'static str,
    /// The number of rows of its last result.
    rows: AtomicU32,
}

impl Query {
    /// Declares a query.
    ///
    /// `params` has the type of every `$n`, [`Type::UNKNOWN`] where the server is to infer it: user-defined types have
    /// different OIDs on different servers. `columns` are the names and types of the result, types as the server names
    /// them, with their schema unless that is `pg_catalog`.
    pub const fn new(
        name: &'static str,
        sql: &'static str,
        params: &'static [Type],
        columns: Columns,
    ) -> Query {
        Query { name, sql, params, columns, parts: &[], scope: None, described: "", rows: AtomicU32::new(0) }
    }

    /// The query with further parts of its text, of which each call sends those that it needs.
    pub const fn with(self, parts: &'static [Part]) -> Query {
        Query { parts, ..self }
    }

    /// For a copy: a statement with the columns that the copy fills. It is prepared to compare them, and never run.
    pub const fn described_by(self, sql: &'static str) -> Query {
        Query { described: sql, ..self }
    }

    /// Whose rows it is about, for `tracing`: `creator`, or `creator, organization`, or `system`.
    pub const fn in_scope(self, scope: &'static str) -> Query {
        Query { scope: Some(scope), ..self }
    }

    /// One of the query's texts: for each condition whether it is given, and the number of the order.
    pub fn variant(&'static self, given: &[bool], sort: usize) -> Variant {
        let given = given.iter().rev().fold(0, |bits, given| bits << 1 | u32::from(*given));
        Variant { query: self, given, sort: sort as u32, after: false }
    }

    /// Its module and function: `content::get_content`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its scope, if one was set.
    pub const fn scope(&self) -> Option<&'static str> {
        self.scope
    }

    /// The text that is sent; with [parts](Query::with), what all texts begin with.
    pub const fn sql(&self) -> &'static str {
        self.sql
    }

    pub(crate) fn described(&self) -> &'static str {
        self.described
    }

    /// Room for the rows of a result: for as many as the last one had, so that the `Vec` seldom has to grow.
    pub(crate) fn room<R>(&self) -> Vec<R> {
        const MOST: u32 = 4096;
        Vec::with_capacity(self.rows.load(Ordering::Relaxed).min(MOST) as usize)
    }

    /// Remembers the number of rows, and gives room back if there is much more of it than rows.
    pub(crate) fn remember<R>(&self, rows: &mut Vec<R>) {
        let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        if self.rows.load(Ordering::Relaxed) != count {
            self.rows.store(count, Ordering::Relaxed);
            rows.shrink_to(2 * rows.len());
        }
    }

    /// The type of every `$n`.
    pub const fn params(&self) -> &'static [Type] {
        self.params
    }

    /// Name and type of every result column, or of every column that is copied.
    pub const fn columns(&self) -> Columns {
        self.columns
    }
}

/// A part of a query's text.
#[derive(Debug)]
pub struct Part {
    when: When,
    text: &'static str,
    params: &'static [usize],
    columns: &'static [usize],
}

#[derive(Debug)]
enum When {
    Always,
    Given(u32),
    Sorted(u32),
    After(u32),
    Never,
}

impl Part {
    /// A part of every text.
    pub const fn always(text: &'static str) -> Part {
        Part { when: When::Always, text, params: &[], columns: &[] }
    }

    /// A part that is sent when that condition is given, and the numbers of the `$n` that only such parts contain.
    pub const fn given(condition: u32, text: &'static str, params: &'static [usize]) -> Part {
        Part { when: When::Given(condition), text, params, columns: &[] }
    }

    /// A part that is sent in that order.
    pub const fn sorted(sort: u32, text: &'static str, params: &'static [usize]) -> Part {
        Part { when: When::Sorted(sort), text, params, columns: &[] }
    }

    /// A part that is sent in that order after a cursor, and the positions of the result columns from which the cursor
    /// takes the values of these `$n`.
    pub const fn after(
        sort: u32,
        text: &'static str,
        params: &'static [usize],
        columns: &'static [usize],
    ) -> Part {
        Part { when: When::After(sort), text, params, columns }
    }

    /// The numbers of the `$n` that no text contains.
    pub const fn never(params: &'static [usize]) -> Part {
        Part { when: When::Never, text: "", params, columns: &[] }
    }
}

/// One of the texts of a query, each of which was analysed and proven.
#[derive(Debug, Clone, Copy)]
pub struct Variant {
    query: &'static Query,
    given: u32,
    sort: u32,
    after: bool,
}

impl Variant {
    /// Identifies the variant among all variants of all queries.
    pub(crate) fn key(self) -> (usize, u64) {
        let number = u64::from(self.sort) << 33 | u64::from(self.after) << 32 | u64::from(self.given);
        (std::ptr::from_ref(self.query).addr(), number)
    }

    /// The same variant after a cursor.
    pub(crate) fn after(self) -> Variant {
        Variant { after: true, ..self }
    }

    /// The condition that a cursor adds in this order, the numbers of its `$n`, and the columns from which they are taken.
    pub(crate) fn cursor(self) -> Option<(&'static str, &'static [usize], &'static [usize])> {
        let is_own = |part: &&Part| matches!(part.when, When::After(sort) if sort == self.sort);
        self.query.parts.iter().find(is_own).map(|part| (part.text, part.params, part.columns))
    }

    pub(crate) fn query(self) -> &'static Query {
        self.query
    }

    /// The text that is sent.
    pub fn text(self) -> Cow<'static, str> {
        match self.query.parts {
            [] => self.query.sql.into(),
            parts => {
                let parts = parts.iter().filter(|part| self.has(part)).map(|part| part.text);
                std::iter::once(self.query.sql).chain(parts).collect::<String>().into()
            }
        }
    }

    /// The type of every `$n`. One that the text does not contain is sent as a NULL of type text.
    pub(crate) fn types(self) -> Cow<'static, [Type]> {
        match self.query.parts {
            [] => self.query.params.into(),
            _ => {
                let params = self.query.params.iter().enumerate();
                let ty = |(index, ty): (usize, &Type)| if self.uses(index) { ty.clone() } else { Type::TEXT };
                params.map(ty).collect::<Vec<_>>().into()
            }
        }
    }

    /// Whether the query has one text, with all its parameters.
    pub(crate) fn is_whole(self) -> bool {
        self.query.parts.is_empty()
    }

    /// Whether the text has this parameter, counted from 0.
    pub(crate) fn uses(self, param: usize) -> bool {
        let mut of_parts =
            self.query.parts.iter().filter(|part| part.params.contains(&(param + 1))).peekable();
        of_parts.peek().is_none() || of_parts.any(|part| self.has(part))
    }

    fn has(self, part: &Part) -> bool {
        match part.when {
            When::Always => true,
            When::Given(condition) => self.given & (1 << condition) != 0,
            When::Sorted(sort) => self.sort == sort,
            When::After(sort) => self.after && self.sort == sort,
            When::Never => false,
        }
    }
}

impl From<&'static Query> for Variant {
    fn from(query: &'static Query) -> Variant {
        Variant { query, given: 0, sort: 0, after: false }
    }
}

impl Deref for Variant {
    type Target = Query;

    fn deref(&self) -> &Query {
        self.query
    }
}

/// Sent for a parameter that the text does not contain: NULL, of any type.
#[derive(Debug)]
pub(crate) struct Absent;

impl ToSql for Absent {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Conversion<IsNull> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    static QUERY: Query = Query::new("a::b", "select $1", &[Type::INT4, Type::UNKNOWN, Type::INT8], &[])
        .with(&[
            Part::given(0, " where $2", &[2]),
            Part::given(1, " and $3", &[3]),
            Part::sorted(0, " order by 1", &[]),
            Part::sorted(1, " order by 2, $3", &[3]),
            Part::always(" limit 1"),
        ]);

    #[test]
    fn a_text_has_the_parts_that_were_chosen() {
        let text = |given: &[bool], sort| QUERY.variant(given, sort).text();
        assert_eq!(text(&[false, false], 0), "select $1 order by 1 limit 1");
        assert_eq!(text(&[true, false], 1), "select $1 where $2 order by 2, $3 limit 1");
        assert_eq!(text(&[false, true], 0), "select $1 and $3 order by 1 limit 1");
    }

    #[test]
    fn the_room_for_rows_is_that_of_the_last_result() {
        static QUERY: Query = Query::new("a::b", "select 1", &[], &[]);
        assert_eq!(QUERY.room::<u8>().capacity(), 0);
        let mut rows = vec![0; 100];
        QUERY.remember(&mut rows);
        let mut rows: Vec<u8> = QUERY.room();
        assert_eq!(rows.capacity(), 100);
        rows.push(1);
        QUERY.remember(&mut rows);
        assert!(rows.capacity() <= 2 && QUERY.room::<u8>().capacity() == 1);
        QUERY.remember(&mut vec![(); 1_000_000]);
        assert_eq!(QUERY.room::<u8>().capacity(), 4096);
    }

    #[test]
    fn a_parameter_that_is_not_in_the_text_is_of_type_text() {
        let types = |given: &[bool], sort| QUERY.variant(given, sort).types();
        assert_eq!(*types(&[false, false], 0), [Type::INT4, Type::TEXT, Type::TEXT]);
        assert_eq!(*types(&[true, false], 1), [Type::INT4, Type::UNKNOWN, Type::INT8]);
        assert_eq!(*types(&[false, true], 0), [Type::INT4, Type::TEXT, Type::INT8]);
    }

    #[test]
    fn variants_have_statements_of_their_own() {
        let key = |given: &[bool], sort| QUERY.variant(given, sort).key();
        assert_ne!(key(&[true, false], 0), key(&[false, true], 0));
        assert_ne!(key(&[true, false], 0), key(&[true, false], 1));
        assert_eq!(key(&[false, false], 0), Variant::from(&QUERY).key());
    }
}
