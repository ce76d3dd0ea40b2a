//! Schemas that fail, and schemas that pg_dump has written.

use std::path::Path;
use std::process::Command;

use crate::project::{Project, QUERY, SCHEMA};
use crate::remote::Remote;

/// Checks that a schema fails in the second of its two files, with these words, and that the generated crate stays.
#[track_caller]
fn fails(second: &str, words: &[&str]) {
    let project = Project::generated();
    let before = project.files("catalog");
    project.put(
        "sqlward.toml",
        "schema = ['schema.sql', 'more.sql']\nqueries = 'queries'\noutput = 'catalog'\n",
    );
    project.put("more.sql", second);
    let run = project.run(&["generate"]).refused(words);
    assert_eq!(run.stderr.matches("error[").count(), 1, "no query is blamed for it: {}", run.stderr);
    assert_eq!(project.files("catalog"), before, "what was generated is as it was");
}

#[test]
fn a_schema_that_fails_half_way() {
    // If the server gives no position, the place is the statement.
    fails(
        "create table a (id int);\n\n-- é;\ncreate table b (c text default ';', d int references nowhere(id));\n",
        &["error[schema]", "more.sql:4:54", "\"nowhere\" does not exist"],
    );
    fails(
        "create table a (id int);\nselct 1;\ncreate table b ();\n",
        &["more.sql:2:1", "at or near \"selct\""],
    );
    fails(
        "insert into content (price) values ('é'::text,\n 1/0, nope);\n",
        &["more.sql:2:7", "\"nope\" does not exist"],
    );
    fails("select 1;\ndo $$ begin raise exception 'no %', 1; end $$;\n", &["more.sql:2:1", "no 1"]);
    fails(
        "create table a (id int);\r\ncreate function f() returns int language sql as $$ select nope from a $$;\r\n",
        &["more.sql:2:49", "\"nope\" does not exist"],
    );
    fails("create table content ();\n", &["more.sql:1:14", "relation \"content\" already exists"]);
    fails("create table 'x;\n", &["more.sql:1:14", "unterminated"]);
    fails("alter table content owner to app;\n", &["more.sql:1:30", "role \"app\"", "pg_dump", "--no-owner"]);
    fails("copy content from stdin\n", &["more.sql:1:1"]);
}

#[test]
fn a_schema_that_ends_its_own_session() {
    let project = Project::new(QUERY);
    project.put("schema.sql", format!("{SCHEMA}select pg_terminate_backend(pg_backend_pid());\n"));
    project.run(&["generate"]).broken(&["PostgreSQL ended the session", "57P01", "the schema"]);
}

#[test]
fn a_statement_that_is_no_query() {
    let project = Project::new("--! a\ndrop table content;\n--! b\nset a.b = 'c';\n--! c\ncall f();\n");
    project.run(&["generate"]).refused(&[
        "queries/content.sql:2:1",
        "queries/content.sql:4:1",
        "queries/content.sql:6:",
        "a query is a SELECT, INSERT, UPDATE, DELETE, MERGE or VALUES; definitions belong in the schema",
    ]);
}

#[test]
fn a_dump_generates_what_the_schema_does() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let dumps: Vec<_> = pg_dumps().collect();
    assert!(!dumps.is_empty(), "no pg_dump to try");
    let remote = Remote::start();
    let mut connection = remote.server.connect().unwrap();
    connection.batch(&std::fs::read_to_string(root.join("schema.sql")).unwrap()).unwrap().unwrap();
    for pg_dump in dumps {
        let mut command = Command::new(&pg_dump);
        let dump = command.arg(remote.url()).output().unwrap();
        assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
        let project = Project::new("");
        project.put("dump.sql", &dump.stdout);
        let config = root.join("sqlward.toml");
        let arguments =
            ["generate", "--config", config.to_str().unwrap(), "--schema", "dump.sql", "--output", "catalog"];
        project.run(&arguments).ok();
        let mut files = project.files("catalog");
        // These contain the inputs' digests, and paths.
        for different in ["sqlward.lock", "Cargo.toml"] {
            files.remove(different).unwrap();
        }
        assert!(files.len() > 5);
        for (path, bytes) in files {
            let expected = std::fs::read(root.join("catalog").join(&path)).unwrap();
            assert!(bytes == expected, "{path} of the dump by {}", pg_dump.display());
        }
        println!("compared with a dump by {}", pg_dump.display());
    }
}

/// Every installed `pg_dump` that can dump the server of the tests.
fn pg_dumps() -> impl Iterator<Item = std::path::PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<_> = std::env::split_paths(&path).collect();
    let folders = installed.map(|entry| entry.path().join("bin"));
    let found: Vec<_> = folders.map(|folder| folder.join("pg_dump")).filter(|path| path.is_file()).collect();
    let fallback = on_path.into_iter().map(|folder| folder.join("pg_dump")).find(|path| path.is_file());
    let fallback = fallback.filter(|_| found.is_empty());
    found.into_iter().chain(fallback)
}
