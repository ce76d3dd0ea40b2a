//! Crates that are generated with cornucopia as the backend.

use std::fs;
use std::path::{Path, PathBuf};

use sqlward_codegen::diagnostics::Diagnostics;
use sqlward_codegen::emit::{CrateSettings, Files};
use sqlward_codegen::fresh::{Input, Inputs, write};
use sqlward_codegen::{Compilation, cornucopia};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::cargo::cargo;
use crate::{catalog, compiled, list};

/// The result for a project: the files, or the diagnostics.
fn generated(compilation: &Compilation, name: &str) -> Result<Files, String> {
    let settings = CrateSettings {
        name: name.to_owned(),
        sqlward: "0".into(),
        dependencies: Default::default(),
        derives: Vec::new(),
    };
    let inputs = Inputs { files: vec![Input::new("../absent.sql", b"")], folders: Vec::new() };
    let mut diagnostics = Diagnostics::default();
    let Compilation { project, catalog, server, .. } = compilation;
    let files = cornucopia::generate(&mut diagnostics, catalog, server, &settings, &inputs);
    let said = list(&project.sources, diagnostics);
    match files.expect("the environment is fine") {
        Some(files) if said.is_empty() => Ok(files),
        _ => Err(said),
    }
}

/// A project of one schema and one query file.
fn project(config: &str, schema: &str, queries: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("sqlward.toml"),
        format!("schema = \"schema.sql\"\nqueries = \"queries\"\n{config}"),
    )
    .unwrap();
    fs::write(dir.path().join("schema.sql"), schema).unwrap();
    fs::create_dir(dir.path().join("queries")).unwrap();
    fs::write(dir.path().join("queries/notes.sql"), queries).unwrap();
    dir
}

#[test]
fn the_crate_compiles_and_does_what_the_queries_say() {
    let compilation = compiled(&catalog());
    let files = generated(&compilation, "syntax-cornucopia").unwrap();
    assert_eq!(
        files,
        generated(&compilation, "syntax-cornucopia").unwrap(),
        "the same input gives the same bytes"
    );

    let dir = tempfile::tempdir().unwrap();
    write(&dir.path().join("catalog"), &files).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(dir.path().join("calls/src")).unwrap();
    fs::copy(root.join("tests/cornucopia/calls.rs"), dir.path().join("calls/src/main.rs")).unwrap();
    fs::write(dir.path().join("calls/Cargo.toml"), manifest()).unwrap();
    fs::write(
        dir.path().join("Cargo.toml"),
        "[workspace]\nresolver = \"3\"\nmembers = [\"calls\", \"catalog\"]\n",
    )
    .unwrap();
    let output = cargo(dir.path())
        .args(["run", "--quiet", "--package", "calls", "--"])
        .arg(words(&compilation.server.url().unwrap()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The manifest of the program, which also calls the native crate and compares the results.
fn manifest() -> String {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is a member of a workspace").display();
    format!(
        r#"[package]
name = "calls"
version = "0.0.0"
edition = "2024"

[dependencies]
chrono = {{ version = "0.4", default-features = false }}
rust_decimal = {{ version = "1", default-features = false }}
serde_json = "1"
sqlward = {{ path = "{root}" }}
syntax-catalog = {{ path = "{root}/tests/catalogs/syntax/catalog" }}
syntax-cornucopia = {{ path = "../catalog" }}
tokio = {{ version = "1", features = ["macros", "rt"] }}
"#
    )
}

/// The connection string for a server on a Unix socket.
fn words(config: &Config) -> String {
    let host = match &config.get_hosts()[0] {
        Host::Tcp(host) => PathBuf::from(host),
        Host::Unix(path) => path.clone(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let (user, database) = (config.get_user().unwrap(), config.get_dbname().unwrap());
    format!("host={} port={port} user={user} dbname={database}", host.display())
}

const SCHEMA: &str = "
    create table users (id text primary key);
    create table notes (
      id bigint primary key, creator_id text not null references users, body text, status text not null,
      seen tstzrange, deleted_at timestamptz
    );
    create domain short as text check (length(value) < 9);
    create table shorts (word short not null, \"self\" text);
";

const SCOPE: &str = "
    [scopes.creator]
    id = \"users.id\"
    param = \"creator_id\"
    column = \"creator_id\"
";

#[test]
fn types_that_sqlward_gives_become_casts_and_scopes_ordinary_parameters() {
    let dir = project(
        SCOPE,
        SCHEMA,
        "--! notes_with (status?)\n\
         --@ scope creator\n\
         --@ param status text\n\
         --@ page\n\
         select id, body, deleted_at is null as live, :limit::text as \"limit\" from notes\n\
         where creator_id = :creator_id and (:status is null or status = :status) order by id;",
    );
    let files = generated(&compiled(dir.path()), "notes").unwrap();
    let code = files["src/queries/notes.rs"].split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "select id, body, deleted_at is null as live, $1::text as \\\"limit\\\" from notes \
         where creator_id = ($2::text) and (($3::text) is null or status = ($3::text)) order by id limit $4 offset $5",
        "limit: &'a T1, creator_id: &'a T2, status: &'a Option<T3>, page_limit: &'a i64, offset: &'a i64,",
        "pub body: Option<String>, pub live: bool,",
    ] {
        assert!(code.contains(expected), "{expected}\nis not in\n{code}");
    }
    assert!(
        files.contains_key("build.rs")
            && files.contains_key("sqlward.lock")
            && !files.contains_key("rustfmt.toml")
    );
}

#[test]
fn nested_results_are_plain_json() {
    let dir = project(
        SCOPE,
        SCHEMA,
        "--! nested\n\
         --@ scope system: \"a test\"\n\
         select coalesce(jsonb_agg(jsonb_build_object('id', id, 'seen', seen)), '[]') as notes, \
         jsonb_agg(body) as bodies, json_agg(seen) as seen from notes where deleted_at is null;",
    );
    let files = generated(&compiled(dir.path()), "notes").unwrap();
    let code = files["src/queries/notes.rs"].split_whitespace().collect::<Vec<_>>().join(" ");
    let expected = "pub notes: serde_json::Value, pub bodies: Option<serde_json::Value>, pub seen: Option<serde_json::Value>,";
    assert!(code.contains(expected), "{expected}\nis not in\n{code}");
}

/// Checks that a query is rejected for this backend, with these words.
#[track_caller]
fn refused(query: &str, words: &str) {
    let queries = format!("--@ scope system: \"a test\"\n--! fine\nselect 1 as one;\n--! refused\n{query};");
    let dir = project(SCOPE, SCHEMA, &queries);
    let Err(said) = generated(&compiled(dir.path()), "notes") else { panic!("not refused: {query}") };
    assert!(said.contains(words) && said.lines().count() == 1, "{said}");
}

#[test]
fn what_cornucopia_cannot_do_is_said_of_the_query() {
    refused(
        "select id, seen from notes",
        "queries/notes.sql:5:1: cornucopia cannot take column `seen`: it has no Rust type for ranges",
    );
    refused(
        "select 1 as one where interval '1 day' = :span",
        "cannot take parameter `:span`: it has no Rust type for interval",
    );
    refused(
        "select 'two\nlines' as text",
        "queries/notes.sql:5:8: cornucopia joins lines, also those of a string",
    );
    refused(
        "select 'two'\n'parts' as text",
        "queries/notes.sql:6:1: cornucopia joins lines, and the parts of a string",
    );
    refused(
        "select 1 as one\nwhere true\n  and true  --? x\n",
        "queries/notes.sql:7:17: cornucopia has one text for a query: optional lines are not supported",
    );
    refused(
        "select id from notes\nwhere true\norder by id  --? sort id\n",
        "queries/notes.sql:7:23: cornucopia has one text for a query: optional lines are not supported",
    );
    refused(
        "--@ page total\nselect id from notes order by id",
        "queries/notes.sql:5:1: cornucopia has one text for a query, and such pages have two",
    );
    refused(
        "--@ keyset\nselect id from notes where true order by id",
        "queries/notes.sql:5:1: cornucopia has one text for a query, and such pages have two",
    );
    refused("--@ copy notes(id, creator_id, status)", "queries/notes.sql:5:1: cornucopia has no `--@ copy`");
    refused(
        "--@ batch\nupdate notes set body = :body where id = :id",
        "queries/notes.sql:5:1: cornucopia has no `--@ batch`",
    );
    refused("select 1 as a$b$c", "queries/notes.sql:5:13: cornucopia takes a `$` in a name");
    refused(
        "select '\\' as a, '--' as b",
        "queries/notes.sql:5:8: cornucopia takes a backslash before a quote for an escape",
    );
    refused(
        "select id from notes;\n--! one Pair()\nselect :a::int as a, :b::int as b;\n--! other Pair()\nselect :a::int as a, :b::text as b",
        "queries/notes.sql:8:11: cornucopia has one struct `Pair` for a file, with other fields",
    );
    refused("select \"self\" from shorts", "cannot name the columns: `self` has no Rust name there");
    refused(
        "select 1 as \"a b\", 2 as a_b",
        "cannot name the columns: `a_b` has the Rust name of another one",
    );
    refused(
        "insert into shorts (word) values (:word) returning word",
        "queries/notes.sql:5:35: cornucopia cannot send `:word`, which is of a domain, in a query that returns rows",
    );
    refused(
        "--@ param a int4\nselect s.\"?column?\" as a from (select :a) s",
        "without the types that sqlward gives to parameters, PostgreSQL refuses this: column s.?column? does not exist",
    );
}
