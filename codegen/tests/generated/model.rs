//! Builds catalogs by hand.

use sqlward_codegen::diagnostics::Diagnostics;
use sqlward_codegen::emit::CrateSettings;
use sqlward_codegen::infer::{
    Catalog, Column, Constraint, FieldValue, Param, ParamFrom, Plain, RoleType, RowField, RowKind, RowStruct,
    RustType, ScopeType, Signature, Token, Typed, names,
};
use sqlward_codegen::parse::{
    Cardinality, Marks, Paging, QueryDecl, ScopeDecl, Sql, SqlParam, StructDecl, TokenName,
};
use sqlward_codegen::prove::{Policy, Proven, prove};
use sqlward_codegen::schema::Schema;
use sqlward_codegen::source::{FileId, Sources, Span, Spanned};
use sqlward_codegen::tree::{Command, Query};

pub fn settings() -> CrateSettings {
    let mut sqlward = toml::Table::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    sqlward.insert("path".to_owned(), root.to_str().unwrap().into());
    CrateSettings {
        name: "a-catalog".to_owned(),
        sqlward: sqlward.into(),
        dependencies: Default::default(),
        derives: Vec::new(),
    }
}

/// Builds a query. Everything that is not set has a simple default.
pub struct Builder(pub Typed);

/// A query of a module, with its statement, in which `:name` is a parameter.
pub fn query(module: &[&str], name: &str, sql: &str) -> Builder {
    let decl = QueryDecl {
        module: module.iter().map(|part| (*part).to_owned()).collect(),
        name: spanned(name.to_owned()),
        docs: Vec::new(),
        attributes: Vec::new(),
        params: None,
        row: None,
        scope: None,
        allows: Vec::new(),
        cardinality: None,
        param_types: Vec::new(),
        tx: None,
        page: None,
        grants: None,
        as_json: Vec::new(),
        copy: None,
        batch: None,
        shared: Vec::new(),
        has_errors: false,
        sql: statement(sql),
        marks: Marks::default(),
    };
    let signature = Signature {
        sql: decl.sql.text.clone(),
        cardinality: Cardinality::Exec,
        params: Vec::new(),
        columns: Vec::new(),
        row: RowKind::None,
        row_alias: None,
        params_struct: None,
        transaction: false,
        reads: true,
        scopes: Vec::new(),
        system: None,
        grants: None,
        items: None,
        copy: None,
        choice: None,
        total: None,
    };
    let (decl, tree) = (Box::new(decl), Box::new(tree()));
    Builder(Typed { decl, tree, signature, variants: Vec::new(), covered: Vec::new() })
}

impl Builder {
    pub fn with(mut self, change: impl FnOnce(&mut QueryDecl, &mut Signature)) -> Self {
        change(&mut self.0.decl, &mut self.0.signature);
        self
    }

    pub fn docs(self, docs: &[&str]) -> Self {
        self.with(|decl, _| decl.docs = docs.iter().map(|line| (*line).to_owned()).collect())
    }

    pub fn scope(self, scopes: &[&str]) -> Self {
        self.with(|decl, signature| {
            let name = |scope: &&str| TokenName { scope: spanned((*scope).to_owned()), role: None };
            let names: Vec<_> = scopes.iter().map(name).collect();
            signature.scopes = names.iter().map(Token::of).collect();
            decl.scope = Some(ScopeDecl::Claimed(names));
        })
    }

    /// Requires a role in the first of its scopes.
    pub fn role(self, role: &str) -> Self {
        self.with(|_, signature| signature.scopes[0].role = Some(role.to_owned()))
    }

    /// Grants a token with the first column.
    pub fn grants(self, scope: &str, role: Option<&str>) -> Self {
        let token = Token { scope: scope.to_owned(), role: role.map(str::to_owned) };
        self.with(|_, signature| signature.grants = Some((token, 0)))
    }

    pub fn writes(self) -> Self {
        self.with(|_, signature| signature.reads = false)
    }

    pub fn system(self, reason: &str) -> Self {
        self.with(|decl, signature| {
            decl.scope = Some(ScopeDecl::System { span: span(), reason: reason.to_owned() });
            signature.system = Some(reason.to_owned());
        })
    }

    /// Adds a parameter that the caller passes.
    pub fn param(self, name: &str, pg_type: &str, rust: RustType) -> Self {
        self.any_param(name, pg_type, rust, false, ParamFrom::Caller)
    }

    pub fn optional(self, name: &str, pg_type: &str, rust: RustType) -> Self {
        self.any_param(name, pg_type, rust, true, ParamFrom::Caller)
    }

    /// Adds a parameter that a token fills.
    pub fn token(self, name: &str, pg_type: &str, rust: RustType, scope: &str) -> Self {
        self.any_param(name, pg_type, rust, false, ParamFrom::Scope(scope.to_owned()))
    }

    pub fn page(self) -> Self {
        self.with(|decl, signature| {
            decl.page = Some(spanned(Paging::Offset));
            let next = signature.params.len() + 1;
            signature.sql.push_str(&format!("\nlimit ${next} offset ${}", next + 1));
        })
        .any_param("limit", "int8", RustType::Plain(Plain::Int8), false, ParamFrom::PageLimit)
        .any_param("offset", "int8", RustType::Plain(Plain::Int8), false, ParamFrom::PageOffset)
    }

    fn any_param(self, name: &str, pg_type: &str, rust: RustType, nullable: bool, from: ParamFrom) -> Self {
        let (pg_type, built_in) = (pg_type.to_owned(), !pg_type.contains('.'));
        let name = name.to_owned();
        self.with(|_, signature| {
            signature.params.push(Param { name, pg_type, built_in, rust, nullable, from })
        })
    }

    /// Returns one column without a struct.
    pub fn scalar(
        self,
        cardinality: Cardinality,
        name: &str,
        pg_type: &str,
        rust: RustType,
        nullable: bool,
    ) -> Self {
        let (name, pg_type) = (name.to_owned(), pg_type.to_owned());
        self.with(|_, signature| {
            signature.cardinality = cardinality;
            signature.columns = vec![Column { name, pg_type, rust, nullable, members: Vec::new() }];
            signature.row = RowKind::Scalar;
        })
    }

    /// Returns rows of the struct with this index in the catalog.
    pub fn rows(self, cardinality: Cardinality, row: usize) -> Self {
        self.with(|_, signature| {
            signature.cardinality = cardinality;
            signature.row = RowKind::Struct(row);
        })
    }

    pub fn params_struct(self, name: &str) -> Self {
        self.with(|decl, signature| {
            decl.params = Some(StructDecl {
                name: Some(spanned(name.to_owned())),
                fields: Vec::new(),
                derives: Vec::new(),
                attributes: Vec::new(),
            });
            signature.params_struct = Some(name.to_owned());
        })
    }

    pub fn build(self) -> Proven {
        let scopes = match &self.0.decl.scope {
            Some(ScopeDecl::Claimed(scopes)) => {
                scopes.iter().map(|token| token.scope.value.clone()).collect()
            }
            Some(ScopeDecl::System { .. }) | None => Vec::new(),
        };
        let policy = Policy::of_scopes(scopes.iter().map(String::as_str));
        let mut diagnostics = Diagnostics::default();
        // The tree is empty, so no rule fails.
        let mut sources = Sources::default();
        sources.add("a.sql", String::new());
        let mut outcome = prove(&mut diagnostics, &sources, &Schema::default(), &policy, vec![self.0]);
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        outcome.proven.remove(0)
    }
}

/// The row struct with these columns: name, type, Rust type, nullable.
pub fn row(name: &str, module: Option<&[&str]>, columns: &[(&str, &str, RustType, bool)]) -> RowStruct {
    let fields = names::fields(columns.iter().map(|(name, ..)| *name)).into_iter().zip(columns).enumerate();
    RowStruct {
        name: name.to_owned(),
        module: module.map(|path| path.iter().map(|part| (*part).to_owned()).collect()),
        docs: Vec::new(),
        derives: Vec::new(),
        attributes: Vec::new(),
        fields: fields
            .map(|(index, (name, (_, _, rust, nullable)))| RowField {
                name,
                docs: Vec::new(),
                value: FieldValue::Column { index, rust: rust.clone(), nullable: *nullable },
            })
            .collect(),
        columns: columns.iter().map(|(name, ty, ..)| ((*name).to_owned(), (*ty).to_owned())).collect(),
        from_row: true,
        from_json: None,
        from_record: false,
    }
}

pub fn scope(scope: &str, name: &str, param: &str, id: RustType, set: bool) -> ScopeType {
    let [scope, name, param] = [scope, name, param].map(str::to_owned);
    ScopeType { scope, name, param, id, set, membership: None }
}

/// A role with the name of its token type, its condition, and the weaker roles.
pub fn role(role: &str, name: &str, condition: &str, weaker: &[usize]) -> RoleType {
    let [role, name, condition] = [role, name, condition].map(str::to_owned);
    RoleType { role, name, condition, weaker: weaker.to_vec() }
}

pub fn constraint(table: &str, name: &str, variant: &str) -> Constraint {
    Constraint { name: name.to_owned(), variant: variant.to_owned(), table: table.to_owned() }
}

pub fn catalog() -> Catalog<Proven> {
    empty()
}

fn empty<Q>() -> Catalog<Q> {
    Catalog {
        ids: Vec::new(),
        enums: Vec::new(),
        composites: Vec::new(),
        scopes: Vec::new(),
        rows: Vec::new(),
        aliases: Vec::new(),
        constraints: Vec::new(),
        queries: Vec::new(),
    }
}

pub fn id(name: &str) -> RustType {
    RustType::Id(name.to_owned())
}

pub fn array(element: RustType, nullable: bool) -> RustType {
    RustType::Array { element: Box::new(element), nullable }
}

pub fn spanned<T>(value: T) -> Spanned<T> {
    Spanned { value, span: span() }
}

pub fn span() -> Span {
    Span { file: file(), start: 0, end: 0 }
}

fn file() -> FileId {
    Sources::default().add("a.sql", String::new())
}

/// Parses the parameters of a statement: a colon and letters, unless the colon is doubled.
fn statement(sql: &str) -> Sql {
    let mut text = String::new();
    let mut params: Vec<SqlParam> = Vec::new();
    let mut pieces = vec![(0, 0)];
    let mut at = 0;
    while let Some(c) = sql[at..].chars().next() {
        let end = sql[at + c.len_utf8()..]
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(sql.len(), |length| at + c.len_utf8() + length);
        let name = &sql[at + c.len_utf8()..end];
        if c == ':' && !name.is_empty() && !sql[..at].ends_with(':') {
            let known = params.iter().position(|param| param.name == name).unwrap_or_else(|| {
                params.push(SqlParam { name: name.to_owned(), uses: Vec::new() });
                params.len() - 1
            });
            pieces.push((text.len(), at));
            text.push_str(&format!("${}", known + 1));
            pieces.push((text.len(), end));
            at = end;
        } else {
            text.push(c);
            at += c.len_utf8();
        }
    }
    Sql { text, span: Span { file: file(), start: 0, end: sql.len() }, params, pieces, parts: Vec::new() }
}

fn tree() -> Query {
    Query { command: Command::Select, ..Query::default() }
}
