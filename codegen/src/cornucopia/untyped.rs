//! Statements that need no parameter types from the client.
//!
//! The compiler announces the types of scopes and of `--@ param`, which PostgreSQL could not infer. Cornucopia cannot do that.
//! Where it matters, a cast in the SQL says the same, and the server's analysis must not change by it.

use std::collections::BTreeSet;

use super::{RULE, sql};
use crate::Result;
use crate::diagnostics::Diagnostic;
use crate::infer::{Catalog, Param, ParamFrom};
use crate::postgres::{Outcome, Server, Statement};
use crate::prove::Proven;
use crate::tree::{self, Query};

/// The statement of each query as cornucopia gets it, in order.
///
/// # Errors
/// The connection to the server broke.
pub(super) fn statements(
    found: &mut Vec<Diagnostic>,
    catalog: &Catalog<Proven>,
    server: &Server,
) -> Result<Vec<String>> {
    let mut connection = server.connect()?;
    let domains: BTreeSet<u32> = connection.json(DOMAINS)?;
    let mut statements: Vec<String> =
        catalog.queries.iter().map(|query| query.signature().sql.clone()).collect();
    let mut outcomes = connection.analyse(&requests(&statements))?;
    let is_same = |query: &Proven, outcome: &Outcome| problem(query, outcome).is_none();
    let different: Vec<usize> =
        (0..statements.len()).filter(|index| !is_same(&catalog.queries[*index], &outcomes[*index])).collect();
    let casts: Vec<String> = different.iter().map(|index| with_casts(&catalog.queries[*index])).collect();
    let retried = connection.analyse(&requests(&casts))?;
    for ((index, cast), outcome) in different.into_iter().zip(casts).zip(retried) {
        statements[index] = cast;
        outcomes[index] = outcome;
    }
    for (query, outcome) in catalog.queries.iter().zip(&outcomes) {
        let decl = query.decl();
        let report = |span, message: String, help: String| {
            Diagnostic::error(RULE, span, message).help(help).query(decl.path())
        };
        if let Some(what) = problem(query, outcome) {
            let message = format!("without the types that sqlward gives to parameters, PostgreSQL {what}");
            let help = "write the types of parameters into the SQL, as casts: `:since::timestamptz`";
            found.push(report(decl.sql.span, message, help.to_owned()));
        }
        // Cornucopia wraps values of domains, but not in queries that return rows.
        let params = outcome.iter().flat_map(|analysis| &analysis.params).zip(&decl.sql.params);
        let of_domain = params.into_iter().find(|(oid, _)| domains.contains(oid));
        if let Some((_, param)) = of_domain.filter(|_| !query.signature().columns.is_empty()) {
            let name = &param.name;
            let message = format!(
                "cornucopia cannot send `:{name}`, which is of a domain, in a query that returns rows"
            );
            let help = format!("cast it to the type that the domain is made of: `:{name}::text`");
            found.push(report(param.uses[0], message, help));
        }
    }
    Ok(statements)
}

/// The domains, and arrays of domains.
const DOMAINS: &str = "select coalesce(json_agg(t.oid::int8), '[]') from pg_type t \
    left join pg_type e on e.typarray = t.oid where t.typtype = 'd' or e.typtype = 'd'";

fn requests(statements: &[String]) -> Vec<Statement<'_>> {
    statements.iter().map(|sql| Statement { sql, param_types: &[] }).collect()
}

/// How the server's analysis differs from the proven one.
fn problem(query: &Proven, outcome: &Outcome) -> Option<String> {
    let analysis = match outcome {
        Err(error) => return Some(format!("refuses this: {}", error.message)),
        Ok(analysis) => analysis,
    };
    let columns = query.signature().columns.iter().map(|column| &column.name);
    let tree = tree::read_query(&analysis.tree).ok();
    let is_same = tree.is_some_and(|tree| meaning(&tree) == meaning(query.tree()))
        && columns.eq(analysis.columns.iter().map(|column| &column.name));
    (!is_same).then(|| "understands this differently".to_owned())
}

/// A tree as text, without locations and names: a cast names a column that has no name. References between nodes are
/// numbers, and literals are bytes; both are kept.
fn meaning(query: &Query) -> String {
    let text = format!("{query:?}");
    let mut meaning = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        meaning.push(character);
        if character == '"' {
            while let Some(inside) = characters.next().filter(|inside| *inside != '"') {
                if inside == '\\' {
                    characters.next();
                }
            }
        } else if character == ' ' && meaning.ends_with("location: ") {
            let mut value = characters.by_ref().skip_while(|c| *c != ',' && *c != '}');
            value.next();
        }
    }
    meaning
}

/// The statement with a cast for each parameter whose type was announced.
fn with_casts(query: &Proven) -> String {
    let (decl, signature) = (query.decl(), query.signature());
    let is_given = |param: &&Param| {
        matches!(param.from, ParamFrom::Scope(_))
            || decl.param_types.iter().any(|(name, _)| name.value == param.name)
    };
    sql::replace_params(&signature.sql, |number| {
        let param = signature.params.get(number - 1).filter(is_given)?;
        Some(format!("(${number}::{})", type_name(&param.pg_type)))
    })
}

/// The SQL spelling of a type. Two built-in types have other names without quotes.
fn type_name(pg_type: &str) -> String {
    match pg_type.split_once('.') {
        None if matches!(pg_type, "char" | "bit") => format!("\"{pg_type}\""),
        None => pg_type.to_owned(),
        Some((schema, name)) => {
            let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
            format!("{}.{}", quote(schema), quote(name))
        }
    }
}
