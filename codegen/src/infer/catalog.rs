//! The result of `infer`: the types of a catalog and the signature of each query.

use super::rust_type::{Plain, RustType};
use crate::analyse::Covered;
use crate::parse::{Cardinality, QueryDecl, TokenName, Variant, When};
use crate::tree::Query;

/// The whole content of the generated crate. All lists are in the order in which they are written.
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
    /// Further names of these structs.
    pub aliases: Vec<RowAlias>,
    /// The constraints of the schema that an error can name: unique, primary, foreign, check, exclusion. Sorted.
    pub constraints: Vec<Constraint>,
    /// The queries, sorted by module, in the order of the file within it.
    pub queries: Vec<Q>,
}

impl<Q> Catalog<Q> {
    /// Separates the queries from the types.
    pub fn take_queries(self) -> (Catalog<Q>, Vec<Q>) {
        let mut rest = self;
        let queries = std::mem::take(&mut rest.queries);
        (rest, queries)
    }

    /// The same types with other queries.
    pub fn with_queries<R>(self, queries: Vec<R>) -> Catalog<R> {
        let Catalog { ids, enums, composites, scopes, rows, aliases, constraints, queries: _ } = self;
        Catalog { ids, enums, composites, scopes, rows, aliases, constraints, queries }
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
    /// Its source.
    pub origin: EnumOrigin,
}

/// The source of an enum.
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
    /// The type in which it is sent, below all domains: `int4`.
    pub pg_type: String,
    /// Whether that type is built in.
    pub built_in: bool,
}

/// A scope with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeType {
    /// The scope in `sqlward.toml`: `creator`.
    pub scope: String,
    /// `CreatorScope`
    pub name: String,
    /// The parameter that the token fills: `creator_id`.
    pub param: String,
    /// The type of the id; the element type if `set`.
    pub id: RustType,
    /// Whether the token carries several ids.
    pub set: bool,
    /// The membership rows, if the policy has them: then only such a row or the service grants the token.
    pub membership: Option<MembershipType>,
}

/// The source of the tokens of a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipType {
    /// For the documentation: the table, and the condition on its rows.
    pub rows: String,
    /// The roles, in the order of `sqlward.toml`.
    pub roles: Vec<RoleType>,
}

/// A role, whose token functions can require.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleType {
    /// The role in `sqlward.toml`: `manager`.
    pub role: String,
    /// `OrganizationManager`
    pub name: String,
    /// For the documentation: the additional condition.
    pub condition: String,
    /// The weaker roles, by index: this role includes them. Ascending by how many roles each includes itself.
    pub weaker: Vec<usize>,
}

/// A token that a function takes or returns: of a scope, or of a role in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The scope.
    pub scope: String,
    /// The role.
    pub role: Option<String>,
}

impl Token {
    /// The token that an annotation names.
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

    /// The names of its token types.
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
    /// The module in which it is written. `None` is the catalog's `rows` module, for rows of a whole table and rows that
    /// several modules share.
    pub module: Option<Vec<String>>,
    /// The documentation, from the annotations or the table's comment.
    pub docs: Vec<String>,
    /// Derives besides `Debug, Clone, PartialEq, Serialize, Deserialize`.
    pub derives: Vec<String>,
    /// Attributes, without `#[` and `]`.
    pub attributes: Vec<String>,
    /// The fields, in the order of the columns.
    pub fields: Vec<RowField>,
    /// The result columns with the server's names and types, in order, for the drift check; for an object its keys and the
    /// types of their values.
    pub columns: Vec<(String, String)>,
    /// Whether a query returns it as its row.
    pub from_row: bool,
    /// Whether it is part of a nested result of JSON, and how that is decoded.
    pub from_json: Option<Object>,
    /// Whether it is part of a nested result of records.
    pub from_record: bool,
}

/// Another name of a row struct or of a struct in it: `pub type ListNotesRow = GetNoteRow;`
///
/// So the name that a query gives to its row does not depend on which other queries share the struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowAlias {
    /// The name.
    pub name: String,
    /// The module in which it is written, like [`RowStruct::module`].
    pub module: Option<Vec<String>>,
    /// The module and the name of the struct.
    pub of: (Option<Vec<String>>, String),
}

/// How the object of a nested result is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// All keys are present.
    Full,
    /// Keys with null values may be missing.
    Sparse,
}

/// One field of a row struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowField {
    /// The Rust name; a keyword is written raw by `emit`.
    pub name: String,
    /// For the documentation of the field: the column's comment.
    pub docs: Vec<String>,
    /// Its content.
    pub value: FieldValue,
}

/// The content of a field of a row struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// A result column.
    Column {
        /// Its index, from 0.
        index: usize,
        /// Its type.
        rust: RustType,
        /// Whether it is an `Option`.
        nullable: bool,
    },
    /// Columns with dotted aliases, as a struct of their own beside the row.
    Nested {
        /// The struct's name.
        name: String,
        /// Its fields; their indexes are those of the whole row.
        fields: Vec<RowField>,
        /// If the struct as a whole is an `Option`: the columns that are all NULL when it is `None`.
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
    /// For the documentation: its table.
    pub table: String,
}

/// A query with everything that its signature needs.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The declaration. Boxed, like the tree, since queries are moved from stage to stage.
    pub decl: Box<QueryDecl>,
    /// PostgreSQL's analysis.
    pub tree: Box<Query>,
    /// The function's signature.
    pub signature: Signature,
    /// For a query with marks each variant, as a query of its own. `tree` is then that of the last one.
    pub variants: Vec<TypedVariant>,
    /// Further variants, which are proven if `variants` are.
    pub covered: Vec<Covered>,
}

/// One text of a query with marks.
#[derive(Debug, Clone)]
pub struct TypedVariant {
    /// The variant.
    pub variant: Variant,
    /// The query with only this text.
    pub decl: Box<QueryDecl>,
    /// PostgreSQL's analysis.
    pub tree: Box<Query>,
}

/// The parameters and the result of a generated function.
#[derive(Debug, Clone)]
pub struct Signature {
    /// The SQL as it is sent: the author's, with a page's limit and offset. For a query with marks it is the text of one
    /// variant, see [`Choice::parts`].
    pub sql: String,
    /// The cardinality.
    pub cardinality: Cardinality,
    /// Every `$n` in order.
    pub params: Vec<Param>,
    /// The result columns in order.
    pub columns: Vec<Column>,
    /// The type of a row.
    pub row: RowKind,
    /// The name of the row's struct in the module of the query, if it is an alias.
    pub row_alias: Option<String>,
    /// The name of the parameters' struct, if the author gave one or the caller passes more than three parameters.
    pub params_struct: Option<String>,
    /// Whether it can only be called in a transaction.
    pub transaction: bool,
    /// Whether it only reads, so that it can run on a read replica.
    pub reads: bool,
    /// The tokens it takes, in the order claimed; none in system scope and for queries without scope.
    pub scopes: Vec<Token>,
    /// For system scope, its reason: the function takes a `ServiceRole`.
    pub system: Option<String>,
    /// The token that it grants, and the index of the column with its id.
    pub grants: Option<(Token, usize)>,
    /// The list that the caller passes: its items have a field for each parameter that is an array of `unnest`, or of a batch.
    pub items: Option<Param>,
    /// For `--@ copy`: what is sent in the place of the INSERT that was analysed.
    pub copy: Option<Copying>,
    /// If there are several texts, how one is chosen.
    pub choice: Option<Choice>,
    /// For a page with a total: the statement that counts all rows.
    pub total: Option<Vec<SqlPart>>,
}

impl Signature {
    /// What the caller passes: parameters, the list of items, then flags and the order.
    pub fn callers(&self) -> impl Iterator<Item = &Param> {
        let params = self.params.iter().filter(|param| param.from == ParamFrom::Caller);
        params.chain(&self.items).chain(self.choice.iter().flat_map(|choice| &choice.given))
    }
}

/// The statement of `--@ copy`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copying {
    /// `copy notes (title) from stdin (format binary)`
    pub sql: String,
    /// A statement with the columns that the copy fills: it is described and never run.
    pub described: String,
    /// Names and types of these columns, as the server describes them.
    pub columns: Vec<(String, String)>,
}

/// How the text of a query with marks is chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the caller passes only to choose: a `bool` for each flag, and last the order.
    pub given: Vec<Param>,
    /// For each condition the names of the parameters and flags that must all be given.
    pub conditions: Vec<Vec<String>>,
    /// The names of the orders, the default first.
    pub sorts: Vec<String>,
    /// The parts of the text.
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
    /// When it is sent.
    pub when: When,
    /// The parameters, counted from 0, that are in it and in no part that is always sent.
    pub params: Vec<usize>,
    /// For a part that begins after a cursor: the result columns, counted from 0, whose values the cursor contains.
    pub columns: Vec<usize>,
}

impl SqlPart {
    /// A part without a cursor.
    pub fn of(text: &str, when: When, params: Vec<usize>) -> SqlPart {
        SqlPart { text: text.to_owned(), when, params, columns: Vec::new() }
    }
}

impl Signature {
    /// The type of the function's first parameter.
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

/// The type of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// There are no columns.
    None,
    /// One column, and no struct was asked for: its value.
    Scalar,
    /// A struct, by its index in [`Catalog::rows`].
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
    /// The source of the value.
    pub from: ParamFrom,
}

/// The source of a parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamFrom {
    /// The caller.
    Caller,
    /// A field of each item that the caller passes: the parameter is the array of them, or has the value of one at a time.
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
    /// PostgreSQL's name of the type, like [`Param::pg_type`].
    pub pg_type: String,
    /// The Rust type.
    pub rust: RustType,
    /// Whether it is an `Option`.
    pub nullable: bool,
    /// The members of a nested result.
    pub members: Vec<Column>,
}

impl Column {
    /// Whether it is JSON that is decoded as something else than `serde_json::Value`.
    pub fn is_nested(&self) -> bool {
        is_nested(&self.pg_type, &self.rust)
    }
}

/// Whether a column of that type is JSON that is decoded as something else than `serde_json::Value`.
pub fn is_nested(pg_type: &str, rust: &RustType) -> bool {
    let json = RustType::Plain(Plain::Json);
    match (pg_type, rust) {
        (_, RustType::Custom(_)) => false,
        ("json" | "jsonb", rust) => *rust != json,
        ("_json" | "_jsonb", RustType::Array { element, .. }) => **element != json,
        _ => false,
    }
}
