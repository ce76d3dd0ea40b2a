//! The signature of a generated function: its parameters, the values that it binds, and its result.

use super::module::Module;
use super::params::{borrows, callers, field_names, item_field_names, items};
use super::scopes;
use super::text::literal;
use crate::infer::names::{distinct, field, ident};
use crate::infer::{
    Catalog, Column, FieldValue, Param, ParamFrom, Plain, RowField, RowKind, RustType, ScopeType, Signature,
};
use crate::parse::{Cardinality, Paging};
use crate::prove::Proven;

/// The parameters of a function, and the values that it binds.
pub(super) struct Arguments {
    /// The declarations of the parameters: `db: &impl Executor`.
    pub(super) declared: Vec<String>,
    /// The name of the first parameter, on which the query runs: `db`.
    pub(super) on: &'static str,
    /// The expressions that bind `$1`, `$2`, ...
    pub(super) bound: Vec<String>,
    /// The name of the parameter with the items.
    pub(super) items: String,
    /// The caller's arguments: the name in the SQL, and the expression.
    pub(super) given: Vec<(String, String)>,
    /// The `let` statements that borrow the values of tokens for all calls of a batch.
    pub(super) lent: Vec<String>,
}

impl Arguments {
    pub(super) fn new(m: &mut Module<'_>, query: &Proven, params_struct: Option<&str>) -> Self {
        let signature = query.signature();
        let (on, ty) = executor(m, signature);
        let mut declared = vec![format!("{on}: {ty}")];
        let mut reserved = vec![on.to_owned()];
        if query.decl().takes_each() {
            // The parameters of the closure that binds an item.
            reserved.extend(["item", "row"].map(str::to_owned));
        }
        let tokens = tokens(m, signature, &mut declared, &mut reserved);
        let caller = callers(signature);
        let paging = query.decl().page.as_ref().map(|page| page.value);
        let page = paging.map(|paging| match paging {
            Paging::Offset | Paging::Total => m.name("sqlward::Page"),
            Paging::Keyset => format!("&{}", m.name("sqlward::Keyset")),
        });
        reserved.extend(page.iter().map(|_| "page".to_owned()));
        let names = match params_struct {
            Some(struct_name) => {
                let lifetime = if borrows(m, &caller) { "<'_>" } else { "" };
                let params =
                    ident(&distinct([("", "params".to_owned())], "_", &as_strs(&reserved)).remove(0));
                declared.push(format!("{params}: &{}{lifetime}", ident(struct_name)));
                field_names(&caller).into_iter().map(|name| format!("{params}.{}", ident(&name))).collect()
            }
            None => {
                let names = caller.iter().map(|param| (&*param.name, field(&param.name)));
                let names = distinct(names, "_", &as_strs(&reserved)).into_iter().map(|name| ident(&name));
                let names: Vec<String> = names.collect();
                for (name, param) in names.iter().zip(&caller) {
                    let ty = match (&signature.copy, items(signature)) {
                        (Some(_), Some((item, _))) => stream_of(m, item),
                        _ => m.borrowed(&param.rust, param.nullable, ""),
                    };
                    declared.push(format!("{name}: {ty}"));
                }
                names
            }
        };
        declared.extend(page.map(|page| format!("page: {page}")));
        let takes_each = query.decl().takes_each();
        let fields = items(signature).map(|(_, fields)| item_field_names(fields));
        let each = match &fields {
            Some(_) if !takes_each => m.name("sqlward::types::Each"),
            _ => String::new(),
        };
        // The list is the last of the caller's parameters.
        let list = names.last().cloned().unwrap_or_default();
        let mut fields = fields.unwrap_or_default().into_iter();
        let mut lent = Vec::new();
        let given = caller.iter().map(|param| param.name.clone()).zip(names.iter().cloned()).collect();
        let mut names = names.into_iter();
        let bound = signature.params.iter().map(|param| match &param.from {
            ParamFrom::Caller => names.next().map(|name| format!("&{name}")),
            ParamFrom::Item if takes_each => {
                let field = fields.next().map(|field| format!("&item.{}", ident(&field)));
                Some(field.unwrap_or_else(|| "item".to_owned()))
            }
            ParamFrom::Item => {
                fields.next().map(|field| format!("&{each}::new({list}, |item| item.{})", ident(&field)))
            }
            ParamFrom::Scope(scope) => {
                let token = tokens.iter().find(|(token, _)| token.scope == *scope);
                let bound = token.map(|(token, argument)| scopes::bind(token, argument))?;
                match bound.strip_prefix('&').filter(|_| query.decl().batch.is_some()) {
                    // The closure returns the values of an item, so they cannot borrow from a temporary value in it.
                    Some(call) => {
                        let name = format!("token_{}", field(scope));
                        lent.push(format!("let {name} = {call};"));
                        Some(format!("&{name}"))
                    }
                    None => Some(bound),
                }
            }
            // The runtime binds the limit and the offset of a page with a total.
            ParamFrom::PageLimit | ParamFrom::PageOffset if paging != Some(Paging::Offset) => None,
            ParamFrom::PageLimit => Some("&page.limit()".to_owned()),
            ParamFrom::PageOffset => Some("&page.offset()".to_owned()),
            ParamFrom::Cursor => None,
        });
        let bound = bound.flatten().collect();
        Arguments { declared, on, bound, items: list, given, lent }
    }
}

/// Declares the tokens that a function takes. Returns each scope with the name of its parameter.
fn tokens<'c>(
    m: &mut Module<'c>,
    signature: &Signature,
    declared: &mut Vec<String>,
    reserved: &mut Vec<String>,
) -> Vec<(&'c ScopeType, String)> {
    let catalog = m.catalog;
    let scope_types =
        signature.scopes.iter().filter_map(|token| Some((token, scope_type(catalog, &token.scope)?)));
    let mut tokens = Vec::new();
    for (token, scope) in scope_types {
        let name = if signature.scopes.len() == 1 { "scope".to_owned() } else { field(&scope.scope) };
        let fills = |param: &Param| matches!(&param.from, ParamFrom::Scope(filled) if *filled == scope.scope);
        // A token whose value is not bound is still required as a proof.
        let unused = if signature.params.iter().any(fills) { "" } else { "_" };
        let name = ident(&distinct([("", format!("{unused}{name}"))], "_", &as_strs(reserved)).remove(0));
        let ty = match scope.type_of(token.role.as_deref()) {
            Some(ty) => m.shared(ty),
            // Unknown roles have been reported before. Here one must not turn into a weaker token.
            None => format!("compile_error!({})", literal("there is no such role")),
        };
        declared.push(format!("{name}: &{ty}"));
        reserved.push(name.clone());
        tokens.push((scope, name));
    }
    tokens
}

/// The type of a stream of items, which an error ends.
fn stream_of(m: &mut Module<'_>, item: &str) -> String {
    let [stream, result] = ["sqlward::Stream", "sqlward::Result"].map(|path| m.name(path));
    format!("impl {stream}<Item = {result}<{}, E>> + Send", ident(item))
}

/// The parameter on which the query runs: its name and its type.
fn executor(m: &mut Module<'_>, signature: &Signature) -> (&'static str, String) {
    let stream = signature.cardinality == Cardinality::Stream;
    let lifetime = if stream { "'a " } else { "" };
    let ty = m.name(signature.runs_on());
    if signature.system.is_none() && !signature.transaction {
        return ("db", format!("&{lifetime}impl {ty}"));
    }
    // The methods that generated code calls are in this trait.
    m.in_scope(if signature.copy.is_some() { "sqlward::Writer" } else { "sqlward::Executor" });
    let name = if signature.transaction { "tx" } else { "db" };
    (name, format!("&{lifetime}{ty}<'_>"))
}

/// The result of a function.
pub(super) struct Output {
    /// The type inside `Result`.
    pub(super) ty: String,
    /// If the function converts the executor's result: the start of the statement that fetches, and the expression after it.
    pub(super) conversion: Option<(String, String)>,
    /// For a row of one plain value: the type as which it is fetched, and the pattern that takes the `value` out of it.
    scalar: Option<(String, String)>,
}

impl Output {
    /// The executor's result, unchanged.
    fn plain(ty: String) -> Self {
        Output { ty, conversion: None, scalar: None }
    }

    /// The result of a batch: the list of the results of its calls.
    pub(super) fn batch(m: &mut Module<'_>, signature: &Signature) -> Self {
        let each = Output::new(m, signature, None);
        let [option, vec, ok] =
            ["std::option::Option", "std::vec::Vec", "std::result::Result::Ok"].map(|path| m.name(path));
        let ty = format!("{vec}<{}>", each.ty);
        let Some((fetched, pattern)) = each.scalar else { return Output::plain(ty) };
        let (fetched, value) = match signature.cardinality {
            Cardinality::Opt => (format!("{option}<{fetched}>"), format!("|row| row.map(|{pattern}| value)")),
            Cardinality::Many => (
                format!("{vec}<{fetched}>"),
                format!("|rows| rows.into_iter().map(|{pattern}| value).collect()"),
            ),
            Cardinality::One | Cardinality::Exec | Cardinality::Stream => {
                (fetched, format!("|{pattern}| value"))
            }
        };
        let conversion = (
            format!("let results: {vec}<{fetched}> = "),
            format!("{ok}(results.into_iter().map({value}).collect())"),
        );
        Output { ty, conversion: Some(conversion), scalar: None }
    }

    pub(super) fn new(m: &mut Module<'_>, signature: &Signature, paging: Option<Paging>) -> Self {
        let [option, vec, ok] =
            ["std::option::Option", "std::vec::Vec", "std::result::Result::Ok"].map(|path| m.name(path));
        let row = match &signature.row {
            RowKind::None => return Output::plain("u64".to_owned()),
            RowKind::Scalar => scalar(m, signature),
            RowKind::Struct(index) => row_name(m, signature, *index),
        };
        let page = match paging {
            None | Some(Paging::Offset) => None,
            Some(Paging::Total) => Some(m.name("sqlward::Paged")),
            Some(Paging::Keyset) => Some(m.name("sqlward::KeysetPage")),
        };
        if let Some(page) = page {
            let ty = format!("{page}<{row}>");
            let conversion = matches!(signature.row, RowKind::Scalar).then(|| {
                (format!("let page: {page}<({row},)> = "), format!("{ok}(page.map(|(value,)| value))"))
            });
            return Output { ty, conversion, scalar: None };
        }
        let many = |row: &str| match signature.cardinality {
            Cardinality::Exec => "u64".to_owned(),
            Cardinality::One => row.to_owned(),
            Cardinality::Opt => format!("{option}<{row}>"),
            Cardinality::Many => format!("{vec}<{row}>"),
            Cardinality::Stream => row.to_owned(),
        };
        let (given, pattern, value) = match (grant(m, signature), &signature.row) {
            (Some((token, minted)), RowKind::Scalar) => {
                (format!("({token}, {row})"), "row", format!("({minted}, row.0)"))
            }
            (Some((token, minted)), _) => (format!("({token}, {row})"), "row", format!("({minted}, row)")),
            (None, RowKind::Scalar) if row != "()" => (row.clone(), "(value,)", "value".to_owned()),
            (None, _) if signature.cardinality == Cardinality::Stream => {
                let stream = m.name("sqlward::RowStream");
                return Output::plain(format!("{stream}<'a, {row}>"));
            }
            (None, _) => return Output::plain(many(&row)),
        };
        let nested = signature.columns.first().is_some_and(Column::is_nested);
        let (fetched, pattern) = match &signature.row {
            RowKind::Scalar if nested => {
                let nested = m.name("sqlward::types::Nested");
                (format!("{nested}<{row}>"), pattern.replace("(value,)", &format!("{nested}(value)")))
            }
            RowKind::Scalar => (format!("({row},)"), pattern.to_owned()),
            RowKind::None | RowKind::Struct(_) => (row, pattern.to_owned()),
        };
        let is_scalar = matches!(signature.row, RowKind::Scalar);
        let scalar = is_scalar.then(|| (fetched.clone(), pattern.clone()));
        let conversion = match signature.cardinality {
            Cardinality::Exec => None,
            Cardinality::Stream => {
                // The rows of a stream are not converted, so a plain value stays in its tuple.
                let stream = m.name("sqlward::RowStream");
                return Output::plain(format!("{stream}<'a, {fetched}>"));
            }
            Cardinality::One => (format!("let {pattern}: {fetched} = "), format!("{ok}({value})")).into(),
            Cardinality::Opt => {
                let map = format!("{ok}(row.map(|{pattern}| {value}))");
                Some((format!("let row: {option}<{fetched}> = "), map))
            }
            Cardinality::Many => {
                let map = format!("{ok}(rows.into_iter().map(|{pattern}| {value}).collect())");
                Some((format!("let rows: {vec}<{fetched}> = "), map))
            }
        };
        Output { ty: many(&given), conversion, scalar }
    }
}

/// The spelling of a row's struct in the module of a query that returns it.
pub(super) fn row_name(m: &mut Module<'_>, signature: &Signature, index: usize) -> String {
    match (&signature.row_alias, m.catalog.rows.get(index)) {
        (Some(alias), _) => ident(alias),
        (None, Some(row)) if row.module.is_none() => m.shared(&row.name),
        (None, Some(row)) => ident(&row.name),
        (None, None) => "()".to_owned(),
    }
}

/// The type of a result's only column.
fn scalar(m: &mut Module<'_>, signature: &Signature) -> String {
    match signature.columns.first() {
        None => "()".to_owned(),
        Some(column) if column.rust == RustType::Plain(Plain::Unit) => "()".to_owned(),
        Some(column) => {
            let rust = m.owned(&column.rust);
            if column.nullable { m.option(rust) } else { rust }
        }
    }
}

/// The type of the token that a query grants, and the expression that makes it from a row.
fn grant(m: &mut Module<'_>, signature: &Signature) -> Option<(String, String)> {
    let (granted, column) = signature.grants.as_ref()?;
    let (scope, role) = (scope_type(m.catalog, &granted.scope)?, granted.role.as_deref());
    let id = match &signature.row {
        RowKind::Struct(index) => {
            format!("row{}", path_to(&m.catalog.rows.get(*index)?.fields, *column)?)
        }
        RowKind::Scalar | RowKind::None => "row.0".to_owned(),
    };
    let copy = !scope.set && m.is_copy(&scope.id);
    let id = if copy { id } else { format!("{id}.clone()") };
    let token = m.shared(scope.type_of(role)?);
    let made = format!("{token}::{}({id})", scopes::constructor(scope));
    Some((token, made))
}

/// The path from a row to a column: `.organization.id`. `infer` has checked that no struct on it is an `Option`.
fn path_to(fields: &[RowField], column: usize) -> Option<String> {
    fields.iter().find_map(|field| match &field.value {
        FieldValue::Column { index, .. } => (*index == column).then(|| format!(".{}", ident(&field.name))),
        FieldValue::Nested { fields, .. } => {
            path_to(fields, column).map(|rest| format!(".{}{rest}", ident(&field.name)))
        }
    })
}

fn scope_type<'a>(catalog: &'a Catalog<Proven>, scope: &str) -> Option<&'a ScopeType> {
    catalog.scopes.iter().find(|ty| ty.scope == scope)
}

fn as_strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
