//! Extensions that `[functions] extensions` trusts. Their control files are in PostgreSQL's contrib.

use crate::project::{CONFIG, Project, Run};

/// The findings for a query with these extensions, and with this line of `[functions]`.
fn judged(extensions: &[&str], functions: &str, query: &str) -> Option<Run> {
    let project = Project::new(format!("--! get\n{query};\n"));
    let create: String = extensions.iter().map(|name| format!("create extension \"{name}\";\n")).collect();
    let table = "create table content (id int primary key, title text not null, code text);\n";
    let own = "create function similarity(int) returns int language plpgsql as 'begin return 1; end';\n";
    project.put("schema.sql", format!("{create}{table}{own}"));
    project.put("sqlward.toml", format!("{CONFIG}[functions]\n{functions}\n"));
    let run = project.run(&["prove"]);
    if run.stderr.contains("is not available") {
        println!("{extensions:?} is not installed: nothing to test");
        return None;
    }
    Some(run)
}

const SIMILAR: &str = "select id from content where title % :word order by similarity(title, :word)";

#[test]
fn functions_in_c_of_an_extension_that_is_named_are_trusted() {
    for (extensions, functions, query) in [
        (&["pg_trgm"][..], "extensions = { pg_trgm = 'compares texts' }", SIMILAR),
        (
            &["citext"],
            "extensions = { citext = 'compares' }",
            "select max(title::citext) as m from content where code::citext = :code",
        ),
        (
            &["citext"],
            "extensions.citext = 'compares'",
            "select distinct title::citext as t from content order by 1",
        ),
        (
            &["uuid-ossp"],
            "extensions = { uuid-ossp = 'random' }",
            "select uuid_generate_v4() as id from content",
        ),
        (&["tablefunc"], "trusted = { normal_rand = 'random' }", "select * from normal_rand(1, 2, 3) x"),
    ] {
        let Some(run) = judged(extensions, functions, query) else { continue };
        run.ok();
    }
}

#[test]
fn what_is_not_named_is_told_with_what_to_write() {
    let Some(run) = judged(&["pg_trgm"], "", SIMILAR) else { return };
    run.refused(&[
        "error[opaque]",
        "the function of operator %: `similarity_op` is written in C",
        "`[functions] extensions = { pg_trgm = \"reason\" }`, or why this function is, `[functions] trusted = { similarity_op = \"reason\" }`",
        // Two functions have that name.
        "`[functions] trusted = { \"similarity(text, text)\" = \"reason\" }`",
    ]);
    let run = judged(&["pg_trgm"], "extensions = { pg_trgn = 'compares texts' }", SIMILAR).unwrap();
    run.refused(&["sqlward.toml:5:16", "no extension `pg_trgn` with functions", "did you mean `pg_trgm`?"]);
    let run = judged(&["citext"], "", "select max(title::citext) as m from content").unwrap();
    run.refused(&["`max` is written in C", "extensions = { citext = \"reason\" }"]);
    // The namesake of a trusted function is not in the extension.
    let run =
        judged(&["pg_trgm"], "extensions.pg_trgm = 'compares'", "select similarity(id) as s from content")
            .unwrap();
    run.refused(&["`similarity` is written in plpgsql", "trusted = { \"similarity(int4)\" = \"reason\" }"]);
}

#[test]
fn functions_in_sql_of_an_extension_are_read_and_not_trusted() {
    let query = "select regexp_match(title::citext, 'a'::citext) as m from content";
    let Some(run) = judged(&["citext"], "extensions.citext = 'compares'", query) else { return };
    run.refused(&["error[opaque]", "the body of `regexp_match` is a string"]);
}

#[test]
fn extensions_that_run_queries_or_read_files_are_not_trusted_as_a_whole() {
    // `crosstab` runs the text that it is given.
    let query = "select * from crosstab('select 1, title, title from content') as x (id int, title text)";
    let Some(run) = judged(&["tablefunc"], "", query) else { return };
    run.refused(&[
        "error[opaque]",
        "`crosstab` of the extension tablefunc is written in c",
        "trusted = { \"crosstab(text)\" = \"reason\" }",
    ]);
    let run = judged(&["tablefunc"], "extensions = { tablefunc = 'pivots' }", query).unwrap();
    run.refused(&[
        "sqlward.toml:5:16",
        "functions of `tablefunc` do more than compute from their arguments",
        "list those that you need in `trusted`, each with the reason why it is harmless",
    ]);
    for (extension, query) in [
        ("dblink", "select * from dblink('', 'select title from content') as x (title text)"),
        (
            "xml2",
            "select * from xpath_table('id', 'title', 'content', '/', 'true') as x (id int, title text)",
        ),
        ("pgstattuple", "select pg_relpages('content') as n"),
    ] {
        let Some(run) = judged(&[extension], "", query) else { continue };
        run.refused(&["error[opaque]"]);
        let run = judged(&[extension], &format!("extensions.{extension} = 'wanted'"), query).unwrap();
        run.refused(&["error[config]", "do more than compute"]);
    }
}
