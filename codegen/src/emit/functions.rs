//! The function of a query, with the struct of its parameters.

use super::module::Module;
use super::pg_types::constant;
use super::print::{Doc, Style};
use super::rows::{attributes, columns, derive};
use super::scopes;
use super::text::{code, inline, literal, prose, sql};
use crate::infer::names::{distinct, field, ident};
use crate::infer::{
    Catalog, FieldValue, Param, ParamFrom, Plain, RowField, RowKind, RustType, ScopeType, Signature,
};
use crate::parse::{Cardinality, ScopeDecl, Sql};
use crate::prove::{Proven, Verdict};

/// Writes a function and, unless another function of the module has done so, the struct of its parameters.
pub(super) fn write(m: &mut Module<'_>, query: &Proven, name: &str, params_struct: Option<(&str, bool)>) {
    let signature = query.signature();
    if let Some((struct_name, true)) = params_struct {
        write_params(m, query, name, struct_name);
    }
    let arguments = Arguments::new(m, query, params_struct.map(|(name, _)| name));
    let gives = Gives::new(m, signature);
    m.out.line("");
    m.out.lines(docs(query));
    m.out.lines(attributes(query.decl().attributes.iter().map(|attribute| &*attribute.value)));
    let stream = signature.cardinality == Cardinality::Stream;
    let (result, lifetime) = (m.name("sqlward::Result"), if stream { "<'a>" } else { "" });
    let static_query = static_query(m, query);
    m.out.code(vec![
        Doc::text(format!("pub async fn {}{lifetime}", ident(name))),
        Doc::texts("(", arguments.declared, ")"),
        Doc::text(format!(" -> {result}<{}> {{", gives.ty)),
    ]);
    let method = match (signature.cardinality, &signature.row) {
        (Cardinality::Exec, _) => "execute",
        (Cardinality::One, _) => "fetch_one",
        (Cardinality::Opt, _) => "fetch_opt",
        (Cardinality::Many, _) => "fetch_all",
        (Cardinality::Stream, _) => "fetch_stream",
    };
    let call = |before: &str, after: &str| {
        vec![
            Doc::text(format!("{before}{}.{method}", arguments.on)),
            Doc::list(
                "(",
                vec![
                    Doc::text("&QUERY"),
                    Doc::texts("&[", arguments.bound.clone(), "]").styled(Style::Filled),
                ],
                ")",
            ),
            Doc::Chain(format!(".await{after}")),
        ]
    };
    m.out.indented(|out| {
        out.code(static_query);
        match &gives.conversion {
            None => out.code(call("", "")),
            Some((fetched, converted)) => {
                out.code(call(fetched, "?;"));
                out.line(converted);
            }
        }
    });
    m.out.line("}");
}

/// What a function takes and what it binds.
struct Arguments {
    /// `db: &impl Executor`
    declared: Vec<String>,
    /// `db`
    on: &'static str,
    /// The expressions for `$1`, `$2`, ...
    bound: Vec<String>,
}

impl Arguments {
    fn new(m: &mut Module<'_>, query: &Proven, params_struct: Option<&str>) -> Self {
        let (signature, catalog) = (query.signature(), m.catalog);
        let (on, ty) = executor(m, signature);
        let mut declared = vec![format!("{on}: {ty}")];
        let mut reserved = vec![on.to_owned()];
        let mut tokens: Vec<(&ScopeType, String)> = Vec::new();
        for scope in signature.scopes.iter().filter_map(|scope| scope_type(catalog, scope)) {
            let name = if signature.scopes.len() == 1 { "scope".to_owned() } else { field(&scope.scope) };
            let bound =
                |param: &Param| matches!(&param.from, ParamFrom::Scope(bound) if *bound == scope.scope);
            // A token that fills no parameter is still the proof that the caller may ask.
            let unused = if signature.params.iter().any(bound) { "" } else { "_" };
            let name =
                ident(&distinct([("", format!("{unused}{name}"))], "_", &as_strs(&reserved)).remove(0));
            declared.push(format!("{name}: &{}", m.shared(&scope.name)));
            reserved.push(name.clone());
            tokens.push((scope, name));
        }
        let caller = callers(signature);
        let paged = signature.params.iter().any(|param| is_page(&param.from));
        let page = if paged { Some(m.name("sqlward::Page")) } else { None };
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
                    declared.push(format!("{name}: {}", m.given(&param.rust, param.nullable, "")));
                }
                names
            }
        };
        declared.extend(page.map(|page| format!("page: {page}")));
        let mut names = names.into_iter();
        let bound = signature.params.iter().map(|param| match &param.from {
            ParamFrom::Caller => names.next().map(|name| format!("&{name}")),
            ParamFrom::Scope(scope) => {
                let token = tokens.iter().find(|(token, _)| token.scope == *scope);
                token.map(|(token, argument)| scopes::bind(token, argument))
            }
            ParamFrom::PageLimit => Some("&page.limit()".to_owned()),
            ParamFrom::PageOffset => Some("&page.offset()".to_owned()),
        });
        Arguments { declared, on, bound: bound.flatten().collect() }
    }
}

/// What a function runs on: the name of the argument and its type.
fn executor(m: &mut Module<'_>, signature: &Signature) -> (&'static str, String) {
    let stream = signature.cardinality == Cardinality::Stream;
    let lifetime = if stream { "'a " } else { "" };
    let ty = match (signature.transaction, &signature.system) {
        (false, None) => return ("db", format!("&{lifetime}impl {}", m.name("sqlward::Executor"))),
        (false, Some(_)) => ("db", "sqlward::ServiceRole"),
        (true, None) => ("tx", "sqlward::Transaction"),
        (true, Some(_)) => ("tx", "sqlward::ServiceTransaction"),
    };
    // The methods are those of the trait.
    m.in_scope("sqlward::Executor");
    (ty.0, format!("&{lifetime}{}<'_>", m.name(ty.1)))
}

/// What a function gives.
struct Gives {
    /// The type inside `Result`.
    ty: String,
    /// Where it is not what the executor gives: the start of the statement that fetches, and the expression after it.
    conversion: Option<(String, String)>,
}

impl Gives {
    fn new(m: &mut Module<'_>, signature: &Signature) -> Self {
        let [option, vec, ok] =
            ["std::option::Option", "std::vec::Vec", "std::result::Result::Ok"].map(|path| m.name(path));
        let row = match &signature.row {
            RowKind::None => return Gives { ty: "u64".to_owned(), conversion: None },
            RowKind::Scalar => scalar(m, signature),
            RowKind::Struct(index) => match m.catalog.rows.get(*index) {
                Some(row) if row.module.is_none() => m.shared(&row.name),
                Some(row) => ident(&row.name),
                None => "()".to_owned(),
            },
        };
        let many = |row: &str| match signature.cardinality {
            Cardinality::Exec => "u64".to_owned(),
            Cardinality::One => row.to_owned(),
            Cardinality::Opt => format!("{option}<{row}>"),
            Cardinality::Many => format!("{vec}<{row}>"),
            Cardinality::Stream => row.to_owned(),
        };
        let (given, pattern, value) = match (grant(m, signature), &signature.row) {
            (Some((token, minted)), RowKind::Scalar) => {
                (format!("({token}, {row})"), "row", format!("({}, row.0)", minted("row.0")))
            }
            (Some((token, minted)), _) => {
                (format!("({token}, {row})"), "row", format!("({}, row)", minted("row")))
            }
            (None, RowKind::Scalar) if row != "()" => (row.clone(), "(value,)", "value".to_owned()),
            (None, _) if signature.cardinality == Cardinality::Stream => {
                let stream = m.name("sqlward::RowStream");
                return Gives { ty: format!("{stream}<'a, {row}>"), conversion: None };
            }
            (None, _) => return Gives { ty: many(&row), conversion: None },
        };
        let fetched = if matches!(signature.row, RowKind::Scalar) { format!("({row},)") } else { row };
        let conversion = match signature.cardinality {
            Cardinality::Exec => None,
            Cardinality::Stream => {
                // A stream gives rows as they are; a plain value comes as a tuple of one.
                let stream = m.name("sqlward::RowStream");
                return Gives { ty: format!("{stream}<'a, {fetched}>"), conversion: None };
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
        Gives { ty: many(&given), conversion }
    }
}

/// The type of the only column.
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

/// The token that a row mints, and the expression that does, given that of the row.
fn grant(m: &mut Module<'_>, signature: &Signature) -> Option<(String, impl Fn(&str) -> String + use<>)> {
    let (scope, column) = signature.grants.as_ref()?;
    let scope = scope_type(m.catalog, scope)?;
    let token = m.shared(&scope.name);
    let path = match &signature.row {
        RowKind::Struct(index) => {
            let row = m.catalog.rows.get(*index)?;
            path_to(&row.fields, *column)?
        }
        RowKind::Scalar | RowKind::None => String::new(),
    };
    let copy = !scope.set && super::module::is_copy(m.catalog, &scope.id);
    let clone = if copy { "" } else { ".clone()" };
    let constructor = token.clone();
    Some((token, move |row: &str| format!("{constructor}::from_authenticated({row}{path}{clone})")))
}

/// How a column is reached from its row: `.organization.id`. `infer` has made sure that no `Option` is on the way.
fn path_to(fields: &[RowField], column: usize) -> Option<String> {
    fields.iter().find_map(|field| match &field.value {
        FieldValue::Column { index, .. } => (*index == column).then(|| format!(".{}", ident(&field.name))),
        FieldValue::Nested { fields, .. } => {
            path_to(fields, column).map(|rest| format!(".{}{rest}", ident(&field.name)))
        }
    })
}

/// `static QUERY: Query = Query::new(...);`
fn static_query(m: &mut Module<'_>, query: &Proven) -> Vec<Doc> {
    let signature = query.signature();
    let ty = m.name("sqlward::Query");
    let params: Vec<String> = signature.params.iter().map(constant).collect();
    let params = if params.is_empty() {
        Doc::text("&[]")
    } else {
        let pg = m.name("sqlward::types::Type");
        Doc::texts("&[", params.iter().map(|name| format!("{pg}::{name}")), "]").styled(Style::Filled)
    };
    let columns = match &signature.row {
        RowKind::None => Doc::text("&[]"),
        RowKind::Struct(index) if m.catalog.rows.get(*index).is_some() => {
            let row = &m.catalog.rows[*index];
            let name = if row.module.is_none() { m.shared(&row.name) } else { ident(&row.name) };
            // The constant is the trait's.
            m.in_scope("sqlward::FromRow");
            Doc::text(format!("{name}::COLUMNS"))
        }
        RowKind::Struct(_) | RowKind::Scalar => {
            let all: Vec<_> = signature.columns.iter().map(|c| (c.name.clone(), c.pg_type.clone())).collect();
            columns(&all)
        }
    };
    let name = Doc::text(literal(&query.decl().path()));
    let items = vec![name, Doc::text(literal(&signature.sql)), params, columns];
    vec![Doc::text(format!("static QUERY: {ty} = {ty}::new")), Doc::list("(", items, ")"), Doc::text(";")]
}

/// The author's words, the statement, and what is known of its safety.
fn docs(query: &Proven) -> Vec<String> {
    let decl = query.decl();
    let mut docs = prose(&decl.docs);
    if !docs.is_empty() {
        docs.push("///".to_owned());
    }
    docs.extend(sql(&as_written(&decl.sql)));
    docs.push("///".to_owned());
    let scope = match &decl.scope {
        None => "none".to_owned(),
        Some(ScopeDecl::Claimed(scopes)) => {
            scopes.iter().map(|scope| inline(&scope.value)).collect::<Vec<_>>().join(", ")
        }
        Some(ScopeDecl::System { reason, .. }) => format!("system, because: {}", inline(reason)),
    };
    let verdict = match query.verdict() {
        Verdict::Unchecked => "Unchecked.",
        Verdict::Proven => "Proven.",
    };
    docs.push(format!("/// Scope: {}. {verdict}", scope.trim_end_matches('.')));
    docs.extend(query.derivation().iter().map(|line| format!("/// - {}", inline(line))));
    for allow in &decl.allows {
        let table = allow.table.as_ref().map_or(String::new(), |table| format!(" of {}", code(&table.value)));
        docs.push(format!("/// - allows {}{table}: {}", code(&allow.rule.value), inline(&allow.reason)));
    }
    docs
}

/// A statement with the names of its parameters, as its author wrote it.
fn as_written(sql: &Sql) -> String {
    let mut text = String::new();
    let ends = sql.pieces.iter().skip(1).map(|(start, _)| *start).chain([sql.text.len()]);
    for ((start, _), end) in sql.pieces.iter().zip(ends) {
        let piece = sql.text.get(*start..end).unwrap_or_default();
        let digits = piece
            .strip_prefix('$')
            .map_or(0, |rest| rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len());
        let number = if digits > 0 { piece[1..=digits].parse::<usize>().ok() } else { None };
        match number.and_then(|number| sql.params.get(number.checked_sub(1)?)) {
            Some(param) => text.extend([":", &param.name, &piece[1 + digits..]]),
            None => text.push_str(piece),
        }
    }
    if sql.pieces.is_empty() {
        text.push_str(&sql.text);
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn write_params(m: &mut Module<'_>, query: &Proven, function: &str, name: &str) {
    let caller = callers(query.signature());
    let lifetime = if borrows(m, &caller) { "<'a>" } else { "" };
    let types: Vec<String> = caller.iter().map(|param| m.given(&param.rust, param.nullable, "'a")).collect();
    let decl = query.decl().params.as_ref();
    let usual = ["Debug", "Clone", "Copy", "PartialEq"].map(str::to_owned);
    m.out.line("");
    m.out.line(format!("/// The parameters of [`{}`].", ident(function)));
    m.out.lines(derive(&usual, decl.map_or(&[], |decl| &decl.derives)));
    m.out.lines(attributes(decl.iter().flat_map(|decl| &decl.attributes).map(|attribute| &*attribute.value)));
    m.out.block(format!("pub struct {}{lifetime} {{", ident(name)), "}", |out| {
        for (name, ty) in field_names(&caller).iter().zip(types) {
            out.line(format!("pub {}: {ty},", ident(name)));
        }
    });
}

/// The parameters that the caller gives.
pub(super) fn callers(signature: &Signature) -> Vec<&Param> {
    signature.params.iter().filter(|param| param.from == ParamFrom::Caller).collect()
}

fn field_names(params: &[&Param]) -> Vec<String> {
    crate::infer::names::fields(params.iter().map(|param| &*param.name))
}

fn borrows(m: &Module<'_>, params: &[&Param]) -> bool {
    params.iter().any(|param| !super::module::is_copy(m.catalog, &param.rust))
}

fn scope_type<'a>(catalog: &'a Catalog<Proven>, scope: &str) -> Option<&'a ScopeType> {
    catalog.scopes.iter().find(|ty| ty.scope == scope)
}

fn is_page(from: &ParamFrom) -> bool {
    matches!(from, ParamFrom::PageLimit | ParamFrom::PageOffset)
}

fn as_strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
