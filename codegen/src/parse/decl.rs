//! What the `parse` stage makes of a query file: one [`QueryDecl`] for each `--!` line.

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
    /// `--@ tx`, where it stands.
    pub tx: Option<Span>,
    /// `--@ page`, where it stands.
    pub page: Option<Span>,
    /// `--@ grants <scope>`, `--@ grants <scope> as <role>`.
    pub grants: Option<TokenName>,
    /// The `--@ json column` lines: columns that stay plain JSON.
    pub as_json: Vec<Spanned<String>>,
    /// The statement.
    pub sql: Sql,
}

impl QueryDecl {
    /// The name by which messages and machine output call it: `content::get_content`.
    pub fn path(&self) -> String {
        let mut path = self.module.join("::");
        path.push_str("::");
        path.push_str(&self.name.value);
        path
    }
}

/// A named or anonymous struct of parameters or columns: cornucopia's `Name(field?, other)`.
/// A reference to a `--:` type of the file is already resolved to that type's fields.
#[derive(Debug, Clone)]
pub struct StructDecl {
    /// The name, if one was given.
    pub name: Option<Spanned<String>>,
    /// The fields that say something about themselves; others may exist.
    pub fields: Vec<FieldDecl>,
    /// Traits to derive besides the usual ones: `--: Author() : Eq, Hash`.
    pub derives: Vec<String>,
    /// `--#` lines under the `--:` line: attributes for the generated struct.
    pub attributes: Vec<Spanned<String>>,
}

/// What an author says of one column or parameter: `tags?[?]`, `address?.street!`.
#[derive(Debug, Clone)]
pub struct FieldDecl {
    /// Its name.
    pub name: Spanned<String>,
    /// `?` is true, `!` is false, neither is `None`.
    pub nullable: Option<bool>,
    /// `[?]` is true, `[!]` is false, neither is `None`.
    pub element_nullable: Option<bool>,
    /// What is said of fields below it: `.field?`, `[].field?`, in order.
    pub nested: Vec<FieldDecl>,
}

/// `--@ scope ...`
#[derive(Debug, Clone)]
pub enum ScopeDecl {
    /// `scope creator, organization as manager`
    Claimed(Vec<TokenName>),
    /// `scope system: "reason"`.
    System {
        /// Where the directive stands.
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
    /// Where it stands.
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

/// How many rows a query gives.
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
    /// Any number of rows, as they come.
    Stream,
}

impl Cardinality {
    /// The word for it in directives and machine output.
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

/// A statement: the text that ships, and how to find one's way back from it to the file.
#[derive(Debug, Clone)]
pub struct Sql {
    /// What is sent to the server, at compile time and at run time alike: comments are stripped,
    /// `:name` is `$n`, and nothing else is changed.
    pub text: String,
    /// The statement in the file, without its semicolon.
    pub span: Span,
    /// The parameters: `$1` is the first, in the order of their first use.
    pub params: Vec<SqlParam>,
    /// Where pieces of `text` come from, ascending: (offset in `text`, offset in the file). A piece runs to the
    /// start of the next one and is copied byte for byte, except a `$n`, which stands for a `:name`, and a single
    /// space that keeps two tokens apart where a comment or nothing stood between them.
    pub pieces: Vec<(usize, usize)>,
}

/// One `:name` of a statement.
#[derive(Debug, Clone)]
pub struct SqlParam {
    /// The name without its colon.
    pub name: String,
    /// Each place where it stands, colon included.
    pub uses: Vec<Span>,
}

impl Sql {
    /// The file that the statement stands in.
    pub fn file(&self) -> FileId {
        self.span.file
    }

    /// Where in the file a byte offset of `text` comes from.
    pub fn file_offset(&self, text_offset: usize) -> usize {
        let next = self.pieces.partition_point(|(text, _)| *text <= text_offset);
        let Some((text, file)) = next.checked_sub(1).map(|index| self.pieces[index]) else {
            return self.span.start;
        };
        let limit = self.pieces.get(next).map_or(self.span.end, |(_, file)| *file);
        (file + (text_offset - text)).min(limit)
    }

    /// The span in the file of the token that starts at, or covers, a byte offset of `text`: a word, a
    /// quoted name, a parameter, a number, a string or one operator. It is never empty unless the statement is.
    ///
    /// It reads the text; whoever asks more often asks [`TokenSpans`].
    pub fn token_span(&self, text_offset: usize) -> Span {
        TokenSpans::of(self).at(text_offset)
    }
}
