//! Generates the function of a query, with the struct of its parameters.

use std::ops::Range;

use super::module::Module;
use super::params;
use super::pg_types::constant;
use super::print::{Doc, Style};
use super::rows::{attributes, columns};
use super::signature::{Arguments, Output, row_name};
use super::text::{code, inline, literal, prose, sql};
use super::variants;
use crate::infer::names::ident;
use crate::infer::{Param, RowKind, SqlPart};
use crate::parse::{Cardinality, Paging, ScopeDecl, Sql, TokenName, When};
use crate::prove::Proven;

/// Writes a function and, unless another function of the module has written it, the struct of its parameters. Returns its
/// signature on one line.
pub(super) fn write(
    m: &mut Module<'_>,
    query: &Proven,
    name: &str,
    params_struct: Option<(&str, bool)>,
) -> String {
    let signature = query.signature();
    if let Some((struct_name, true)) = params_struct {
        params::write(m, query, name, struct_name);
    }
    params::write_items(m, query, name);
    variants::write_sorts(m, query, name);
    let mut arguments = Arguments::new(m, query, params_struct.map(|(name, _)| name));
    let paging = query.decl().page.as_ref().map(|page| page.value);
    let is_batch = query.decl().batch.is_some();
    let output = if is_batch { Output::batch(m, signature) } else { Output::new(m, signature, paging) };
    m.out.line("");
    m.out.lines(docs(query));
    m.out.lines(attributes(query.decl().attributes.iter().map(|attribute| &*attribute.value)));
    let stream = signature.cardinality == Cardinality::Stream;
    let result = m.name("sqlward::Result");
    let (generics, error) = match &signature.copy {
        Some(_) => (copy_error(m), ", E"),
        None if stream => ("<'a>".to_owned(), ""),
        None => (String::new(), ""),
    };
    let static_query = static_query(m, query);
    let total = signature.total.as_ref().map(|parts| static_total(m, query, parts));
    let (function, returns) =
        (format!("{}{generics}", ident(name)), format!(" -> {result}<{}{error}>", output.ty));
    let head = format!("{function}({}){returns}", arguments.declared.join(", "));
    m.out.code(vec![
        Doc::text(format!("pub async fn {function}")),
        Doc::texts("(", std::mem::take(&mut arguments.declared), ")").styled(Style::Filled),
        Doc::text(format!("{returns} {{")),
    ]);
    let method = method(paging, signature.cardinality);
    let argument = |name: &str| {
        let found = arguments.given.iter().find(|(known, _)| known == name);
        found.map_or_else(String::new, |(_, expression)| expression.clone())
    };
    let given = signature.choice.as_ref().and_then(|choice| variants::given(choice, argument));
    let texts = variants::texts(signature, argument);
    // A query with one text is an argument, `db.fetch_all(&QUERY, ...)`; a variant has the method: `variant.fetch_all(db, ...)`.
    let (start, first, total_text) = match texts {
        Some((query, total)) => (query, arguments.on.to_owned(), total),
        None => (arguments.on.to_owned(), "&QUERY".to_owned(), None),
    };
    let page = matches!(paging, Some(Paging::Total | Paging::Keyset)).then(|| Doc::text("page"));
    let lent = std::mem::take(&mut arguments.lent);
    let call = |before: &str, after: &str| {
        if query.decl().takes_each() {
            return call_with_items(
                before,
                arguments.on,
                &arguments.items,
                &arguments.bound,
                is_batch.then_some(method),
                after,
            );
        }
        let mut items = vec![Doc::text(&*first)];
        items.extend(total_text.as_deref().map(Doc::text));
        items.push(Doc::texts("&[", arguments.bound.clone(), "]").styled(Style::Filled));
        items.extend(page.clone());
        vec![
            Doc::text(format!("{before}{start}.{method}")),
            Doc::list("(", items, ")").styled(Style::Hugged),
            Doc::text(format!(".await{after}")),
        ]
    };
    m.out.indented(|out| {
        out.code(static_query);
        out.lines(lent);
        total.into_iter().for_each(|total| out.code(total));
        given.into_iter().for_each(|given| out.code(given));
        match &output.conversion {
            None => out.code(call("", "")),
            Some((fetched, converted)) => {
                out.code(call(fetched, "?;"));
                out.line(converted);
            }
        }
    });
    m.out.line("}");
    head
}

/// The method of the runtime that runs the query.
fn method(paging: Option<Paging>, cardinality: Cardinality) -> &'static str {
    match (paging, cardinality) {
        (Some(Paging::Total), _) => "fetch_page",
        (Some(Paging::Keyset), _) => "fetch_keyset",
        (_, Cardinality::Exec) => "execute",
        (_, Cardinality::One) => "fetch_one",
        (_, Cardinality::Opt) => "fetch_opt",
        (_, Cardinality::Many) => "fetch_all",
        (_, Cardinality::Stream) => "fetch_stream",
    }
}

/// The generic parameter for the errors of a copy's items: `<E: From<Error> + Send>`
fn copy_error(m: &mut Module<'_>) -> String {
    format!("<E: {}<{}> + Send>", m.name("std::convert::From"), m.name("sqlward::Error"))
}

/// The call of a copy, `db.copy(&QUERY, items, |item, row| row.write(&[&item.title]))`, or of a batch,
/// `db.batch(&QUERY, items, |item| [&item.title]).execute()`.
fn call_with_items(
    before: &str,
    on: &str,
    items: &str,
    bound: &[String],
    of_batch: Option<&str>,
    after: &str,
) -> Vec<Doc> {
    let (open, start, end) = match of_batch {
        Some(method) => ("[", format!("batch(&QUERY, {items}, |item| "), format!(").{method}()")),
        None => ("&[", format!("copy(&QUERY, {items}, |item, row| row.write("), "))".to_owned()),
    };
    vec![
        Doc::text(format!("{before}{on}.{start}")),
        Doc::texts(open, bound.iter().cloned(), "]").styled(Style::Filled),
        Doc::text(format!("{end}.await{after}")),
    ]
}

/// The types of the parameters: `&[Type::TEXT]`
fn types(m: &mut Module<'_>, params: &[Param]) -> Doc {
    if params.is_empty() {
        return Doc::text("&[]");
    }
    let pg = m.name("sqlward::types::Type");
    let names = params.iter().map(|param| format!("{pg}::{}", constant(&param.pg_type, param.built_in)));
    Doc::texts("&[", names, "]").styled(Style::Filled)
}

/// The statement that counts the rows of all pages: `static TOTAL: Query = Query::new(...);`
fn static_total(m: &mut Module<'_>, query: &Proven, parts: &[SqlPart]) -> Vec<Doc> {
    let ty = m.name("sqlward::Query");
    let (text, parts) = variants::parts(m, parts);
    let authors = &query.signature().params[..query.decl().sql.params.len()];
    let columns = columns(&[("count".to_owned(), "int8".to_owned())]);
    let name = Doc::text(literal(&query.decl().path()));
    let items = vec![name, Doc::text(literal(&text)), types(m, authors), columns];
    let mut code = vec![Doc::text(format!("static TOTAL: {ty} = {ty}::new")), query_arguments(items)];
    code.push(Doc::text(scope(query)));
    code.extend(parts);
    code.push(Doc::text(";"));
    code
}

/// The statement: `static QUERY: Query = Query::new(...).in_scope("creator");`
fn static_query(m: &mut Module<'_>, query: &Proven) -> Vec<Doc> {
    let signature = query.signature();
    let ty = m.name("sqlward::Query");
    let params = types(m, &signature.params);
    let columns = match &signature.row {
        _ if signature.copy.is_some() => {
            columns(signature.copy.as_ref().map_or(&[][..], |copy| &copy.columns))
        }
        RowKind::None => Doc::text("&[]"),
        RowKind::Struct(index) if m.catalog.rows.get(*index).is_some() => {
            let name = row_name(m, signature, *index);
            // `COLUMNS` is a constant of this trait.
            m.in_scope("sqlward::FromRow");
            Doc::text(format!("{name}::COLUMNS"))
        }
        RowKind::Struct(_) | RowKind::Scalar => {
            let all: Vec<_> = signature.columns.iter().map(|c| (c.name.clone(), c.pg_type.clone())).collect();
            columns(&all)
        }
    };
    let name = Doc::text(literal(&query.decl().path()));
    let (text, parts) = match (&signature.choice, &signature.copy) {
        (Some(choice), _) => variants::parts(m, &choice.parts),
        (None, Some(copy)) => (copy.sql.clone(), None),
        (None, None) => (signature.sql.clone(), None),
    };
    let items = vec![name, Doc::text(literal(&text)), params, columns];
    let mut code = vec![Doc::text(format!("static QUERY: {ty} = {ty}::new")), query_arguments(items)];
    code.push(Doc::text(scope(query)));
    if let Some(copy) = &signature.copy {
        code.push(Doc::text(format!(".described_by({})", literal(&copy.described))));
    }
    code.extend(parts);
    code.push(Doc::text(";"));
    code
}

/// The arguments of `Query::new`.
fn query_arguments(items: Vec<Doc>) -> Doc {
    Doc::list("(", items, ")").styled(Style::Filled)
}

/// `.in_scope("creator")`
fn scope(query: &Proven) -> String {
    match &query.decl().scope {
        None => String::new(),
        Some(ScopeDecl::Claimed(scopes)) => in_scope(&names_of(scopes)),
        Some(ScopeDecl::System { .. }) => in_scope("system"),
    }
}

fn in_scope(scope: &str) -> String {
    format!(".in_scope({})", literal(scope))
}

fn names_of(scopes: &[TokenName]) -> String {
    scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The documentation of a function: the author's text, the statement, its scope, proof and waivers.
fn docs(query: &Proven) -> Vec<String> {
    let (decl, signature) = (query.decl(), query.signature());
    let mut docs = prose(&decl.docs);
    if !docs.is_empty() {
        docs.push("///".to_owned());
    }
    let written = as_written(query);
    match written.trim().contains('\n') {
        true => docs.extend(sql(&written)),
        false => docs.push(format!("/// {}", code(written.trim()))),
    }
    docs.push("///".to_owned());
    let scope = match &decl.scope {
        None => "none".to_owned(),
        Some(ScopeDecl::Claimed(scopes)) => inline(&names_of(scopes)),
        Some(ScopeDecl::System { reason, .. }) => format!("system, because: {}", inline(reason)),
    };
    let proof = query.proof_lines();
    let proven = match &signature.choice {
        _ if proof.is_empty() => String::new(),
        None => " Proven:".to_owned(),
        Some(choice) => format!(" Proven in each of {} variants:", choice.variants),
    };
    let scope = format!("/// Scope: {}.{proven}", scope.trim_end_matches('.'));
    match &proof[..] {
        [line] => docs.push(format!("{scope} {}", inline(line))),
        lines => {
            docs.push(scope);
            docs.extend(lines.iter().map(|line| format!("/// - {}", inline(line))));
        }
    }
    if !query.waivers().is_empty() {
        docs.extend(["///".to_owned(), "/// Waived:".to_owned()]);
    }
    for waiver in query.waivers() {
        let table = waiver.table.as_ref().map_or(String::new(), |table| format!(" of {}", code(table)));
        docs.push(format!("/// - {}{table}: {}", code(&waiver.rule), inline(&waiver.reason)));
    }
    docs
}

/// The statement as its author wrote it, with the names of its parameters and its marks.
fn as_written(query: &Proven) -> String {
    let (sql, marks) = (&query.decl().sql, &query.decl().marks);
    if let Some(copy) = &query.signature().copy {
        return copy.sql.clone();
    }
    if sql.parts.is_empty() {
        return named(sql, 0..sql.text.len());
    }
    let mut text = String::new();
    for (part, piece) in sql.parts() {
        let written = named(sql, part.start..part.start + piece.len());
        match part.when {
            When::Always => text.push_str(&written),
            // The condition of a cursor is generated.
            When::After(_) => {}
            When::Given(condition) => {
                let names = marks.conditions[condition].names.iter();
                let names: Vec<&str> = names.map(|name| &*marks.names[*name].name.value).collect();
                text.push_str(&format!("{written}  --? {}", names.join(", ")));
            }
            When::Sorted(sort) => {
                let comment = if sort == 0 { "" } else { "--" };
                let start = written.len() - written.trim_start_matches(['\n', '\r']).len();
                let (line_end, line) = written.split_at(start);
                text.push_str(&format!("{line_end}{comment}{line}  --? sort {}", marks.sorts[sort].value));
            }
        }
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// A range of the statement's text, with the names of parameters in the place of `$n`.
fn named(sql: &Sql, range: Range<usize>) -> String {
    if sql.pieces.is_empty() {
        return sql.text[range].to_owned();
    }
    let mut text = String::new();
    let ends = sql.pieces.iter().skip(1).map(|(start, _)| *start).chain([sql.text.len()]);
    for ((start, _), end) in sql.pieces.iter().zip(ends).filter(|((start, _), _)| range.contains(start)) {
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
    text
}
