//! What `infer` concludes and `emit` writes down: the types of a catalog and the signature of each query.

use super::rust_type::{Plain, RustType};
use crate::analyse::Covered;
use crate::parse::{Cardinality, QueryDecl, TokenName, Variant, When};
use crate::tree::Query;

/// Everything the generated crate is made of. All lists are in the order in which they are written.
#[derive(Debug, Clone)]
pub struct Catalog<Q = Typed> {
    /// The newtypes, by name.
    pub ids: Vec<IdType>,
    /// The enums, by name.
    pub enums: Vec<EnumType>,
    /// The structs of composite types, by name.
    pub composites: Vec<CompositeType>,
    /// The scopes that carry a token, in the order of `sqlward.toml`.
    pub scopes: Vec<ScopeType>,
    /// The row structs.
    pub rows: Vec<RowStruct>,
    /// The constraints of the schema that an error can name: unique, primary, foreign, check, exclusion; sorted.
    pub constraints: Vec<Constraint>,
    /// The queries, sorted by module, in the order of the file within it.
    pub queries: Vec<Q>,
}

impl<Q> Catalog<Q> {
    /// The same types without the queries, and the queries.
    pub fn take_queries(self) -> (Catalog<Q>, Vec<Q>) {
        let mut rest = self;
        let queries = std::mem::take(&mut rest.queries);
        (rest, queries)
    }

    /// The same types with other queries.
    pub fn with_queries<R>(self, queries: Vec<R>) -> Catalog<R> {
        let Catalog { ids, enums, composites, scopes, rows, constraints, queries: _ } = self;
        Catalog { ids, enums, composites, scopes, rows, constraints, queries }
    }
}

/// `pub struct ContentId(pub Uuid);`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdType {
    /// `ContentId`
    pub name: String,
    /// What it wraps.
    pub inner: Plain,
    /// For the documentation: `content.id`.
    pub column: String,
}

/// `pub enum ContentStatus { Draft, Published }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumType {
    /// `ContentStatus`
    pub name: String,
    /// Rust variant and SQL value, in the order of the schema.
    pub variants: Vec<(String, String)>,
    /// What it comes from.
    pub origin: EnumOrigin,
}

/// What an enum comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnumOrigin {
    /// `create type ... as enum`: schema and name.
    Type(String, String),
    /// A CHECK of a text column: table, column and constraint, for the documentation.
    Check {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The constraint.
        constraint: String,
    },
}

/// A struct for a composite type, which can be a parameter or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeType {
    /// `PostalAddress`
    pub name: String,
    /// The type's schema and name.
    pub pg_name: (String, String),
    /// In the order of the type.
    pub fields: Vec<CompositeField>,
}

/// A field of a composite type; it can always be NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompositeField {
    /// Its name in Rust.
    pub name: String,
    /// The attribute's name in SQL.
    pub attribute: String,
    /// Its type in Rust.
    pub rust: RustType,
    /// The type that it travels as, below all domains: `int4`.
    pub pg_type: String,
    /// Whether that is one of PostgreSQL's own.
    pub built_in: bool,
}

/// A scope that a token proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeType {
    /// The scope in `sqlward.toml`: `creator`.
    pub scope: String,
    /// `CreatorScope`
    pub name: String,
    /// The parameter it fills: `creator_id`.
    pub param: String,
    /// What it carries; the element type if `set`.
    pub id: RustType,
    /// Whether it carries several.
    pub set: bool,
    /// Where the policy says which rows make someone part of it, that: only such a row or the service mints it.
    pub membership: Option<MembershipType>,
}

/// Where the tokens of a scope come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipType {
    /// For the documentation: the table, and what its rows must meet.
    pub rows: String,
    /// The roles, in the order of `sqlward.toml`.
    pub roles: Vec<RoleType>,
}

/// A role whose token a scope's functions can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleType {
    /// The role in `sqlward.toml`: `manager`.
    pub role: String,
    /// `OrganizationManager`
    pub name: String,
    /// For the documentation: what the row must meet besides.
    pub condition: String,
    /// The weaker roles, by their place among all: who has this role has those. Ascending by how many each has itself.
    pub weaker: Vec<usize>,
}

/// A token that a function takes or gives: of a scope, or of a role in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The scope.
    pub scope: String,
    /// The role.
    pub role: Option<String>,
}

impl Token {
    /// The token that an author names.
    pub fn of(name: &TokenName) -> Token {
        let role = name.role.as_ref().map(|role| role.value.clone());
        Token { scope: name.scope.value.clone(), role }
    }
}

impl ScopeType {
    /// The name of the type of a token of this scope.
    pub fn type_of(&self, role: Option<&str>) -> Option<&str> {
        let Some(role) = role else { return Some(&self.name) };
        let roles = &self.membership.as_ref()?.roles;
        roles.iter().find(|found| found.role == role).map(|found| found.name.as_str())
    }

    /// The names of the types of its tokens.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let roles = self.membership.iter().flat_map(|membership| &membership.roles);
        std::iter::once(self.name.as_str()).chain(roles.map(|role| role.name.as_str()))
    }
}

/// A struct for rows, shared by all the queries that return this shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowStruct {
    /// Its name.
    pub name: String,
    /// The module that it is written in; `None` is the catalog's `rows` module, for rows of a whole table and rows
    /// that several modules share.
    pub module: Option<Vec<String>>,
    /// The author's or the table's own words.
    pub docs: Vec<String>,
    /// Derives besides `Debug, Clone, PartialEq, Serialize, Deserialize`.
    pub derives: Vec<String>,
    /// Attributes, without `#[` and `]`.
    pub attributes: Vec<String>,
    /// The fields, in the order of the columns.
    pub fields: Vec<RowField>,
    /// Result columns as the server names and types them, in order, for the drift check; of an object its keys, and the
    /// types of their values.
    pub columns: Vec<(String, String)>,
    /// Whether a query returns it as its row.
    pub from_row: bool,
    /// Whether it is part of a nested result, and how that is read.
    pub from_json: Option<Object>,
}

/// How the object of a nested result is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// All keys are there.
    Full,
    /// Those whose values are null may be left out.
    Sparse,
}

/// One field of a row struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowField {
    /// The Rust name; a keyword is written raw by `emit`.
    pub name: String,
    /// For the documentation of the field: the column's comment.
    pub docs: Vec<String>,
    /// What it holds.
    pub value: FieldValue,
}

/// What a field of a row struct holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// A result column.
    Column {
        /// Its position from 0.
        index: usize,
        /// Its type.
        rust: RustType,
        /// Whether it is an `Option`.
        nullable: bool,
    },
    /// Columns with dotted aliases, as a struct of their own, which is written beside the row.
    Nested {
        /// The struct's name.
        name: String,
        /// Its fields, whose indices count in the whole row.
        fields: Vec<RowField>,
        /// When it is an `Option` as a whole: it is `None` when all columns at these positions are NULL.
        optional: Option<Vec<usize>>,
    },
}

/// A named constraint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Constraint {
    /// Its name in the schema.
    pub name: String,
    /// The variant of the generated enum.
    pub variant: String,
    /// For the documentation: the table it stands on.
    pub table: String,
}

/// A query with everything that its signature needs.
#[derive(Debug, Clone)]
pub struct Typed {
    /// What the author wrote. Boxed as the tree is: queries go from stage to stage.
    pub decl: Box<QueryDecl>,
    /// What PostgreSQL made of it.
    pub tree: Box<Query>,
    /// What the function looks like.
    pub signature: Signature,
    /// Of a query with marks each variant, as a query of its own. `tree` is then that of the last one.
    pub variants: Vec<TypedVariant>,
    /// Its further variants, which are proven if those are.
    pub covered: Vec<Covered>,
}

/// One text of a query with marks.
#[derive(Debug, Clone)]
pub struct TypedVariant {
    /// Which one.
    pub variant: Variant,
    /// The query with this text alone.
    pub decl: Box<QueryDecl>,
    /// What PostgreSQL made of it.
    pub tree: Box<Query>,
}

/// What a generated function takes and gives.
#[derive(Debug, Clone)]
pub struct Signature {
    /// The SQL as it is sent: the author's, and for a page its limit and offset. Of a query with marks it is the text of
    /// one variant, see [`Choice::parts`].
    pub sql: String,
    /// The cardinality.
    pub cardinality: Cardinality,
    /// Every `$n` in order.
    pub params: Vec<Param>,
    /// The result columns in order.
    pub columns: Vec<Column>,
    /// What a row becomes.
    pub row: RowKind,
    /// The name of the params struct, if the author gave one or there are more than three caller's parameters.
    pub params_struct: Option<String>,
    /// Whether it can only be called on a transaction.
    pub transaction: bool,
    /// Whether it only reads, so that it can run on a read replica.
    pub reads: bool,
    /// The tokens it takes, in the order claimed; none in system scope and for queries without scope.
    pub scopes: Vec<Token>,
    /// Whether it takes a `ServiceRole`: its scope is system, with that reason.
    pub system: Option<String>,
    /// The token it mints, and the position of the column that carries its id.
    pub grants: Option<(Token, usize)>,
    /// The list that the caller gives for the parameters that are fields of its items, or are bound for each.
    pub items: Option<Param>,
    /// What `--@ copy` sends instead of the INSERT that was analysed.
    pub copy: Option<Copying>,
    /// How the text is chosen, if there are several.
    pub choice: Option<Choice>,
    /// The statement that counts all rows of what is read page by page, if that is asked for.
    pub total: Option<Vec<SqlPart>>,
}

impl Signature {
    /// What the caller gives: values of parameters, the list of items, then flags and the sort.
    pub fn callers(&self) -> impl Iterator<Item = &Param> {
        let params = self.params.iter().filter(|param| param.from == ParamFrom::Caller);
        params.chain(&self.items).chain(self.choice.iter().flat_map(|choice| &choice.given))
    }
}

/// What `--@ copy` sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    /// `copy notes (title) from stdin (format binary)`
    pub sql: String,
    /// What has the columns that it fills: it is described and never run.
    pub described: String,
    /// Names and types of these columns, as the server describes them.
    pub columns: Vec<(String, String)>,
}

/// How the text of a query with marks is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the caller gives for nothing else: a `bool` for each flag, and last the sort.
    pub given: Vec<Param>,
    /// For each condition of a part the names of the parameters and flags that must all be given.
    pub conditions: Vec<Vec<String>>,
    /// The sorts as the author calls them, the default first.
    pub sorts: Vec<String>,
    /// What the text consists of.
    pub parts: Vec<SqlPart>,
    /// How many texts there are.
    pub variants: usize,
}

impl Choice {
    /// The text of one variant.
    pub fn text(&self, variant: Variant) -> String {
        self.parts.iter().filter(|part| variant.has(part.when)).map(|part| &*part.text).collect()
    }
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlPart {
    /// The part.
    pub text: String,
    /// When it is there.
    pub when: When,
    /// The parameters, counted from 0, that are in it and in no part that is always there.
    pub params: Vec<usize>,
    /// Of a part that begins after a cursor the result columns, counted from 0, that the cursor is made of.
    pub columns: Vec<usize>,
}

impl SqlPart {
    /// A part that no cursor is needed for.
    pub fn of(text: &str, when: When, params: Vec<usize>) -> SqlPart {
        SqlPart { text: text.to_owned(), when, params, columns: Vec::new() }
    }
}

impl Signature {
    /// What a function takes to run on.
    pub fn runs_on(&self) -> &'static str {
        match (&self.system, self.transaction, self.reads) {
            (None, false, true) => "sqlward::Executor",
            (None, false, false) => "sqlward::Writer",
            (None, true, _) => "sqlward::Transaction",
            (Some(_), false, _) => "sqlward::ServiceRole",
            (Some(_), true, _) => "sqlward::ServiceTransaction",
        }
    }
}

/// What a row becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// There are no columns.
    None,
    /// One column, and no struct was asked for: its plain value.
    Scalar,
    /// A struct of [`Catalog::rows`]: its place there.
    Struct(usize),
}

/// A parameter `$n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// The name in the SQL.
    pub name: String,
    /// PostgreSQL's name of the type, schema-qualified unless it is in pg_catalog: `uuid`, `_text`, `app.mood`.
    pub pg_type: String,
    /// Whether the type is built in, so that its OID is the same on every server.
    pub built_in: bool,
    /// The Rust type.
    pub rust: RustType,
    /// Whether it is an `Option`.
    pub nullable: bool,
    /// Who gives the value.
    pub from: ParamFrom,
}

/// Who gives a parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamFrom {
    /// The caller.
    Caller,
    /// The caller, with a field of each item: the parameter is the array of them, or has the value of one at a time.
    Item,
    /// The token of that scope.
    Scope(String),
    /// The `limit` of the page.
    PageLimit,
    /// The `offset` of the page.
    PageOffset,
    /// The cursor, which has a value for each key of the sort.
    Cursor,
}

/// A result column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name in the result.
    pub name: String,
    /// PostgreSQL's name of the type, as [`Param::pg_type`].
    pub pg_type: String,
    /// The Rust type.
    pub rust: RustType,
    /// Whether it is an `Option`.
    pub nullable: bool,
    /// Of a nested result its members.
    pub members: Vec<Column>,
}

impl Column {
    /// Whether it holds JSON that is read as something else than `serde_json::Value`.
    pub fn is_nested(&self) -> bool {
        is_nested(&self.pg_type, &self.rust)
    }
}

/// Whether a column of that type holds JSON that is read as something else than `serde_json::Value`.
pub fn is_nested(pg_type: &str, rust: &RustType) -> bool {
    let json = RustType::Plain(Plain::Json);
    match (pg_type, rust) {
        (_, RustType::Custom(_)) => false,
        ("json" | "jsonb", rust) => *rust != json,
        ("_json" | "_jsonb", RustType::Array { element, .. }) => **element != json,
        _ => false,
    }
}
