//! The result of the `parse` stage: a [`QueryDecl`] for each `--!` line.

use std::collections::BTreeSet;
use std::fmt;

use super::TokenSpans;
use crate::source::{FileId, Span, Spanned};

/// One annotated query, as its author wrote it.
#[derive(Debug, Clone)]
pub struct QueryDecl {
    /// The module path: the folders below the queries folder and the file's stem (`["users", "roles"]`).
    pub module: Vec<String>,
    /// The name on the `--!` line.
    pub name: Spanned<String>,
    /// The `---` lines, without their dashes and one leading space.
    pub docs: Vec<String>,
    /// The `--#` lines that stand under the `--!` line: Rust attributes for the generated function.
    pub attributes: Vec<Spanned<String>>,
    /// `(a?, b)` or `: Named` on the parameter side of the `--!` line.
    pub params: Option<StructDecl>,
    /// `: Row(a?, b!)` on the row side of the `--!` line.
    pub row: Option<StructDecl>,
    /// The scope in force: the query's own `--@ scope`, else the file's, else none.
    pub scope: Option<ScopeDecl>,
    /// The `--@ allow` lines.
    pub allows: Vec<Allow>,
    /// `--@ one | opt | many | stream`.
    pub cardinality: Option<Spanned<Cardinality>>,
    /// The `--@ param name type` lines: name, SQL type text.
    pub param_types: Vec<(Spanned<String>, Spanned<String>)>,
    /// The position of `--@ tx`.
    pub tx: Option<Span>,
    /// `--@ page`, `--@ page total` or `--@ keyset`, with its position.
    pub page: Option<Spanned<Paging>>,
    /// `--@ grants <scope>`, `--@ grants <scope> as <role>`.
    pub grants: Option<TokenName>,
    /// The `--@ json column` lines: columns that stay plain JSON.
    pub as_json: Vec<Spanned<String>>,
    /// `--@ copy table(columns)`: then `sql` is the INSERT that is analysed for it.
    pub copy: Option<CopyDecl>,
    /// The position of `--@ batch`.
    pub batch: Option<Span>,
    /// `--@ batch with name, name`: parameters that all items share.
    pub shared: Vec<Spanned<String>>,
    /// Whether a line that may name a scope or waive a rule could not be read. Then a rule may fail only because that line is
    /// missing, which has been reported already.
    pub has_errors: bool,
    /// The statement. With marks, it has all parts of all texts, and is not a statement itself: see [`QueryDecl::variants`].
    pub sql: Sql,
    /// The `--?` marks in the statement.
    pub marks: Marks,
}

impl QueryDecl {
    /// The name in messages and machine output: `content::get_content`.
    pub fn path(&self) -> String {
        let mut path = self.module.join("::");
        path.push_str("::");
        path.push_str(&self.name.value);
        path
    }

    /// Whether the function takes many items, each with values for the parameters.
    pub fn takes_each(&self) -> bool {
        self.copy.is_some() || self.batch.is_some()
    }

    /// Whether it has several variants.
    pub fn has_variants(&self) -> bool {
        let paging = self.page.as_ref().map(|page| page.value);
        !self.marks.is_empty() || matches!(paging, Some(Paging::Total | Paging::Keyset))
    }

    /// The statement that counts all rows of a paged query, if the query has a total.
    pub fn total(&self) -> Option<QueryDecl> {
        let counts = self.page.as_ref().is_some_and(|page| page.value == Paging::Total);
        counts.then(|| super::page::total(self))
    }

    /// The variants of the statement, those with fewer lines first. Without marks there is one, or with a keyset one for the
    /// first page and one for the others.
    pub fn variants(&self) -> Vec<Variant> {
        let names = self.marks.names.len();
        let given = |names: u32| {
            let has = |condition: &Condition| condition.names.iter().all(|name| names & (1 << name) != 0);
            let conditions = self.marks.conditions.iter().enumerate();
            conditions.filter(|(_, condition)| has(condition)).fold(0, |given, (index, _)| given | 1 << index)
        };
        let mut masks: Vec<u32> = (0..1u32 << names).map(given).collect();
        masks.sort_by_key(|mask| (mask.count_ones(), *mask));
        masks.dedup();
        let is_keyset = self.page.as_ref().is_some_and(|page| page.value == Paging::Keyset);
        let mut variants = Vec::new();
        for sort in 0..self.marks.sorts.len().max(1) {
            for after in [false, true].into_iter().take(1 + usize::from(is_keyset)) {
                variants.extend(masks.iter().map(|given| Variant {
                    given: *given,
                    sort,
                    after,
                    total: false,
                }));
            }
        }
        variants
    }

    /// The query as if it had this variant's text only.
    pub fn variant(&self, variant: Variant) -> QueryDecl {
        QueryDecl { sql: self.sql.select(|when| variant.has(when)), ..self.clone() }
    }
}

/// The `--?` marks of a statement.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The names in the marks, in the order of the text.
    pub names: Vec<MarkName>,
    /// The different sets of names in the marks.
    pub conditions: Vec<Condition>,
    /// The orders; the first is the default.
    pub sorts: Vec<Spanned<String>>,
}

impl Marks {
    /// Whether there are no marks.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.sorts.is_empty()
    }
}

/// A name in a mark.
#[derive(Debug, Clone)]
pub struct MarkName {
    /// The name, at its first position.
    pub name: Spanned<String>,
    /// Whether it is a flag, as opposed to a parameter of the statement.
    pub flag: bool,
}

/// A set of names, all of which have to be given for its lines to be sent.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The positions of the names in [`Marks::names`].
    pub names: BTreeSet<usize>,
    /// The first mark with this set.
    pub span: Span,
}

/// One of the variants of a statement with marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant {
    /// A bit for each of [`Marks::conditions`] that is given.
    pub given: u32,
    /// The index of the order in [`Marks::sorts`]; 0 if there is none.
    pub sort: usize,
    /// Whether it begins after a cursor.
    pub after: bool,
    /// Whether it is the statement that counts, see [`QueryDecl::total`].
    pub total: bool,
}

impl Variant {
    /// Whether a part of the statement is in the text.
    pub fn has(self, when: When) -> bool {
        match when {
            When::Always => true,
            When::Given(condition) => self.given & (1 << condition) != 0,
            When::Sorted(sort) => self.sort == sort,
            When::After(sort) => self.after && self.sort == sort,
        }
    }
}

/// When a part of a statement is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In every variant.
    Always,
    /// When that one of [`Marks::conditions`] is given.
    Given(usize),
    /// When that one of [`Marks::sorts`] is chosen.
    Sorted(usize),
    /// In that order, when the page begins after a cursor. The compiler adds it.
    After(usize),
}

/// How a query is read page by page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// By LIMIT and OFFSET.
    Offset,
    /// The same, with the number of all rows.
    Total,
    /// By a cursor: after the last row of the previous page.
    Keyset,
}

/// A named or anonymous struct of parameters or columns: cornucopia's `Name(field?, other)`.
/// A reference to a `--:` type of the file is already resolved to that type's fields.
#[derive(Debug, Clone)]
pub struct StructDecl {
    /// The name, if one was given.
    pub name: Option<Spanned<String>>,
    /// The fields about which something is declared; there may be others.
    pub fields: Vec<FieldDecl>,
    /// Additional derives: `--: Author() : Eq, Hash`.
    pub derives: Vec<String>,
    /// `--#` lines under the `--:` line: attributes for the generated struct.
    pub attributes: Vec<Spanned<String>>,
}

/// What is declared about one column or parameter: `tags?[?]`, `address?.street!`.
#[derive(Debug, Clone)]
pub struct FieldDecl {
    /// Its name.
    pub name: Spanned<String>,
    /// `?` is true, `!` is false, neither is `None`.
    pub nullable: Option<bool>,
    /// `[?]` is true, `[!]` is false, neither is `None`.
    pub element_nullable: Option<bool>,
    /// Declarations about fields inside of it: `.field?`, `[].field?`, in order.
    pub nested: Vec<FieldDecl>,
}

/// `--@ scope ...`
#[derive(Debug, Clone)]
pub enum ScopeDecl {
    /// `scope creator, organization as manager`
    Claimed(Vec<TokenName>),
    /// `scope system: "reason"`.
    System {
        /// The position of the directive.
        span: Span,
        /// The reason, unquoted.
        reason: String,
    },
}

/// A scope, or a role in it: `organization`, `organization as manager`.
#[derive(Debug, Clone)]
pub struct TokenName {
    /// The scope.
    pub scope: Spanned<String>,
    /// The role.
    pub role: Option<Spanned<String>>,
}

impl TokenName {
    /// Its position.
    pub fn span(&self) -> Span {
        self.role.as_ref().map_or(self.scope.span, |role| self.scope.span.to(role.span))
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.scope.value)?;
        self.role.as_ref().map_or(Ok(()), |role| write!(f, " as {}", role.value))
    }
}

/// `--@ copy table(column, column)`
#[derive(Debug, Clone)]
pub struct CopyDecl {
    /// The whole directive.
    pub span: Span,
    /// The table, possibly with its schema.
    pub table: SqlName,
    /// The columns. Owner columns that are not listed are added.
    pub columns: Vec<SqlName>,
}

/// A name in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlName {
    /// As it is written: `Title`, `"Title"`.
    pub written: String,
    /// Its meaning: `title`, `Title`.
    pub name: String,
    /// Its position.
    pub span: Span,
}

/// `--@ allow <rule> [table]: "reason"`
#[derive(Debug, Clone)]
pub struct Allow {
    /// The rule's id.
    pub rule: Spanned<String>,
    /// The table, if the waiver is limited to one.
    pub table: Option<Spanned<String>>,
    /// The reason, unquoted.
    pub reason: String,
    /// The whole directive.
    pub span: Span,
}

/// How many rows a query returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cardinality {
    /// No columns: the number of rows affected.
    Exec,
    /// Exactly one row.
    One,
    /// At most one row.
    Opt,
    /// Any number of rows, collected.
    Many,
    /// Any number of rows, read as they arrive.
    Stream,
}

impl Cardinality {
    /// Its word in directives and machine output.
    pub fn word(self) -> &'static str {
        match self {
            Cardinality::Exec => "exec",
            Cardinality::One => "one",
            Cardinality::Opt => "opt",
            Cardinality::Many => "many",
            Cardinality::Stream => "stream",
        }
    }
}

/// A statement: the text that ships, and the mapping of its positions to the file.
#[derive(Debug, Clone)]
pub struct Sql {
    /// The text that is sent to the server, at compile time and at run time: comments are stripped, `:name` becomes `$n`,
    /// and nothing else is changed.
    pub text: String,
    /// The statement in the file, without its semicolon.
    pub span: Span,
    /// The parameters: `$1` is the first, in the order of their first use.
    pub params: Vec<SqlParam>,
    /// The mapping of `text` to the file, ascending: (offset in `text`, offset in the file). A piece reaches to the start of
    /// the next one and is copied byte for byte. There are two exceptions: a `$n`, which stands for a `:name`, and a single
    /// space that separates two tokens where the file has only a comment or nothing between them.
    pub pieces: Vec<(usize, usize)>,
    /// The parts of `text`, ascending: each marked line is a part of its own.
    pub parts: Vec<Part>,
}

/// A part of a statement that is not in every text.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its start in the text; it reaches to the start of the next part.
    pub start: usize,
    /// When it is sent.
    pub when: When,
    /// The parameters in it, counted from 0.
    pub params: BTreeSet<usize>,
}

/// One `:name` of a statement.
#[derive(Debug, Clone)]
pub struct SqlParam {
    /// The name without its colon.
    pub name: String,
    /// Every position, colon included.
    pub uses: Vec<Span>,
}

impl Sql {
    /// The file of the statement.
    pub fn file(&self) -> FileId {
        self.span.file
    }

    /// The position in the file of a byte offset of `text`.
    pub fn file_offset(&self, text_offset: usize) -> usize {
        let next = self.pieces.partition_point(|(text, _)| *text <= text_offset);
        let Some((text, file)) = next.checked_sub(1).map(|index| self.pieces[index]) else {
            return self.span.start;
        };
        // A fragment is outside of the statement, so the statement's end does not limit its text.
        let limit = self.pieces.get(next).map_or(self.span.end, |(_, file)| *file);
        let found = file + (text_offset - text);
        if limit > file { found.min(limit) } else { found }
    }

    /// The parts with their texts.
    pub fn parts(&self) -> impl Iterator<Item = (&Part, &str)> {
        let ends = self.parts.iter().skip(1).map(|part| part.start).chain([self.text.len()]);
        self.parts.iter().zip(ends).map(|(part, end)| (part, &self.text[part.start..end]))
    }

    /// Whether the text contains a parameter, counted from 0. All variants use the same numbers.
    pub fn has_param(&self, param: usize) -> bool {
        self.parts.iter().any(|part| part.params.contains(&param))
    }

    /// The statement with only those parts. The parameters keep their numbers.
    pub fn select(&self, has: impl Fn(When) -> bool) -> Sql {
        let (mut text, mut pieces, mut parts) = (String::new(), Vec::new(), Vec::new());
        for (part, of_part) in self.parts().filter(|(part, _)| has(part.when)) {
            let (start, end) = (part.start, part.start + of_part.len());
            let inside = self.pieces.iter().filter(|(at, _)| (start..end).contains(at));
            pieces.extend(inside.map(|(at, file)| (at - start + text.len(), *file)));
            parts.push(Part { start: text.len(), ..part.clone() });
            text.push_str(of_part);
        }
        Sql { text, span: self.span, params: self.params.clone(), pieces, parts }
    }

    /// The span in the file of the token that starts at, or covers, a byte offset of `text`: a word, a quoted name, a
    /// parameter, a number, a string or one operator. It is never empty unless the statement is.
    ///
    /// Each call scans the text; for many calls use [`TokenSpans`].
    pub fn token_span(&self, text_offset: usize) -> Span {
        TokenSpans::of(self).at(text_offset)
    }
}
