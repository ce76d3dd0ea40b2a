//! The typed content of `sqlward.toml`, with the position of every name.

use crate::source::{FileId, Span, Spanned};

/// `sqlward.toml`. Tables and columns are names as their author wrote them; later stages, which know the schema, check
/// that they exist.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file itself.
    pub file: FileId,
    /// `schema = "schema.sql"` or a list: files and folders, relative to the configuration file.
    pub schema: Vec<Spanned<String>>,
    /// `queries = "queries"` or a list: files and folders, relative to the configuration file.
    pub queries: Vec<Spanned<String>>,
    /// `output = "catalog"`: the folder of the generated crate, relative to the configuration file.
    pub output: Option<Spanned<String>>,
    /// `[soft_delete]`
    pub soft_delete: SoftDelete,
    /// `[scopes.<name>]`, in the order of the file.
    pub scopes: Vec<Scope>,
    /// `[shared] tables = [...]`: read in every scope, written in system scope.
    pub shared: Vec<Spanned<String>>,
    /// `[functions] trusted = { slugify = "text only" }`
    pub trusted: Vec<Trusted>,
    /// `[functions] extensions = { pg_trgm = "compares texts" }`
    pub trusted_extensions: Vec<Trusted>,
    /// `[types]`, in the order of the file.
    pub types: Vec<TypeMapping>,
    /// `[columns]`, in the order of the file.
    pub columns: Vec<ColumnMapping>,
    /// `[crate]`
    pub package: Package,
}

impl Config {
    /// The scope of that name.
    pub fn scope(&self, name: &str) -> Option<&Scope> {
        self.scopes.iter().find(|scope| scope.name.value == name)
    }
}

/// `[soft_delete]`
#[derive(Debug, Clone, Default)]
pub struct SoftDelete {
    /// `column = "deleted_at"`: a row in which it is not NULL counts as deleted.
    pub column: Option<Spanned<String>>,
    /// `never_delete = [...]`: tables without that column whose rows must not be removed either.
    pub never_delete: Vec<Spanned<String>>,
}

/// `[scopes.<name>]`
#[derive(Debug, Clone)]
pub struct Scope {
    /// The name of the section. Never `system`.
    pub name: Spanned<String>,
    /// `id = "users.id"`: the column whose values the token carries.
    pub id: Option<ColumnName>,
    /// `param = "creator_id"`: the parameter that the token fills. `None` in a scope without a token.
    pub param: Option<Spanned<String>>,
    /// `column = "creator_id"`: any table with this column is owned by it.
    pub column: Option<Spanned<String>>,
    /// `set = true`: the token carries several ids, the parameter is an array.
    pub set: bool,
    /// `owns.<table> = "column"`: tables whose owner column has another name.
    pub owns: Vec<Owns>,
    /// `via.<table> = ...`: tables in scope by a foreign key.
    pub via: Vec<Via>,
    /// `rows.<table> = ...`: rows that anyone in this scope may read.
    pub rows: Vec<Rows>,
    /// `[scopes.<name>.membership]`: the row that makes someone part of it.
    pub membership: Option<Membership>,
}

/// `[scopes.<name>.membership]`
#[derive(Debug, Clone)]
pub struct Membership {
    /// `table = "organization_memberships"`: the table of these rows, which the scope owns.
    pub table: Spanned<String>,
    /// `member = "user_id"`: the column that says whose the row is.
    pub member: Spanned<String>,
    /// `where = "status = 'active'"`: the condition that it must meet.
    pub condition: Option<Spanned<String>>,
    /// `roles.manager = "role in ('owner', 'admin')"`: additional conditions for roles, in the order of the file.
    pub roles: Vec<Role>,
}

/// A role within a scope.
#[derive(Debug, Clone)]
pub struct Role {
    /// Its name.
    pub name: Spanned<String>,
    /// The condition.
    pub condition: Spanned<String>,
}

/// `"users.id"`, with a schema if need be: `"public.users.id"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    /// The part before the last dot.
    pub table: String,
    /// The part after it.
    pub column: String,
    /// Where both stand.
    pub span: Span,
}

/// `owns.users = "id"`
#[derive(Debug, Clone)]
pub struct Owns {
    /// The table.
    pub table: Spanned<String>,
    /// Its owner column.
    pub column: Spanned<String>,
}

/// `via.organizations = ...`
#[derive(Debug, Clone)]
pub struct Via {
    /// The table that is in scope.
    pub table: Spanned<String>,
    /// The ways, one of which is enough.
    pub ways: Vec<ViaWay>,
}

/// `"memberships"`, `"memberships(user_id)"` or `{ table = "memberships(user_id)", where = "..." }`
#[derive(Debug, Clone)]
pub struct ViaWay {
    /// The table joined to, which is in scope itself.
    pub table: Spanned<String>,
    /// The referencing column, on whichever side it is, if there are several keys.
    pub column: Option<Spanned<String>>,
    /// The condition that its row must meet.
    pub condition: Option<Spanned<String>>,
}

/// `rows.content = "status = 'published'"` or `{ where = "...", columns = [...] }`
#[derive(Debug, Clone)]
pub struct Rows {
    /// The table.
    pub table: Spanned<String>,
    /// The condition that makes a row readable; `None` for every row.
    pub condition: Option<Spanned<String>>,
    /// The columns that may be used; `None` for all.
    pub columns: Option<Vec<Spanned<String>>>,
}

/// A function or an extension that the author trusts.
#[derive(Debug, Clone)]
pub struct Trusted {
    /// Its name.
    pub name: Spanned<String>,
    /// Why.
    pub reason: Spanned<String>,
}

/// `"public.money_eur" = "my_crate::Money"`: the Rust type of an SQL type, wherever it occurs.
#[derive(Debug, Clone)]
pub struct TypeMapping {
    /// The SQL type, with or without its schema.
    pub sql_type: Spanned<String>,
    /// The Rust type.
    pub rust_type: Spanned<String>,
}

/// `"content.tags" = "Vec<Tag>"` or `"content.tags" = { type = "Vec<Tag>", nullable = false }`: one column's Rust type,
/// and whether it is an `Option`. Either may be left out.
#[derive(Debug, Clone)]
pub struct ColumnMapping {
    /// The column.
    pub column: ColumnName,
    /// The Rust type, without `Option`.
    pub rust_type: Option<Spanned<String>>,
    /// Whether it can be NULL, overriding what is inferred.
    pub nullable: Option<Spanned<bool>>,
}

/// `[crate]`: the manifest of the generated crate.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// `name = "codex-catalog"`; by default the name of the output folder.
    pub name: Option<Spanned<String>>,
    /// `sqlward = "0.1"`, `{ version = "0.1" }` or `{ path = "." }`: the dependency on the runtime. Like all paths in this
    /// file, a path is relative to it.
    pub sqlward: Option<Spanned<toml::Value>>,
    /// `dependencies = { money = "1" }`: what `[types]`, `[columns]` and `derives` need. A `path` in it is relative
    /// to the configuration file.
    pub dependencies: Vec<(Spanned<String>, toml::Value)>,
    /// `derives = ["schemars::JsonSchema"]`: additional derives of rows, ids and composite types. Enums have what the
    /// runtime implements for them.
    pub derives: Vec<Spanned<String>>,
}
