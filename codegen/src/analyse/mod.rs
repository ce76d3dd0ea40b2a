//! Declarations + database -> PostgreSQL's own analysis of each query.
//!
//! The server parses, resolves and types every statement; nothing is created or executed. Its errors become diagnostics at
//! the position in the user's file.

mod complaint;
mod copy;
mod covered;
mod known;
mod remedy;

use std::collections::{BTreeMap, BTreeSet};

use crate::Result;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::{Paging, QueryDecl, SqlParam, Variant};
use crate::postgres::{Analysis, ColumnDescription, Outcome, ServerError, Session, Sessions, Statement};
use crate::schema::Schema;
use crate::source::Spanned;
use crate::tree::pg_type::{INT8, TEXT};
use crate::tree::{self, Command, Expr, Oid, Query};
use crate::variants;

pub use complaint::Complaint;
pub use copy::fill_owners;
pub use covered::Covered;
pub(crate) use known::values as enum_values;

/// A query as PostgreSQL understands it.
#[derive(Debug, Clone)]
pub struct Analysed {
    /// The declaration. Boxed, like the tree, since queries are moved from stage to stage.
    pub decl: Box<QueryDecl>,
    /// The SQL that was analysed and that ships: the author's, with a page's limit and offset.
    pub sql: String,
    /// The type of each `$n`.
    pub params: Vec<Oid>,
    /// The result columns.
    pub columns: Vec<ColumnDescription>,
    /// The analysed tree.
    pub tree: Box<Query>,
    /// The texts of a query that stands for several, each as a query of its own. The other fields except `decl` are then those
    /// of the last text, which has every line.
    pub variants: Vec<(Variant, Analysed)>,
    /// Further texts, for which everything holds that holds for `variants`.
    pub covered: Vec<Covered>,
}

/// The parameter types that are known before the server is asked, by name: those of claimed scopes.
pub type KnownTypes = BTreeMap<String, Oid>;

/// Has the server analyse all queries, pipelined.
///
/// `known` returns the types of a query's scope parameters. Queries that the server refuses are reported and left out.
///
/// # Errors
/// The connection broke, or the server's trees cannot be read.
pub fn analyse(
    diagnostics: &mut Diagnostics,
    sessions: &mut Sessions,
    schema: &Schema,
    known: impl Fn(&QueryDecl) -> KnownTypes,
    decls: Vec<QueryDecl>,
) -> Result<Vec<Analysed>> {
    let mut named = named_types(diagnostics, sessions.one(), &decls)?;
    named.values_mut().for_each(|oid| *oid = schema.base_type(*oid).map_or(*oid, |base| base.oid));
    let queries: Vec<_> = decls.into_iter().map(Asked::new).collect();
    let requests: Vec<_> = queries
        .iter()
        .flat_map(|asked| asked.texts().map(move |decl| (decl, matches!(asked, Asked::Whole(_)))))
        .map(|(decl, is_whole)| {
            (decl, shipped_sql(decl), parameter_types(schema, decl, &known(decl), &named), is_whole)
        })
        .collect();
    let statements: Vec<_> =
        requests.iter().map(|(_, sql, params, _)| Statement { sql, param_types: params }).collect();
    let each = |index: usize, answer| {
        let (decl, sql, _, is_whole) = &requests[index];
        // The trees of one query's texts are compared before they are read.
        if *is_whole { Answer::Read(read(schema, decl, sql, answer)) } else { Answer::Told(answer) }
    };
    let answers = sessions.analyse(&statements, each)?;
    for ((decl, ..), answer) in requests.iter().zip(&answers) {
        if let Some(params) = answer.params() {
            check_declared_types(diagnostics, schema, decl, &named, params);
        }
    }
    let sql: Vec<String> = requests.into_iter().map(|(_, sql, ..)| sql).collect();
    let (mut found, mut answers) = (Vec::with_capacity(queries.len()), sql.into_iter().zip(answers));
    for asked in queries {
        match asked {
            Asked::Whole(decl) => {
                let of_whole = |(sql, answer)| of_whole(diagnostics, schema, decl, sql, answer);
                found.extend(answers.next().and_then(of_whole));
            }
            Asked::Texts(decl, texts) => {
                let answered = texts.into_iter().zip(&mut answers).collect();
                found.extend(of_texts(diagnostics, schema, decl, answered));
            }
        }
    }
    Ok(found)
}

/// A query with the statements that the server analyses for it.
enum Asked {
    /// A query with one statement.
    Whole(Box<QueryDecl>),
    /// A query with several texts, each as a query of its own.
    Texts(Box<QueryDecl>, Vec<(Variant, Box<QueryDecl>)>),
}

impl Asked {
    fn new(decl: QueryDecl) -> Asked {
        let decl = Box::new(decl);
        if !decl.has_variants() {
            return Asked::Whole(decl);
        }
        let texts = texts(&decl).into_iter().map(|(variant, text)| (variant, Box::new(text))).collect();
        Asked::Texts(decl, texts)
    }

    fn texts(&self) -> impl Iterator<Item = &QueryDecl> {
        let (whole, texts) = match self {
            Asked::Whole(decl) => (Some(decl), [].as_slice()),
            Asked::Texts(_, texts) => (None, texts.as_slice()),
        };
        whole.into_iter().map(AsRef::as_ref).chain(texts.iter().map(|(_, decl)| &**decl))
    }
}

/// The statements that the server will be asked about, as far as they are known without the schema.
pub fn expected(decls: &[QueryDecl]) -> impl Iterator<Item = String> {
    let decls = decls.iter().filter(|decl| decl.copy.is_none());
    decls.flat_map(|decl| match decl.has_variants() {
        true => texts(decl).iter().map(|(_, text)| shipped_sql(text)).collect(),
        false => vec![shipped_sql(decl)],
    })
}

/// The server's answer about a text.
enum Answer {
    /// For a query with one statement: read while the server works on the next ones.
    Read(std::result::Result<Read, Box<Diagnostic>>),
    /// For one of several texts: not read yet.
    Told(Outcome),
}

impl Answer {
    fn read(
        self,
        schema: &Schema,
        decl: &QueryDecl,
        sql: &str,
    ) -> std::result::Result<Read, Box<Diagnostic>> {
        match self {
            Answer::Read(read) => read,
            Answer::Told(answer) => read(schema, decl, sql, answer),
        }
    }

    /// The types of the parameters, if the server accepted the text.
    fn params(&self) -> Option<&[Oid]> {
        match self {
            Answer::Read(read) => read.as_ref().ok().map(|read| &*read.params),
            Answer::Told(answer) => answer.as_ref().ok().map(|analysis| &*analysis.params),
        }
    }
}

/// A text of a query with the server's answer.
type Answered = ((Variant, Box<QueryDecl>), (String, Answer));

/// The result for a query with one statement.
fn of_whole(
    diagnostics: &mut Diagnostics,
    schema: &Schema,
    decl: Box<QueryDecl>,
    sql: String,
    answer: Answer,
) -> Option<Analysed> {
    match answer.read(schema, &decl, &sql) {
        Ok(read) => Some(read.of(decl, sql)),
        Err(error) => {
            diagnostics.report(*error);
            None
        }
    }
}

/// The result for a query with several texts.
fn of_texts(
    diagnostics: &mut Diagnostics,
    schema: &Schema,
    decl: Box<QueryDecl>,
    answered: Vec<Answered>,
) -> Option<Analysed> {
    let mut trees = Vec::new();
    for ((variant, _), (_, answer)) in &answered {
        if let Answer::Told(Ok(analysis)) = answer {
            trees.push((*variant, &*analysis.tree));
        }
    }
    let are_all = trees.len() == answered.len();
    let is_covered = if are_all { covered::covered(&trees) } else { BTreeSet::new() };
    let (mut variants, mut covered, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (index, ((variant, text), (sql, answer))) in answered.into_iter().enumerate() {
        let outcome = match answer {
            Answer::Told(Ok(analysis)) if is_covered.contains(&index) => {
                covered.push(Covered::new(variant, text, sql, analysis));
                continue;
            }
            answer => answer.read(schema, &text, &sql),
        };
        let error = outcome.map(|read| variants.push((variant, read.of(text, sql)))).err();
        refused.push((variant, error.map(|error| *error).into_iter().collect::<Vec<_>>()));
    }
    let is_refused = refused.iter().any(|(_, errors)| !errors.is_empty());
    variants::merge(&decl, refused).into_iter().for_each(|error| diagnostics.report(error));
    let (variant, last) = variants.pop().filter(|_| !is_refused)?;
    let whole = Analysed { decl, ..last.clone() };
    variants.push((variant, last));
    Some(Analysed { variants, covered, ..whole })
}

/// The texts of a query, each as a query of its own.
fn texts(decl: &QueryDecl) -> Vec<(Variant, QueryDecl)> {
    let mut found = Vec::new();
    if let Some(total) = decl.total() {
        let variants = total.variants().into_iter();
        found.extend(variants.map(|variant| (Variant { total: true, ..variant }, total.variant(variant))));
    }
    found.extend(decl.variants().into_iter().map(|variant| (variant, decl.variant(variant))));
    found
}

/// The server's analysis of one text.
struct Read {
    params: Vec<Oid>,
    columns: Vec<ColumnDescription>,
    tree: Box<Query>,
}

impl Read {
    /// The analysis with the declaration and the text.
    fn of(self, decl: Box<QueryDecl>, sql: String) -> Analysed {
        let Read { params, columns, tree } = self;
        Analysed { decl, sql, params, columns, tree, variants: Vec::new(), covered: Vec::new() }
    }
}

/// Reads the server's answer about one statement.
fn read(
    schema: &Schema,
    decl: &QueryDecl,
    sql: &str,
    answer: Outcome,
) -> std::result::Result<Read, Box<Diagnostic>> {
    let analysis =
        answer.map_err(|error| Box::new(Complaint { schema, decl, sql, error: &error }.diagnostic()))?;
    let read = read_tree(decl, analysis)?;
    match copy::difference(schema, decl, &read.tree) {
        Some(error) => Err(Box::new(error)),
        None => Ok(read),
    }
}

/// Reads the tree of one statement.
fn read_tree(decl: &QueryDecl, analysis: Analysis) -> std::result::Result<Read, Box<Diagnostic>> {
    let tree = tree::read_query(&analysis.tree).map_err(|error| {
        let message = format!("the server's analysis of this query cannot be read: {error}");
        Diagnostic::error("analysis", decl.sql.span, message)
            .help("shorten its longest name or alias; if that does not help, this is a bug in sqlward")
            .query(decl.path())
    })?;
    if tree.command == Command::Utility {
        let error = Diagnostic::error("statement", decl.sql.token_span(0), "this statement is not a query")
            .help("a query is a SELECT, INSERT, UPDATE, DELETE, MERGE or VALUES; definitions belong in the schema")
            .query(decl.path());
        return Err(Box::new(error));
    }
    let Analysis { params, columns, .. } = analysis;
    Ok(Read { params, columns, tree: Box::new(tree) })
}

/// The text that is sent: a page's limit and offset are parameters after the author's.
fn shipped_sql(decl: &QueryDecl) -> String {
    let limit = decl.sql.params.len() + 1;
    let added = match decl.page.as_ref().map(|page| page.value) {
        None => String::new(),
        Some(Paging::Offset | Paging::Total) => format!("\nlimit ${limit} offset ${}", limit + 1),
        Some(Paging::Keyset) => format!("\nlimit ${limit}"),
    };
    format!("{}{added}", decl.sql.text)
}

/// The parameter types to announce to the server, 0 to let it infer: only built-in types, whose OIDs are the same at run
/// time.
fn parameter_types(
    schema: &Schema,
    decl: &QueryDecl,
    known: &KnownTypes,
    named: &BTreeMap<String, Oid>,
) -> Vec<Oid> {
    let of = |name: &str| {
        let oid = known.get(name).copied().or_else(|| declared_type(decl, named, name))?;
        let base = schema.base_type(oid)?;
        base.is_built_in().then_some(base.oid)
    };
    // A parameter that only other variants have is announced as text, and sent as NULL.
    let in_text = |(number, param): (usize, &SqlParam)| match decl.sql.has_param(number) {
        true => of(&param.name).unwrap_or(0),
        false => TEXT,
    };
    let mut types: Vec<_> = decl.sql.params.iter().enumerate().map(in_text).collect();
    match decl.page.as_ref().map(|page| page.value) {
        None => {}
        Some(Paging::Offset | Paging::Total) => types.extend([INT8, INT8]),
        Some(Paging::Keyset) => {
            types.push(INT8);
            // Up to the last parameter in this text.
            let keys = decl.sql.parts.iter().flat_map(|part| part.params.last());
            let end = keys.max().map_or(0, |last| last + 1);
            types.extend((types.len()..end).map(|key| if decl.sql.has_param(key) { 0 } else { TEXT }));
        }
    }
    types
}

fn declared_type(decl: &QueryDecl, named: &BTreeMap<String, Oid>, name: &str) -> Option<Oid> {
    let (_, type_name) = decl.param_types.iter().find(|(param, _)| param.value == name)?;
    named.get(&type_name.value).copied()
}

/// Checks that a declared user-defined type, which was not announced, is the one that the server inferred.
fn check_declared_types(
    diagnostics: &mut Diagnostics,
    schema: &Schema,
    decl: &QueryDecl,
    named: &BTreeMap<String, Oid>,
    inferred: &[Oid],
) {
    for (param, type_name) in &decl.param_types {
        let index = decl.sql.params.iter().position(|known| known.name == param.value);
        let index = index.filter(|index| decl.sql.has_param(*index));
        let (Some(declared), Some(inferred)) =
            (declared_type(decl, named, &param.value), index.and_then(|index| inferred.get(index)))
        else {
            continue;
        };
        if schema.base_type(*inferred).map(|base| base.oid) != Some(declared) {
            let message = format!("`:{}` is used as {}", param.value, schema.type_name(*inferred));
            diagnostics.report(
                Diagnostic::error("parameter-type", type_name.span, message)
                    .help(format!("cast it: `:{}::{}`", param.value, type_name.value))
                    .query(decl.path()),
            );
        }
    }
}

/// Resolves the types in `--@ param` lines, by the type of a cast.
fn named_types(
    diagnostics: &mut Diagnostics,
    session: &mut Session,
    decls: &[QueryDecl],
) -> Result<BTreeMap<String, Oid>> {
    let mut places: BTreeMap<&str, Vec<(&QueryDecl, &Spanned<String>)>> = BTreeMap::new();
    for decl in decls {
        for (_, type_name) in &decl.param_types {
            places.entry(&type_name.value).or_default().push((decl, type_name));
        }
    }
    if places.is_empty() {
        return Ok(BTreeMap::new());
    }
    // The statement is only analysed, and the result must be nothing but a type.
    let casts: Vec<_> = places.keys().map(|name| format!("select cast(null as {name}\n)")).collect();
    let statements: Vec<_> = casts.iter().map(|sql| Statement { sql, param_types: &[] }).collect();
    let mut found = BTreeMap::new();
    for ((name, uses), answer) in places.into_iter().zip(session.analyse(&statements)?) {
        match answer.map(|analysis| tree::read_query(&analysis.tree).ok().and_then(|query| cast_type(&query)))
        {
            Ok(Some(oid)) => {
                found.insert(name.to_owned(), oid);
            }
            Ok(None) => report_type(diagnostics, &uses, format!("`{name}` is not a type"), None),
            Err(error) => report_type(diagnostics, &uses, error.message.clone(), Some(&error)),
        }
    }
    Ok(found)
}

fn cast_type(query: &Query) -> Option<Oid> {
    let [target] = query.targets.as_slice() else { return None };
    if !query.range_table.is_empty() || !query.ctes.is_empty() || query.from.quals.is_some() {
        return None;
    }
    let null_under_casts = |mut expr: &Expr| loop {
        match expr {
            Expr::Const(constant) => return constant.value.is_none(),
            Expr::Cast { arg, .. } => expr = arg,
            Expr::Function { call, .. } => match call.args.first() {
                Some(arg) => expr = arg,
                None => return false,
            },
            _ => return false,
        }
    };
    null_under_casts(&target.expr).then(|| target.expr.type_oid())?
}

fn report_type(
    diagnostics: &mut Diagnostics,
    uses: &[(&QueryDecl, &Spanned<String>)],
    message: String,
    error: Option<&ServerError>,
) {
    for (decl, type_name) in uses {
        let mut diagnostic =
            Diagnostic::error("unknown-type", type_name.span, message.clone()).query(decl.path());
        diagnostic.help = error
            .and_then(|error| error.hint.clone())
            .or_else(|| Some("write an SQL type: `--@ param since timestamptz`".to_owned()));
        diagnostics.report(diagnostic);
    }
}
