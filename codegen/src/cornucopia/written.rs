//! Checks that cornucopia's output has the SQL that it was given, token by token.

use std::collections::BTreeMap;

use super::{RULE, sql};
use crate::diagnostics::Diagnostic;
use crate::emit::Files;
use crate::infer::Catalog;
use crate::prove::Proven;
use crate::{Error, Result};

/// Finds the statements that differ from those that cornucopia was given.
///
/// # Errors
/// The generated code is not what this was written for.
pub(super) fn compare(catalog: &Catalog<Proven>, given: &[String], files: &Files) -> Result<Vec<Diagnostic>> {
    let mut modules: BTreeMap<&[String], BTreeMap<String, String>> = BTreeMap::new();
    let mut changed = Vec::new();
    for (query, given) in catalog.queries.iter().zip(given) {
        let decl = query.decl();
        let module = match modules.get(&decl.module[..]) {
            Some(module) => module,
            None => {
                let path = format!("src/queries/{}.rs", decl.module.join("/"));
                let written = written(files.get(&path).map_or("", String::as_str));
                let written = written.map_err(|error| unreadable(&path).because(error))?;
                modules.entry(&decl.module).or_insert(written)
            }
        };
        let written = module.get(&decl.name.value).ok_or_else(|| unreadable(&decl.path()))?;
        if !sql::same(written, given) {
            let message = "cornucopia would send another statement than the one that was analysed";
            changed.push(
                Diagnostic::error(RULE, decl.sql.span, message)
                    .help(format!("it would send: {written}"))
                    .query(decl.path()),
            );
        }
    }
    Ok(changed)
}

fn unreadable(what: &str) -> Error {
    Error::new(format!("cannot find the statement of {what} in what cornucopia wrote"))
        .help("this sqlward was written for cornucopia 1.0; generate with the native backend")
}

/// The statements in a generated module, by the name of the query: `pub fn name() -> NameStmt { NameStmt("...", None) }`.
fn written(code: &str) -> syn::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for item in syn::parse_file(code)?.items {
        if let syn::Item::Fn(function) = item
            && let [syn::Stmt::Expr(syn::Expr::Call(call), None)] = &function.block.stmts[..]
            && let Some(syn::Expr::Lit(literal)) = call.args.first()
            && let syn::Lit::Str(sql) = &literal.lit
        {
            let name = function.sig.ident.to_string();
            found.insert(name.strip_prefix("r#").unwrap_or(&name).to_owned(), sql.value());
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn statements_are_found_by_the_name_of_their_query() {
        let code = r#"
            pub struct MatchStmt(&'static str, Option<Statement>);
            /// Words.
            pub fn r#match() -> MatchStmt { MatchStmt("select \"a\", E'\\n'", None) }
            impl MatchStmt { pub fn bind(&self) -> Q { Q("no") } }
            pub fn helper() { run() }
        "#;
        let found = written(code).unwrap();
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("match".to_owned(), r#"select "a", E'\n'"#.to_owned())]
        );
    }
}
