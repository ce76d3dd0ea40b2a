//! Parses `--@` lines: the directives of a query or a file.

use std::collections::HashMap;

use super::lex::{TokenKind, tokens};
use super::line::{ANNOTATION, Line, Parsed, check_name, problem, shorten};
use super::{Allow, Cardinality, CopyDecl, Paging, ScopeDecl, SqlName, TokenName};
use crate::diagnostics::{Diagnostic, nearest};
use crate::prove::RULES;
use crate::source::{Span, Spanned};

/// One `--@` line.
pub(super) enum Directive {
    Scope(ScopeDecl),
    Allow(Allow),
    Cardinality(Cardinality),
    Param(Spanned<String>, Spanned<String>),
    Tx,
    Page(Paging),
    Grants(TokenName),
    Fragment(Spanned<String>),
    Json(Spanned<String>),
    Copy(CopyDecl),
    /// With the parameters that all items share.
    Batch(Vec<Spanned<String>>),
}

const WORDS: [&str; 15] = [
    "scope", "allow", "one", "opt", "many", "stream", "param", "tx", "page", "keyset", "grants", "fragment",
    "json", "copy", "batch",
];

/// The directive that a `--@` line with a misspelt word probably means.
pub(super) fn nearest_directive(line: &Line) -> Option<&'static str> {
    let text = line.text().trim_start();
    let word = text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).next()?;
    nearest(word, WORDS)
}

/// Reads what follows `--@`; `span` is the whole line.
pub(super) fn directive(line: &mut Line, span: Span) -> Parsed<Directive> {
    let Some(word) = line.word(&['-']) else {
        return Err(line.problem("expected a directive after `--@`", all_words()));
    };
    let directive = match word.value {
        "scope" => return Ok(Directive::Scope(scope(line, span)?)),
        "allow" => return Ok(Directive::Allow(allow(line, span)?)),
        "param" => return param(line),
        "grants" => Directive::Grants(grants(line)?),
        "fragment" => Directive::Fragment(fragment(line)?),
        "json" => Directive::Json(json(line)?),
        "copy" => Directive::Copy(copy(line, span)?),
        "batch" => Directive::Batch(shared(line)?),
        "one" => Directive::Cardinality(Cardinality::One),
        "opt" => Directive::Cardinality(Cardinality::Opt),
        "many" => Directive::Cardinality(Cardinality::Many),
        "stream" => Directive::Cardinality(Cardinality::Stream),
        "tx" => Directive::Tx,
        "page" if line.text().trim() == "total" => {
            line.rest();
            Directive::Page(Paging::Total)
        }
        "page" => Directive::Page(Paging::Offset),
        "keyset" => Directive::Page(Paging::Keyset),
        unknown => {
            let message = format!("unknown directive `--@ {}`", shorten(unknown));
            let help = nearest(unknown, WORDS).map(|word| format!("did you mean `--@ {word}`?"));
            return Err(problem(word.span, message, help.unwrap_or_else(all_words)));
        }
    };
    let more = match word.value {
        "fragment" => super::fragments::HELP.to_owned(),
        "copy" => COPY_HELP.to_owned(),
        "batch" => BATCH_HELP.to_owned(),
        "page" => "write `--@ page`, or `--@ page total` to count all rows as well".to_owned(),
        word => format!("`--@ {word}` takes no arguments"),
    };
    line.end(&more)?;
    Ok(directive)
}

fn all_words() -> String {
    format!("the directives are {}", WORDS.join(", "))
}

/// `creator, organization` or `system: "reason"`.
fn scope(line: &mut Line, span: Span) -> Parsed<ScopeDecl> {
    const HELP: &str =
        "write `--@ scope creator`, `--@ scope creator, organization` or `--@ scope system: \"reason\"`";
    let (mut names, mut seen) = (Vec::new(), HashMap::new());
    loop {
        let Some(name) = line.word(&[]) else {
            return Err(line.problem("expected a scope name", HELP));
        };
        check_name("a scope name", &name)?;
        if let Some(first) = seen.insert(name.value, name.span) {
            let message = format!("the scope `{}` is claimed twice", shorten(name.value));
            let twice = problem(name.span, message, "remove one of the two");
            return Err(Box::new(twice.note(first, "first claimed here")));
        }
        names.push(token_name(line, name)?);
        if !line.eat(",") {
            break;
        }
    }
    match names.iter().find(|name: &&TokenName| name.scope.value == "system") {
        Some(TokenName { role: Some(role), .. }) => {
            Err(problem(role.span, "system scope has no roles", "remove the role"))
        }
        Some(_) if names.len() == 1 => {
            Ok(ScopeDecl::System { span, reason: line.reason("--@ scope system")? })
        }
        Some(system) => {
            let help = "system scope has no tenant: claim it alone, or remove it";
            Err(problem(system.span(), "`system` cannot be combined with another scope", help))
        }
        None => {
            line.end("only `--@ scope system` takes a reason; separate scopes with commas")?;
            Ok(ScopeDecl::Claimed(names))
        }
    }
}

/// `<rule> [table]: "reason"`.
fn allow(line: &mut Line, span: Span) -> Parsed<Allow> {
    let rules = || format!("the rules are {}", RULES.join(", "));
    let Some(rule) = line.word(&['-']) else {
        return Err(line.problem("expected the rule to waive", rules()));
    };
    if !RULES.contains(&rule.value) {
        let message = format!("unknown rule `{}`", shorten(rule.value));
        let help = nearest(rule.value, RULES.iter().copied()).map(|rule| format!("did you mean `{rule}`?"));
        return Err(problem(rule.span, message, help.unwrap_or_else(rules)));
    }
    let mut table: Option<Spanned<String>> = None;
    while let Some(part) = line.name()? {
        match &mut table {
            None => table = Some(part),
            Some(table) => {
                table.value = format!("{}.{}", table.value, part.value);
                table.span = table.span.to(part.span);
            }
        }
        if !line.eat_directly(".") {
            break;
        }
    }
    let example = match &table {
        Some(table) => format!("--@ allow {} {}", rule.value, table.value),
        None => format!("--@ allow {}", rule.value),
    };
    let reason = line.reason(&example)?;
    Ok(Allow { rule: Spanned { value: rule.value.to_owned(), span: rule.span }, table, reason, span })
}

/// `name type`.
fn param(line: &mut Line) -> Parsed<Directive> {
    const HELP: &str =
        "write `--@ param status text`: the parameter's name without its colon, and its SQL type";
    let Some(name) = line.word(&[]) else {
        return Err(line.problem("expected a parameter name", HELP));
    };
    check_name("a parameter name", &name)?;
    let sql_type = line.rest();
    if sql_type.value.is_empty() {
        return Err(problem(name.span, format!("expected the type of `{}`", name.value), HELP));
    }
    // The type becomes part of a statement for the server, so nothing but a type is allowed here.
    let is_type = sql_type.value.split_whitespace().count() > 0
        && !sql_type.value.contains("--")
        && !sql_type.value.contains("/*")
        && tokens(sql_type.value).all(|token| match token.kind {
            TokenKind::Word | TokenKind::Number | TokenKind::QuotedName => token.closed,
            TokenKind::Punctuation => matches!(token.text(sql_type.value), "(" | ")" | "[" | "]" | "," | "."),
            _ => false,
        });
    if !is_type {
        let message = format!("`{}` is not the name of an SQL type", shorten(sql_type.value));
        return Err(problem(sql_type.span, message, HELP));
    }
    let owned = |word: Spanned<&str>| Spanned { value: word.value.to_owned(), span: word.span };
    Ok(Directive::Param(owned(name), owned(sql_type)))
}

fn fragment(line: &mut Line) -> Parsed<Spanned<String>> {
    let Some(name) = line.word(&[]) else {
        return Err(line.problem("expected a fragment name", super::fragments::HELP));
    };
    check_name("a fragment name", &name)?;
    Ok(Spanned { value: name.value.to_owned(), span: name.span })
}

/// What can follow the name of a scope: `as manager`.
fn token_name(line: &mut Line, scope: Spanned<&str>) -> Parsed<TokenName> {
    const HELP: &str = "write `organization as manager`: a role that sqlward.toml defines for the scope";
    let owned = |name: Spanned<&str>| Spanned { value: name.value.to_owned(), span: name.span };
    let role = match line.eat_word("as") {
        false => None,
        true => match line.word(&[]) {
            None => return Err(line.problem("expected a role name", HELP)),
            Some(role) => {
                check_name("a role name", &role)?;
                Some(owned(role))
            }
        },
    };
    Ok(TokenName { scope: owned(scope), role })
}

fn grants(line: &mut Line) -> Parsed<TokenName> {
    const HELP: &str = "write `--@ grants organization`: the scope whose token the returned row grants";
    let Some(name) = line.word(&[]) else {
        return Err(line.problem("expected a scope name", HELP));
    };
    check_name("a scope name", &name)?;
    if name.value == "system" {
        return Err(problem(name.span, "no query can grant system scope", HELP));
    }
    token_name(line, name)
}

/// The name of a column.
fn json(line: &mut Line) -> Parsed<Spanned<String>> {
    const HELP: &str = "write `--@ json members`: the column to leave as `serde_json::Value`";
    line.name()?.ok_or_else(|| line.problem("expected a column name", HELP))
}

const BATCH_HELP: &str = "write `--@ batch`, or `--@ batch with now` if all items share one `:now`";

/// `with name, name`, or nothing.
fn shared(line: &mut Line) -> Parsed<Vec<Spanned<String>>> {
    let mut names = Vec::new();
    if !line.eat_word("with") {
        return Ok(names);
    }
    loop {
        let Some(name) = line.word(&[]) else {
            return Err(line.problem("expected a parameter name", BATCH_HELP));
        };
        check_name("a parameter name", &name)?;
        names.push(Spanned { value: name.value.to_owned(), span: name.span });
        if !line.eat(",") {
            return Ok(names);
        }
    }
}

const COPY_HELP: &str =
    "write `--@ copy notes(title, body)`: the table, and the columns that each item fills";

/// `table(column, column)`.
fn copy(line: &mut Line, span: Span) -> Parsed<CopyDecl> {
    let missing = |line: &mut Line, what: &str| line.problem(format!("expected a {what} name"), COPY_HELP);
    let Some(mut table) = line.sql_name()? else { return Err(missing(line, "table")) };
    if line.eat_directly(".") {
        let Some(SqlName { name, span, .. }) = line.sql_name()? else { return Err(missing(line, "table")) };
        let (name, span) = (format!("{}.{name}", table.name), table.span.to(span));
        table = SqlName { written: line.written(span), name, span };
    }
    if !line.eat("(") {
        return Err(line.problem("expected a list of columns in parentheses", COPY_HELP));
    }
    let mut columns = Vec::new();
    loop {
        let Some(column) = line.sql_name()? else { return Err(missing(line, "column")) };
        columns.push(column);
        if line.eat(")") {
            // The directive replaces the statement, which may end in a semicolon.
            line.eat(";");
            return Ok(CopyDecl { span, table, columns });
        }
        if !line.eat(",") {
            return Err(line.problem("expected `,` or `)`", COPY_HELP));
        }
    }
}

/// The content of all `--@` lines of one query.
#[derive(Default)]
pub(super) struct Directives {
    pub scope: Option<ScopeDecl>,
    pub allows: Vec<Allow>,
    pub cardinality: Option<Spanned<Cardinality>>,
    pub params: Vec<(Spanned<String>, Spanned<String>)>,
    pub tx: Option<Span>,
    pub page: Option<Spanned<Paging>>,
    pub grants: Option<TokenName>,
    pub as_json: Vec<Spanned<String>>,
    pub copy: Option<CopyDecl>,
    pub batch: Option<Span>,
    pub shared: Vec<Spanned<String>>,
    /// Whether a line that may matter to the proof could not be read.
    pub has_errors: bool,
    /// The directives that were given and must not be repeated.
    seen: HashMap<String, Span>,
}

impl Directives {
    /// Adds one directive. `span` is its whole line.
    pub fn add(&mut self, directive: Directive, span: Span) -> Parsed<()> {
        match directive {
            Directive::Scope(scope) => {
                self.once("--@ scope".to_owned(), span)?;
                self.scope = Some(scope);
                Ok(())
            }
            Directive::Allow(allow) => {
                let table = allow.table.as_ref().map_or("", |table| table.value.as_str());
                self.once(format!("--@ allow {} {table}", allow.rule.value), span)?;
                self.allows.push(allow);
                Ok(())
            }
            Directive::Param(name, sql_type) => {
                self.once(format!("--@ param {}", name.value), span)?;
                self.params.push((name, sql_type));
                Ok(())
            }
            Directive::Cardinality(value) => {
                self.once("the cardinality".to_owned(), span)?;
                self.cardinality = Some(Spanned { value, span });
                Ok(())
            }
            Directive::Tx => {
                self.once("--@ tx".to_owned(), span)?;
                self.tx = Some(span);
                Ok(())
            }
            Directive::Page(value) => {
                self.once("paging".to_owned(), span)?;
                self.page = Some(Spanned { value, span });
                Ok(())
            }
            Directive::Grants(name) => {
                self.once("--@ grants".to_owned(), span)?;
                self.grants = Some(name);
                Ok(())
            }
            Directive::Fragment(name) => {
                let help = "write it above the `--!` line of the first query that uses it";
                Err(problem(name.span, "a fragment cannot be declared inside a query", help))
            }
            Directive::Json(column) => {
                self.once(format!("--@ json {}", column.value), span)?;
                self.as_json.push(column);
                Ok(())
            }
            Directive::Copy(copy) => {
                self.once("--@ copy".to_owned(), span)?;
                self.copy = Some(copy);
                Ok(())
            }
            Directive::Batch(shared) => {
                self.once("--@ batch".to_owned(), span)?;
                self.batch = Some(span);
                self.shared = shared;
                Ok(())
            }
        }
    }

    fn once(&mut self, what: String, span: Span) -> Parsed<()> {
        match self.seen.get(&what) {
            Some(first) => {
                let message = format!("{} is given twice", quoted(what.trim_end()));
                Err(Box::new(
                    problem(span, message, "remove one of the two").note(*first, "first given here"),
                ))
            }
            None => {
                self.seen.insert(what, span);
                Ok(())
            }
        }
    }

    /// Reports what cannot be combined with `--@ copy` and `--@ batch`.
    fn check_many(&self, report: &mut impl FnMut(Diagnostic)) {
        let many =
            [self.copy.as_ref().map(|copy| ("copy", copy.span)), self.batch.map(|batch| ("batch", batch))];
        let is_stream = |said: &&Spanned<Cardinality>| said.value == Cardinality::Stream;
        for (word, first) in many.into_iter().flatten() {
            let is_copy = word == "copy";
            let no_rows = self.cardinality.as_ref().filter(|said| is_copy || is_stream(said));
            let others = [
                no_rows.map(|said| (said.value.word(), said.span)),
                self.page.as_ref().map(|page| ("page", page.span)),
                self.grants.as_ref().map(|grants| ("grants", grants.span())),
                self.batch.filter(|_| is_copy).map(|batch| ("batch", batch)),
                self.params.first().filter(|_| is_copy).map(|(name, _)| ("param", name.span)),
                self.as_json.first().filter(|_| is_copy).map(|column| ("json", column.span)),
            ];
            for (other, span) in others.into_iter().flatten() {
                let message = format!("`--@ {word}` cannot be combined with `--@ {other}`");
                let help = match (word, other) {
                    (_, "param") => "the table's columns give the types of the items: remove this line",
                    ("copy", _) => "a copy returns the number of rows: remove this line",
                    _ => "a batch returns one list with the result for each item: write a separate query",
                };
                let error = Diagnostic::error(ANNOTATION, span, message).help(help);
                report(error.note(first, "conflicts with this"));
            }
        }
    }

    /// Reports directives that contradict each other.
    pub fn check(&self, report: &mut impl FnMut(Diagnostic)) {
        self.check_many(report);
        let contradiction = |span, first, message: &str, help: &str| {
            Diagnostic::error(ANNOTATION, span, message).help(help).note(first, "conflicts with this")
        };
        if let (Some(page), Some(cardinality)) = (&self.page, &self.cardinality)
            && cardinality.value != Cardinality::Many
        {
            let message = format!("a page cannot be combined with `--@ {}`", cardinality.value.word());
            let help = "a page is always a list of rows: remove one of the two directives";
            report(contradiction(cardinality.span, page.span, &message, help));
        }
        if let (Some(grants), Some(page)) = (&self.grants, &self.page) {
            let help =
                "a granting query returns the row that grants the token; write a separate query for pages";
            report(contradiction(
                page.span,
                grants.span(),
                "a query that grants a scope cannot be paged",
                help,
            ));
        }
        if let (Some(grants), Some(cardinality)) = (&self.grants, &self.cardinality)
            && cardinality.value == Cardinality::Stream
        {
            let help =
                "a granting query returns the row that grants the token: use `--@ opt`, or remove this line";
            report(contradiction(
                cardinality.span,
                grants.span(),
                "a query that grants a scope cannot stream",
                help,
            ));
        }
    }
}

/// A directive in backticks; anything else as it is.
fn quoted(what: &str) -> String {
    match what.starts_with("--@") {
        true => format!("`{what}`"),
        false => what.to_owned(),
    }
}
