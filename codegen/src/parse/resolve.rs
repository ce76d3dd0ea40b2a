//! Resolves and checks the declarations of a file: references to `--:` types, duplicate names, unknown parameters.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::file::FileDecls;
use super::header::Shape;
use super::lex::{TokenKind, tokens};
use super::line::{ANNOTATION, check_name, problem, shorten};
use super::{FieldDecl, QueryDecl, StructDecl, marks, page};
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::source::{Sources, Span, Spanned};

/// The protocol's limit.
const MAX_PARAMS: usize = 65_535;

/// With more names than this, no similar name is searched for.
const MAX_CANDIDATES: usize = 200;

/// Resolves and checks the declarations of one file.
pub(super) fn resolve(
    diagnostics: &mut Diagnostics,
    sources: &Sources,
    declared: FileDecls,
) -> Vec<QueryDecl> {
    let types = index_types(diagnostics, declared.types);
    let mut queries = Vec::new();
    for found in declared.queries {
        let mut query = found.query;
        let path = query.path();
        let mut report = |error: Diagnostic| diagnostics.report(error.query(path.as_str()));
        query.params =
            found.params.and_then(|shape| refer(&mut report, &query.name.value, &types, shape, Side::Params));
        query.row =
            found.row.and_then(|shape| refer(&mut report, &query.name.value, &types, shape, Side::Row));
        check_params(&mut report, &query);
        let is_readable = check_statement(&mut report, sources, &query);
        check_sorts(&mut report, &query);
        check_batch(&mut report, &query);
        match page::add_cursor(&mut query).err().map(|error| *error).or_else(|| too_many_variants(&query)) {
            Some(error) => report(error),
            None if is_readable => queries.push(query),
            None => {}
        }
    }
    check_names(diagnostics, &queries);
    queries
}

/// The `--:` types by name.
fn index_types(diagnostics: &mut Diagnostics, declared: Vec<StructDecl>) -> HashMap<String, StructDecl> {
    let mut types: HashMap<String, StructDecl> = HashMap::new();
    for declaration in declared {
        let Some(name) = declaration.name.clone() else { continue };
        match types.get(&name.value).and_then(|first| first.name.as_ref()) {
            Some(first) => diagnostics.report(declared_twice("type", &name, first.span)),
            None => drop(types.insert(name.value, declaration)),
        }
    }
    types
}

fn declared_twice(what: &str, name: &Spanned<String>, first: Span) -> Diagnostic {
    Diagnostic::error(
        ANNOTATION,
        name.span,
        format!("the {what} `{}` is declared twice", shorten(&name.value)),
    )
    .help("rename one of them")
    .note(first, "first declared here")
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Params,
    Row,
}

/// Replaces the name of a `--:` type by its fields.
fn refer(
    report: &mut impl FnMut(Diagnostic),
    query: &str,
    types: &HashMap<String, StructDecl>,
    shape: Shape,
    side: Side,
) -> Option<StructDecl> {
    let Some(name) = &shape.decl.name else { return Some(shape.decl) };
    match types.get(&name.value) {
        Some(declared) if shape.listed => {
            let first = declared.name.as_ref().map_or(name.span, |name| name.span);
            let help = "refer to the type by its name alone, without parentheses, or choose another name";
            report(Diagnostic { help: Some(help.to_owned()), ..declared_twice("type", name, first) });
            Some(shape.decl)
        }
        Some(declared) => Some(StructDecl { name: Some(name.clone()), ..declared.clone() }),
        // The name of a row may come from a table or another query; that of parameters cannot.
        None if shape.listed || side == Side::Row => Some(shape.decl),
        None => {
            let message = format!("there is no type `{}` in this file", shorten(&name.value));
            let help = match nearest(&name.value, types.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "a query name is one word, `{1}_{0}`; to name the parameter struct `{0}`, write `{0}()`",
                    shorten(&name.value),
                    shorten(query)
                ),
            };
            report(*problem(name.span, message, help));
            None
        }
    }
}

/// The maximum number of texts of a statement: PostgreSQL analyses each, which takes a fifth of a second for so many.
const MAX_VARIANTS: usize = 4096;

/// The maximum number of names in marks: each doubles the number of sets.
const MAX_MARKS: usize = 16;

fn too_many_variants(query: &QueryDecl) -> Option<Diagnostic> {
    let names = query.marks.names.iter().map(|mark| mark.name.span);
    let last = names.chain(query.marks.sorts.iter().map(|sort| sort.span)).next_back()?;
    let countable =
        query.marks.names.len() <= MAX_MARKS && query.marks.conditions.len() <= marks::MAX_CONDITIONS;
    let too_many = !countable || query.variants().len() > MAX_VARIANTS;
    too_many.then(|| marks::too_many(last, MAX_VARIANTS))
}

/// A batch has one text.
fn check_batch(report: &mut impl FnMut(Diagnostic), query: &QueryDecl) {
    let marks = query.marks.names.iter().map(|mark| mark.name.span);
    let mark = marks.chain(query.marks.sorts.iter().map(|sort| sort.span)).min();
    if let (Some(batch), Some(mark)) = (query.batch, mark) {
        let help = "write a separate query for each variant";
        let error = problem(mark, "a batch cannot have optional lines", help);
        report(error.note(batch, "this one"));
    }
}

/// Orders whose names would be the same in Rust.
fn check_sorts(report: &mut impl FnMut(Diagnostic), query: &QueryDecl) {
    let mut variants: HashMap<String, &Spanned<String>> = HashMap::new();
    for sort in &query.marks.sorts {
        if let Some(first) = variants.insert(sort.value.to_upper_camel_case(), sort) {
            let message =
                format!("the sorts `{}` and `{}` have the same name in Rust", first.value, sort.value);
            report(problem(sort.span, message, "rename one of the two").note(first.span, "the other one"));
        }
    }
}

/// Names of parameters, and annotations about parameters.
fn check_params(report: &mut impl FnMut(Diagnostic), query: &QueryDecl) {
    let mut snake: HashMap<String, &str> = HashMap::new();
    let flags = query.marks.names.iter().filter(|mark| mark.flag).map(|mark| &mark.name);
    let flags = flags.map(|name| Spanned { value: name.value.as_str(), span: name.span });
    // The fields of a copy's items have the names of columns.
    let params = query.sql.params.iter().filter(|_| query.copy.is_none());
    let params = params.map(|param| Spanned { value: param.name.as_str(), span: param.uses[0] });
    for name in params.chain(flags) {
        if let Err(error) = check_name("a parameter name", &name) {
            report(*error);
        } else if let Some(other) = snake.insert(name.value.to_snake_case(), name.value) {
            let message = format!("the parameters `{other}` and `{}` have the same name in Rust", name.value);
            report(*problem(name.span, message, "rename one of the two"));
        }
    }
    if let Some(param) = query.sql.params.get(MAX_PARAMS) {
        let message = format!("a statement cannot have more than {MAX_PARAMS} parameters");
        report(*problem(param.uses[0], message, "pass an array instead"));
    }
    let known: HashMap<&str, ()> = query.sql.params.iter().map(|param| (param.name.as_str(), ())).collect();
    let fields = query.params.iter().flat_map(|params| &params.fields).map(|field| &field.name);
    for name in query.param_types.iter().map(|(name, _)| name).chain(fields).chain(&query.shared) {
        if known.contains_key(name.value.as_str()) {
            continue;
        }
        let message = format!("the statement has no parameter `:{}`", shorten(&name.value));
        let candidates = query.sql.params.iter().take(MAX_CANDIDATES).map(|param| param.name.as_str());
        let near = nearest(&name.value, candidates);
        let help = match near {
            Some(near) => format!("did you mean `{}`?", shorten(near)),
            None => "remove it, or use the parameter".to_owned(),
        };
        let mut error = problem(name.span, message, help);
        if name.span.start < query.name.span.start || name.span.start > query.sql.span.start {
            error.notes.push((query.name.span, "of this query".to_owned()));
        }
        report(*error);
    }
    check_nullable_marks(report, query);
    if let Some(params) = &query.params
        && query.sql.params.is_empty()
        && params.fields.is_empty()
    {
        let span = params.name.as_ref().map_or(query.name.span, |name| name.span);
        report(*problem(span, "the statement has no parameters", "remove the list of parameters"));
    }
}

/// Rejects `(a?)` for a parameter with a mark, which is an `Option` already.
fn check_nullable_marks(report: &mut impl FnMut(Diagnostic), query: &QueryDecl) {
    let is_mark = |field: &&FieldDecl| {
        query.marks.names.iter().any(|mark| !mark.flag && mark.name.value == field.name.value)
    };
    let fields = query.params.iter().flat_map(|params| &params.fields);
    for field in fields.filter(|field| field.nullable == Some(true)).filter(is_mark) {
        let name = shorten(&field.name.value);
        let message =
            format!("`{name}` is optional by its mark: `None` removes the line, and does not mean NULL");
        let help = format!(
            "remove the `?`; to write NULL, use an unmarked line: `case when :set_{name} then :{name} \
             else column end`"
        );
        report(*problem(field.name.span, message, help));
    }
}

/// What PostgreSQL reads differently from how it looks. Returns whether its analysis is still meaningful: it would take
/// `$1` for the first named parameter.
fn check_statement(report: &mut impl FnMut(Diagnostic), sources: &Sources, query: &QueryDecl) -> bool {
    let source = sources.text(query.sql.span);
    let mut is_readable = true;
    for token in tokens(source) {
        let (file, offset) = (query.sql.file(), query.sql.span.start);
        let span = Span { file, start: offset + token.start, end: offset + token.end };
        let text = token.text(source);
        if token.kind == TokenKind::Param {
            let message = format!("unsupported parameter `{}`", shorten(text));
            let help = "name the parameter: `:name`";
            report(Diagnostic::error("syntax", span, message).help(help));
            is_readable = false;
        } else if matches!(token.kind, TokenKind::Word | TokenKind::Number | TokenKind::Bind)
            && let Some((at, character)) = text.char_indices().find(|(_, character)| is_invisible(*character))
        {
            let start = span.start + at;
            let span = Span { start, end: start + character.len_utf8(), ..span };
            let message = format!(
                "invisible character U+{:04X}, which PostgreSQL reads as a letter",
                u32::from(character)
            );
            let help = "replace it with a space or remove it; quote a name that contains it";
            report(Diagnostic::error("syntax", span, message).help(help));
        }
    }
    is_readable
}

/// Spaces that PostgreSQL does not recognise, and characters without width, as in text copied from elsewhere.
fn is_invisible(character: char) -> bool {
    !character.is_ascii()
        && (character.is_whitespace()
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
}

/// Names that would be the same in Rust.
fn check_names(diagnostics: &mut Diagnostics, queries: &[QueryDecl]) {
    let mut names: HashMap<String, &QueryDecl> = HashMap::new();
    for query in queries {
        let Some(first) = names.get(&query.name.value.to_snake_case()) else {
            names.insert(query.name.value.to_snake_case(), query);
            continue;
        };
        let mut error = declared_twice("query", &query.name, first.name.span);
        if first.name.value != query.name.value {
            let function = query.name.value.to_snake_case();
            error.message = format!(
                "the queries `{}` and `{}` are both `{function}` in Rust",
                first.name.value, query.name.value
            );
        }
        diagnostics.report(error.query(query.path()));
    }
}
