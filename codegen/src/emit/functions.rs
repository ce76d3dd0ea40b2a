//! The function of a query, with the struct of its parameters.

use super::module::Module;
use super::params;
use super::pg_types::constant;
use super::print::{Doc, Style};
use super::rows::{attributes, columns};
use super::signature::{Arguments, Gives};
use super::text::{code, inline, literal, prose, sql};
use crate::infer::RowKind;
use crate::infer::names::ident;
use crate::parse::{Cardinality, ScopeDecl, Sql, TokenName};
use crate::prove::Proven;

/// Writes a function and, unless another function of the module has done so, the struct of its parameters.
pub(super) fn write(m: &mut Module<'_>, query: &Proven, name: &str, params_struct: Option<(&str, bool)>) {
    let signature = query.signature();
    if let Some((struct_name, true)) = params_struct {
        params::write(m, query, name, struct_name);
    }
    params::write_items(m, query, name);
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

/// `static QUERY: Query = Query::new(...).in_scope("creator");`
fn static_query(m: &mut Module<'_>, query: &Proven) -> Vec<Doc> {
    let signature = query.signature();
    let ty = m.name("sqlward::Query");
    let params: Vec<String> =
        signature.params.iter().map(|param| constant(&param.pg_type, param.built_in)).collect();
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
    let scope = match &query.decl().scope {
        None => String::new(),
        Some(ScopeDecl::Claimed(scopes)) => in_scope(&names_of(scopes)),
        Some(ScopeDecl::System { .. }) => in_scope("system"),
    };
    let end = Doc::text(format!("{scope};"));
    vec![Doc::text(format!("static QUERY: {ty} = {ty}::new")), Doc::list("(", items, ")"), end]
}

fn in_scope(scope: &str) -> String {
    format!(".in_scope({})", literal(scope))
}

fn names_of(scopes: &[TokenName]) -> String {
    scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
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
        Some(ScopeDecl::Claimed(scopes)) => inline(&names_of(scopes)),
        Some(ScopeDecl::System { reason, .. }) => format!("system, because: {}", inline(reason)),
    };
    let proof = query.proof_lines();
    let proven = if proof.is_empty() { "" } else { " Proven:" };
    docs.push(format!("/// Scope: {}.{proven}", scope.trim_end_matches('.')));
    docs.extend(proof.iter().map(|line| format!("/// - {}", inline(line))));
    if !query.waivers().is_empty() {
        docs.extend(["///".to_owned(), "/// Waived:".to_owned()]);
    }
    for waiver in query.waivers() {
        let table = waiver.table.as_ref().map_or(String::new(), |table| format!(" of {}", code(table)));
        docs.push(format!("/// - {}{table}: {}", code(&waiver.rule), inline(&waiver.reason)));
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
