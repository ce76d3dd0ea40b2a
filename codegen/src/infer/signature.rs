//! The signature of a query: types, nullability and cardinality, with the author's overrides.

use std::collections::{BTreeMap, BTreeSet};

use super::dimensions;
use super::failing_writes;
use super::findings;
use super::keys::Meaning;
use super::rows::RowColumn;
use super::trace::{self, Leaf, Scope};
use super::types::Types;
use super::{
    Column, FieldValue, Param, ParamFrom, RowAlias, RowField, RowKind, RowStruct, RustType, Signature, Token,
};
use super::{
    Knowledge, cardinality, copy, items, names, nested, nullability, order, params, read_only, rows, unify,
};
use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::parse::{Cardinality, FieldDecl, Paging, QueryDecl, ScopeDecl, SqlParam, TokenName};
use crate::schema::{Schema, Table, TypeKind};
use crate::tree::Oid;

/// A signature before the row structs have their names.
pub struct Draft {
    /// The signature.
    pub signature: Signature,
    /// The result columns.
    pub row: Vec<RowColumn>,
}

/// Up to this many parameters of the caller are positional (a struct reads better from four on).
const MAX_POSITIONAL: usize = 3;

/// Drafts the signature of a query.
pub fn draft(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    query: &Analysed,
) -> Draft {
    let Analysed { decl, tree, .. } = query;
    let schema = knowledge.schema;
    let scopes = claimed(knowledge, decl);
    let meanings = unify::parameter_meanings(diagnostics, schema, &knowledge.meanings, query);
    let params = parameters(diagnostics, knowledge, types, query, &scopes, &meanings);
    let nullable_params: Vec<_> = params.iter().map(|param| param.nullable).collect();
    let row = columns(diagnostics, knowledge, types, query, &meanings, &nullable_params);
    let cardinality = cardinality_of(diagnostics, schema, query, row.is_empty());
    order::check(diagnostics, schema, query, &row);
    failing_writes::warn(diagnostics, schema, query);
    findings::odd_names(diagnostics, query, &row);
    let columns = row
        .iter()
        .map(|column| Column {
            name: column.name.clone(),
            pg_type: column.pg_type.clone(),
            rust: column.rust.clone(),
            nullable: column.nullable,
            members: Vec::new(),
        })
        .collect();
    let signature = Signature {
        sql: query.sql.clone(),
        cardinality,
        columns,
        row: RowKind::None,
        row_alias: None,
        params_struct: None,
        transaction: decl.tx.is_some() || cardinality::needs_transaction(tree),
        reads: decl.tx.is_none() && read_only::only_reads(schema, tree),
        scopes,
        system: match &decl.scope {
            Some(ScopeDecl::System { reason, .. }) => Some(reason.clone()),
            Some(ScopeDecl::Claimed(_)) | None => None,
        },
        grants: grants(diagnostics, knowledge, decl, &row, cardinality),
        items: items::list(decl, &params),
        copy: copy::copying(schema, query),
        params,
        choice: None,
        total: None,
    };
    Draft { signature, row }
}

/// The structs of a catalog, with their names.
pub struct Structs<'a> {
    /// Row structs by module and name, also by their further names.
    rows: BTreeMap<(Option<&'a [String]>, &'a str), &'a RowStruct>,
    /// The names of all structs, including nested ones.
    names: BTreeSet<String>,
    /// These, and the names of items' structs.
    taken: BTreeSet<String>,
}

impl<'a> Structs<'a> {
    /// The structs of rows; no query has items yet.
    pub fn of(rows: &'a [RowStruct], aliases: &'a [RowAlias]) -> Self {
        fn nested(fields: &[RowField], found: &mut BTreeSet<String>) {
            for field in fields {
                if let FieldValue::Nested { name, fields, .. } = &field.value {
                    found.insert(name.clone());
                    nested(fields, found);
                }
            }
        }
        let mut names: BTreeSet<_> = rows.iter().map(|row| row.name.clone()).collect();
        names.extend(aliases.iter().map(|alias| alias.name.clone()));
        rows.iter().for_each(|row| nested(&row.fields, &mut names));
        let mut rows: BTreeMap<_, _> =
            rows.iter().map(|row| ((row.module.as_deref(), &*row.name), row)).collect();
        for alias in aliases {
            if let Some(row) = rows.get(&(alias.of.0.as_deref(), &*alias.of.1)).copied() {
                rows.insert((alias.module.as_deref(), &*alias.name), row);
            }
        }
        Structs { rows, taken: names.clone(), names }
    }

    /// A name that no row has, with a suffix if necessary.
    fn free(&self, name: &str, suffix: &str) -> String {
        if self.names.contains(name) { format!("{name}{suffix}") } else { name.to_owned() }
    }

    /// The members of the objects in a nested result of that module.
    fn members(&self, module: Option<&[String]>, rust: &RustType) -> Vec<Column> {
        match rust {
            RustType::Array { element, .. } => self.members(module, element),
            RustType::Struct(name) => {
                let row = self.rows.get(&(module, &**name)).or_else(|| self.rows.get(&(None, &**name)));
                let module = row.and_then(|row| row.module.as_deref());
                let row = row.into_iter();
                let fields = row.flat_map(|row| row.fields.iter().zip(&row.columns));
                let member = |(field, (name, pg_type)): (&RowField, &(String, String))| match &field.value {
                    FieldValue::Column { rust, nullable, .. } => Some(Column {
                        name: name.clone(),
                        pg_type: pg_type.clone(),
                        rust: rust.clone(),
                        nullable: *nullable,
                        members: self.members(module, rust),
                    }),
                    FieldValue::Nested { .. } => None,
                };
                fields.filter_map(member).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Completes the signature, now that all structs have names.
pub fn finish(
    mut signature: Signature,
    decl: &QueryDecl,
    row: rows::Row,
    structs: &mut Structs<'_>,
) -> Signature {
    let name = names::type_name(&decl.name.value);
    let authors = decl.params.as_ref().and_then(|params| params.name.as_ref()).map(|name| &name.value);
    if let Some(Param { rust: RustType::Items { name: items, .. }, .. }) = &mut signature.items {
        let authors = authors.filter(|_| decl.takes_each()).map(|name| names::type_name(name));
        *items = names::unique(&mut structs.taken, authors.unwrap_or_else(|| format!("{name}Item")));
    }
    if let Some(sort) = signature.choice.iter_mut().flat_map(|choice| &mut choice.given).next_back()
        && let RustType::Sort(sort) = &mut sort.rust
    {
        *sort = structs.free(&format!("{name}Sort"), "Order");
    }
    let callers = signature.callers().count();
    let params_struct = authors.cloned().or_else(|| {
        let is_long = callers > MAX_POSITIONAL || !decl.marks.names.is_empty();
        is_long.then(|| structs.free(&name, "Params"))
    });
    let columns = signature.columns.into_iter().zip(row.types);
    let module = Some(&*decl.module);
    let columns =
        columns.map(|(column, rust)| Column { members: structs.members(module, &rust), rust, ..column });
    Signature {
        columns: columns.collect(),
        row: row.kind,
        row_alias: row.alias,
        params_struct: params_struct.filter(|_| callers > 0 && !decl.takes_each()),
        ..signature
    }
}

/// The tokens of the claimed scopes. Unknown scopes and roles are reported by the proof.
fn claimed(knowledge: &Knowledge<'_>, decl: &QueryDecl) -> Vec<Token> {
    let Some(ScopeDecl::Claimed(names)) = &decl.scope else { return Vec::new() };
    let has_token =
        |name: &&TokenName| knowledge.scopes.iter().any(|scope| scope.token.scope == name.scope.value);
    names.iter().filter(has_token).map(Token::of).collect()
}

fn parameters(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    query: &Analysed,
    scopes: &[Token],
    meanings: &[Option<Meaning>],
) -> Vec<Param> {
    let decl = &query.decl;
    let token_of = |param: &SqlParam| {
        knowledge.scopes.iter().find(|scope| {
            scope.token.param == param.name && scopes.iter().any(|claimed| claimed.scope == scope.token.scope)
        })
    };
    let is_callers = |id: usize| decl.sql.params.get(id - 1).is_some_and(|param| token_of(param).is_none());
    let is_shared = |name: &str| decl.shared.iter().any(|shared| shared.value == name);
    let items = items::find(diagnostics, knowledge.schema, decl, &query.tree, is_callers);
    let differs = |id: usize| is_callers(id) && !is_shared(&decl.sql.params[id - 1].name);
    let takes_any = (1..=decl.sql.params.len()).any(differs);
    items::check_batch(diagnostics, decl, &items, takes_any);
    let inferred = params::nullable_params(
        knowledge.schema,
        knowledge.soft_delete.as_deref(),
        &query.tree,
        query.params.len(),
        &items,
    );
    let fields = decl.params.as_ref().map_or(&[][..], |params| &params.fields);
    let mut found = Vec::new();
    for (index, oid) in query.params.iter().enumerate() {
        let Some(param) = decl.sql.params.get(index) else {
            let sent = sent_type(knowledge.schema, *oid);
            let pg_type = knowledge.schema.type_name(sent);
            let is_keyset = decl.page.as_ref().is_some_and(|page| page.value == Paging::Keyset);
            found.push(match index - decl.sql.params.len() {
                0 => page_param(ParamFrom::PageLimit),
                _ if !is_keyset => page_param(ParamFrom::PageOffset),
                _ => Param { name: "cursor".to_owned(), pg_type, ..page_param(ParamFrom::Cursor) },
            });
            continue;
        };
        let token = token_of(param);
        let field = fields.iter().find(|field| field.name.value == param.name);
        let said = field.and_then(|field| field.nullable);
        let inferred = inferred.get(index).copied().unwrap_or(false);
        let elements = field.and_then(|field| field.element_nullable);
        // An array of items is never NULL. Annotations are about the field.
        let is_item = items.contains(&(index + 1));
        let elements =
            if is_item { elements.or(said).unwrap_or(inferred) } else { elements.unwrap_or(false) };
        let meaning = meanings.get(index).and_then(Option::as_ref);
        let rust = types.rust(*oid, meaning, elements).unwrap_or_else(|type_name| {
            findings::untyped_param(diagnostics, decl, param, &type_name);
            RustType::Plain(super::Plain::Unit)
        });
        if is_item && !matches!(rust, RustType::Array { .. }) {
            findings::mapped_item(diagnostics, decl, param, &rust);
        }
        let sent = sent_type(knowledge.schema, *oid);
        found.push(Param {
            name: param.name.clone(),
            pg_type: knowledge.schema.type_name(sent),
            built_in: knowledge.schema.types.get(&sent).is_some_and(|found| found.is_built_in()),
            rust,
            nullable: token.is_none() && !is_item && said.unwrap_or(inferred),
            from: match token {
                Some(scope) => ParamFrom::Scope(scope.token.scope.clone()),
                None if is_item || decl.takes_each() && !is_shared(&param.name) => ParamFrom::Item,
                None => ParamFrom::Caller,
            },
        });
    }
    found
}

fn page_param(from: ParamFrom) -> Param {
    Param {
        name: if from == ParamFrom::PageLimit { "limit" } else { "offset" }.to_owned(),
        pg_type: "int8".to_owned(),
        built_in: true,
        rust: RustType::Plain(super::Plain::Int8),
        nullable: false,
        from,
    }
}

fn columns(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    query: &Analysed,
    param_meanings: &[Option<Meaning>],
    nullable_params: &[bool],
) -> Vec<RowColumn> {
    let (decl, schema) = (&query.decl, knowledge.schema);
    let fields = decl.row.as_ref().map_or(&[][..], |row| &row.fields);
    let names = query.columns.iter().map(|column| column.name.as_str());
    findings::unknown_columns(diagnostics, decl, fields, &names.collect::<Vec<_>>());
    let nullability = nullability::nullability(schema, &query.tree, nullable_params);
    findings::columns_without_json(diagnostics, schema, query);
    let nested = nested::columns(diagnostics, knowledge, types, query, param_meanings, nullable_params);
    let mut nested = nested.into_iter();
    let scope = Scope::root(&query.tree);
    let mut found = Vec::new();
    for (index, (column, inferred)) in query.columns.iter().zip(nullability).enumerate() {
        let leaves = trace::output_leaves(schema, &scope, index);
        let meaning = meaning(knowledge, param_meanings, &leaves);
        let origin = schema.table(column.table).zip(schema.column(column.table, i32::from(column.attribute)));
        let field = fields.iter().find(|field| field.name.value == column.name);
        let elements = field.and_then(|field| field.element_nullable).unwrap_or(inferred.element_nullable);
        let rust = types.rust(column.type_oid, meaning.as_ref(), elements);
        let nested = nested.next().flatten().filter(|_| !matches!(rust, Ok(RustType::Custom(_))));
        let rust =
            nested.map(|rust| with_elements(rust, field)).map_or(rust, Ok).unwrap_or_else(|type_name| {
                findings::untyped_column(diagnostics, decl, &column.name, &type_name);
                RustType::Plain(super::Plain::Unit)
            });
        let expr = query.tree.output().nth(index).map(|target| &target.expr);
        if matches!(rust, RustType::Array { .. })
            && expr.is_some_and(|expr| dimensions::has_several(schema, &scope, expr))
        {
            findings::several_dimensions(diagnostics, decl, &column.name);
        }
        let said = field.and_then(|field| field.nullable);
        found.push(RowColumn {
            name: column.name.clone(),
            pg_type: schema.type_name(column.type_oid),
            rust,
            nullable: said.unwrap_or(inferred.nullable),
            padded: inferred.padded.map(|entry| (entry, said.unwrap_or(inferred.nullable_when_present))),
            docs: origin.map(|(_, column)| comment(column.comment.as_deref())).unwrap_or_default(),
        });
    }
    found
}

/// A nested result with the author's annotations of its elements.
fn with_elements(rust: RustType, field: Option<&FieldDecl>) -> RustType {
    match (rust, field.and_then(|field| field.element_nullable)) {
        (RustType::Array { element, .. }, Some(nullable)) => RustType::Array { element, nullable },
        (rust, _) => rust,
    }
}

/// The lines of a comment in the schema.
pub fn comment(comment: Option<&str>) -> Vec<String> {
    comment.map(|comment| comment.lines().map(str::to_owned).collect()).unwrap_or_default()
}

/// The meaning of a value that is a copy of one of these: their meaning, if they agree.
pub fn meaning(
    knowledge: &Knowledge<'_>,
    params: &[Option<Meaning>],
    leaves: &[Leaf<'_>],
) -> Option<Meaning> {
    let mut found: Option<&Meaning> = None;
    let mut words = Vec::new();
    for leaf in leaves {
        let of_leaf = match leaf {
            Leaf::Column(table, number) => knowledge.meanings.of_column(*table, *number)?,
            Leaf::Param(id, _) => params.get(id - 1)?.as_ref()?,
            Leaf::Const(constant) => {
                words.push(constant.text()?);
                continue;
            }
            Leaf::Other => return None,
        };
        if found.is_some_and(|known| known != of_leaf) {
            return None;
        }
        found = Some(of_leaf);
    }
    match found? {
        Meaning::Id(_) | Meaning::Custom(..) if !words.is_empty() => None,
        Meaning::Enum(name) if !words.is_empty() => {
            let known = &knowledge.meanings.enums.get(name)?.variants;
            let all = words.iter().all(|word| known.iter().any(|(_, value)| value == word));
            all.then(|| Meaning::Enum(name.clone()))
        }
        meaning => Some(meaning.clone()),
    }
}

/// The columns of `select *` of a table or view; `None` if one of them has no Rust type.
pub fn table_columns(
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    table: &Table,
) -> Option<Vec<RowColumn>> {
    let schema = knowledge.schema;
    let of_view = table.view.as_ref().map(|view| nullability::nullability(schema, view, &[]));
    let columns = table.columns.iter().enumerate().map(|(index, column)| {
        let meaning = match &table.view {
            Some(view) => meaning(knowledge, &[], &trace::output_leaves(schema, &Scope::stored(view), index)),
            None => knowledge.meanings.of_column(table.oid, column.number).cloned(),
        };
        let inferred = of_view.as_ref().and_then(|columns| columns.get(index)).map(|column| column.nullable);
        let nullable = inferred.unwrap_or(!column.not_null);
        Some(RowColumn {
            name: column.name.clone(),
            // The server describes a column of a domain with the domain's base type.
            pg_type: schema
                .type_name(schema.base_type(column.type_oid).map_or(column.type_oid, |base| base.oid)),
            rust: types.rust(column.type_oid, meaning.as_ref(), false).ok()?,
            nullable,
            padded: None,
            docs: comment(column.comment.as_deref()),
        })
    });
    columns.collect()
}

/// The type in which a value is sent: for a domain its base type, for an array of a domain the array of that.
pub(super) fn sent_type(schema: &Schema, oid: Oid) -> Oid {
    match schema.types.get(&oid).map(|found| &found.kind) {
        Some(TypeKind::Domain { base, .. }) => sent_type(schema, *base),
        Some(TypeKind::Array { element }) => {
            let sent = sent_type(schema, *element);
            let array = schema.types.get(&sent).map_or(0, |found| found.array);
            if sent == *element || array == 0 { oid } else { array }
        }
        _ => oid,
    }
}

fn cardinality_of(
    diagnostics: &mut Diagnostics,
    schema: &Schema,
    query: &Analysed,
    no_columns: bool,
) -> Cardinality {
    let inferred = cardinality::cardinality(schema, &query.tree);
    // That a copy gives no rows was said of the directive.
    let said = query.decl.cardinality.as_ref().filter(|_| query.decl.copy.is_none());
    let Some(said) = said else { return inferred };
    if no_columns {
        diagnostics.report(
            Diagnostic::error(
                "cardinality",
                said.span,
                format!("`--@ {}` on a query that returns no columns", said.value.word()),
            )
            .help("remove the line, or add RETURNING to the statement")
            .query(query.decl.path()),
        );
        return inferred;
    }
    said.value
}

/// The token that the query grants, and the column whose value that carries. Whether it may, the rule `grant` says.
fn grants(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    decl: &QueryDecl,
    row: &[RowColumn],
    cardinality: Cardinality,
) -> Option<(Token, usize)> {
    let grants = decl.grants.as_ref()?;
    let report = |message: String, help: String| {
        Some(Diagnostic::error("annotation", grants.span(), message).help(help).query(decl.path()))
    };
    let scope =
        knowledge.scopes.iter().map(|scope| &scope.token).find(|token| token.scope == grants.scope.value);
    let column = scope.and_then(|token| row.iter().position(|column| column.name == token.param));
    let problem = match (scope, column) {
        (None, _) => {
            let known = knowledge.scopes.iter().map(|scope| scope.token.scope.as_str());
            let near = nearest(&grants.scope.value, known).map(|near| format!("did you mean `{near}`?"));
            let help =
                near.unwrap_or_else(|| "only a scope with an `id` and a `param` has a token".to_owned());
            report(format!("no scope `{}` has a token", grants.scope.value), help)
        }
        (Some(token), _) if token.set => report(
            format!("scope `{}` is a set, which a single row cannot grant", token.scope),
            "grant the scope with a single id".to_owned(),
        ),
        (Some(token), None) => report(
            format!("the query returns no column `{}`", token.param),
            format!("return the id of the token as `{}`", token.param),
        ),
        (Some(token), Some(index)) if row[index].rust != token.id || row[index].nullable => {
            let (found, nullable) =
                (row[index].rust.display(), if row[index].nullable { ", or NULL" } else { "" });
            let message = format!(
                "`{}` is {found}{nullable}, but the id of the token is {}",
                token.param,
                token.id.display()
            );
            report(message, "return the column itself, not from the nullable side of a join".to_owned())
        }
        (Some(_), Some(_)) if !matches!(cardinality, Cardinality::One | Cardinality::Opt) => report(
            "a query that grants a scope must return at most one row".to_owned(),
            "look up by a unique key, or write `--@ opt`".to_owned(),
        ),
        (Some(_), Some(index)) => return Some((Token::of(grants), index)),
    };
    if let Some(problem) = problem {
        diagnostics.report(problem);
    }
    None
}
