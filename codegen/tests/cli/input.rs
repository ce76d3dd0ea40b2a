//! Wrong query files and configurations.

use crate::project::{CONFIG, Project, QUERY, SCHEMA};

/// Checks that `generate` rejects these queries with these words, and writes nothing.
#[track_caller]
fn refused(queries: impl AsRef<[u8]>, words: &[&str]) {
    let project = Project::new(queries);
    project.run(&["generate"]).refused(words);
    assert!(!project.path("catalog").exists(), "nothing is written");
}

#[test]
fn files_without_a_query() {
    refused(
        "",
        &[
            "queries/content.sql:1:1",
            "no query file contains a query",
            "this file is empty",
            "write `--! name`",
        ],
    );
    refused("\u{feff}\r\n \t", &["queries/content.sql:1:1", "this file is empty"]);
    refused("-- nothing\n", &["queries/content.sql:1:1", "no query file contains a query"]);
    // If another file has a query, an empty file is only a warning.
    let project = Project::new(QUERY);
    project.put("queries/empty.sql", "");
    let run = project.run(&["generate"]).ok();
    assert!(run.stderr.contains("warning[empty-file]"), "{}", run.stderr);
}

#[test]
fn mistakes_in_annotations() {
    refused(
        "--! get\nselect 1 as a;\n--! get\nselect 2 as a;\n",
        &["queries/content.sql:3:5", "the query `get` is declared twice", "first declared here"],
    );
    refused(
        "--! two\nselect 1 as a; select 2 as b;\n",
        &["queries/content.sql:2:16", "a second statement under `--! two`", "its own `--! name` line"],
    );
    refused(
        "--@ scpoe creator\n--! get\nselect 1 as a;\n",
        &["queries/content.sql:1:5", "unknown directive `--@ scpoe`", "did you mean `--@ scope`?"],
    );
    refused("--! get\nselect 'abc;\n", &["queries/content.sql:2:8", "unterminated string"]);
    refused("--! get\nselect $x$abc;\n", &["queries/content.sql:2:8", "unterminated"]);
    refused("--! get\nselect 1 /* abc;\n", &["queries/content.sql:2:10", "unterminated"]);
    refused("--! get\nselect 1 as \"abc;\n", &["queries/content.sql:2:13", "unterminated"]);
    refused("--! get\n--! other\nselect 1 as a;\n", &["queries/content.sql:1:5", "`get` has no statement"]);
}

#[test]
fn bytes_that_are_no_text() {
    refused(
        b"--! get\nselect '\xc3\xa9\xff' as a;\n",
        &["queries/content.sql:2:10", "0xFF is not UTF-8", "save the file as UTF-8"],
    );
    refused(
        "--! get\nselect 'a\0b' as a;\n",
        &["queries/content.sql:2:10", "NUL character in SQL", "remove it"],
    );
}

/// What PowerShell writes. The text is read all the same, so that its own mistakes are told as well, and nothing else.
#[test]
fn a_file_in_utf16() {
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let query = QUERY.replace('\n', "\r\n");
    for text in [&query, &format!("\u{feff}{query}")] {
        for bytes in [little(text), big(text)] {
            let project = Project::new(&bytes);
            let words =
                ["error[encoding]: the file is UTF-16", "queries/content.sql:1:1", "save the file as UTF-8"];
            let said = project.run(&["prove"]).refused(&words).stderr;
            assert!(said.ends_with("\n1 error\n"), "{said}");
        }
    }
    let project = Project::new(little("\u{feff}--! get\nselect 'é' as a, nope from content;\n"));
    project.run(&["prove"]).refused(&["the file is UTF-16", "queries/content.sql:2:18", "2 errors"]);
    for (file, text) in [("schema.sql", SCHEMA), ("sqlward.toml", CONFIG)] {
        let project = Project::new(QUERY);
        project.put(file, little(&format!("\u{feff}{text}")));
        let said = project.run(&["generate"]).refused(&[&format!("{file}:1:1"), "the file is UTF-16"]).stderr;
        assert!(said.ends_with("\n1 error\n"), "{said}");
    }
}

#[test]
fn one_run_tells_the_mistakes_of_all_files() {
    let project = Project::new("--! a\nselect nope from content;\n--! b\nselect 1 +;\n");
    project.put(
        "queries/other.sql",
        "--! c\nselect * from contnet;\n--! d\ndelete from content where id = 'x';\n",
    );
    let run = project.run(&["prove"]).refused(&[
        "queries/content.sql:2:8",
        "queries/content.sql:4:10",
        "queries/other.sql:2:15",
        "did you mean `content`?",
        "queries/other.sql:4:32",
        "4 errors",
    ]);
    assert_eq!(run.stderr.matches("error[").count(), 4, "{}", run.stderr);
}

#[test]
fn line_ends_change_no_byte_and_no_place() {
    let queries = "--@ scope system: \"a\"\n\n--! get\n--- A doc.\nselect id, /* a\n comment */ title\nfrom content\nwhere title = 'a\nb';\n";
    let project = Project::new(queries);
    project.run(&["generate"]).ok();
    let before = project.files("catalog");
    for (path, text) in [("sqlward.toml", CONFIG), ("schema.sql", SCHEMA), ("queries/content.sql", queries)] {
        project.put(path, text.replace('\n', "\r\n"));
    }
    project.run(&["check"]).ok();
    project.run(&["check", "--full"]).ok();
    project.run(&["generate"]).ok();
    assert!(project.files("catalog") == before);

    project.put("queries/content.sql", "--! get\r\n\r\nselect 'é' as a,\r\n  titel\r\nfrom content;\r\n");
    project.run(&["prove"]).refused(&["queries/content.sql:4:3", "\"titel\" does not exist"]);
    project.put(
        "queries/content.sql",
        "--! get\r\nselect 'é', titel\r\nfrom content;\r\n--! x\r\nselect 'a\r\n",
    );
    project.run(&["prove"]).refused(&["queries/content.sql:2:13", "queries/content.sql:5:8"]);
}

/// A file with this number of queries, each with this number of words of documentation.
fn many(queries: usize, words: usize) -> String {
    let words = "word ".repeat(words);
    let query =
        |n| format!("--! get_{n}\n--- {words}\nselect title as t{n}, id from content where id = :id;\n\n");
    (0..queries).map(query).collect()
}

#[test]
fn a_file_of_ten_megabytes() {
    let text = many(1_000, 2_000);
    assert!(text.len() > 10_000_000);
    let project = Project::new(&text);
    let run = project.run(&["generate"]).ok();
    assert!(run.stdout.contains("1000 queries in 1 module"), "{}", run.stdout);
    assert_eq!(project.text("catalog/src/content.rs").matches("pub async fn get_").count(), 1_000);
    // The same number of mistakes.
    project.put("queries/content.sql", text.replace(" id from", " ids from"));
    let run = project.run(&["prove"]).refused(&["1000 errors"]);
    assert!(run.stderr.len() < 1_000_000, "{} bytes of messages", run.stderr.len());
}

#[test]
fn a_literal_of_ten_megabytes() {
    let long = "x".repeat(10_000_000);
    let project = Project::new(format!("--! get\nselect '{long}' as a;\n"));
    project.run(&["generate"]).ok();
    assert!(project.text("catalog/src/content.rs").contains(&long));
    let long = &long[..1_000_000];
    for query in [format!("select '{long}'::int as a;"), format!("select '{long}"), format!("select {long};")]
    {
        project.put("queries/content.sql", format!("--! get\n{query}\n"));
        let run = project.run(&["prove"]).refused(&["queries/content.sql:2:8"]);
        assert!(run.stderr.len() < 4_000, "{} bytes of messages", run.stderr.len());
        let run = project.run(&["prove", "--message-format", "json"]);
        assert!(run.stdout.len() < 4_000, "{} bytes of messages", run.stdout.len());
    }
}

#[test]
fn parts_that_are_missing() {
    let project = Project::new(QUERY);
    std::fs::remove_dir_all(project.path("queries")).unwrap();
    project.run(&["generate"]).broken(&[
        "cannot read the queries",
        "queries",
        "No such file",
        "check the path",
    ]);
    std::fs::create_dir(project.path("queries")).unwrap();
    project.run(&["generate"]).refused(&["sqlward.toml:2:11", "there are no .sql files"]);
    let project = Project::new(QUERY);
    std::fs::remove_file(project.path("schema.sql")).unwrap();
    project.run(&["generate"]).broken(&["cannot read the schema", "schema.sql"]);
    project.run(&["prove", "--schema", "nope.sql"]).broken(&["cannot read the schema nope.sql"]);
    project.put("schema.sql", SCHEMA);
    project.run(&["prove", "--queries", "nope"]).broken(&["cannot read the queries nope"]);
    std::fs::remove_file(project.path("sqlward.toml")).unwrap();
    project.run(&["generate"]).broken(&[
        "cannot read the configuration sqlward.toml",
        "sqlward init",
        "--config",
    ]);
    project.run(&["check", "--config", "queries"]).broken(&["cannot read the configuration"]);
}

#[test]
fn configurations_that_are_broken() {
    let refused = |config: &str, words: &[&str], errors: usize| {
        let project = Project::new(QUERY);
        project.put("sqlward.toml", config);
        let run = project.run(&["generate"]).refused(words);
        assert_eq!(run.stderr.matches("error[").count(), errors, "{}", run.stderr);
        assert!(!project.path("catalog").exists());
    };
    refused(
        "",
        &[
            "sqlward.toml:1:1",
            "no path is configured for the schema files",
            "no path is configured for the queries",
        ],
        2,
    );
    refused("schema = 'schema.sql'\nqueries =\noutput = 'x'", &["sqlward.toml:2:10"], 1);
    refused("schema = [", &["sqlward.toml:1:11"], 1);
    refused(&CONFIG.replace("schema =", "shcema ="), &["sqlward.toml:1:1", "did you mean `schema`?"], 1);
    // The wrong table names in it are not reported as well.
    refused(
        "queries = 'queries'\noutput = 'x'\n[soft_delete]\ncolumn = 'deleted_at'\n[scopes.a]\nid = 'a.id'\nparam = 'a'\n",
        &["sqlward.toml:1:1", "no path is configured for the schema files"],
        1,
    );
    refused(&CONFIG.replace("'queries'", "7"), &["sqlward.toml:2:11", "not a number"], 1);
    refused("schema = 'schema.sql'\nqueries = 'queries'\n", &["no output folder is configured"], 1);
    refused(
        &format!("{CONFIG}[scopes.creator]\nid = 'users.id'\nparam = 'a'\n"),
        &["sqlward.toml:5:6", "users"],
        1,
    );
}

#[test]
fn a_way_that_is_none_is_answered_with_those_that_there_are() {
    let project = Project::new(QUERY);
    let parts = "create table parts (id int primary key, content_id uuid not null references content);\n";
    project.put("schema.sql", format!("{SCHEMA}{parts}"));
    let config =
        format!("{CONFIG}[scopes.a]\nparam = 'a'\nowns.content = 'id'\nvia.parts = 'parts(content_id)'\n");
    project.put("sqlward.toml", &config);
    let words = [
        "sqlward.toml:7:13",
        "no foreign key between",
        "foreign keys join `parts` to \"content(content_id)\"",
    ];
    project.run(&["prove"]).refused(&words);
    project.put("sqlward.toml", config.replace("'parts(content_id)'", "'content(content_id)'"));
    let run = project.run(&["prove"]);
    assert!(!run.stderr.contains("error[config]"), "{}", run.stderr);
}

#[test]
fn a_trusted_function_is_one_function() {
    let functions = "create function f(text, int[]) returns int language plpgsql as 'begin return 1; end';\n\
                     create function f(bigint) returns int language plpgsql as 'begin return 1; end';\n";
    let project = Project::new(QUERY);
    project.put("schema.sql", format!("{SCHEMA}{functions}"));
    let trust = |name: &str| {
        project.put("sqlward.toml", format!("{CONFIG}[functions]\ntrusted = {{ {name} = 'adds' }}\n"));
        project.run(&["prove"])
    };
    trust("f").refused(&[
        "sqlward.toml:5:13",
        "`f` is ambiguous",
        "add the parameter types: \"f(text, _int4)\" or \"f(int8)\"",
    ]);
    trust("'f(text)'").refused(&["sqlward.toml:5:13", "there is no function `f(text)`", "\"f(int8)\""]);
    trust("g").refused(&["sqlward.toml:5:13", "no function `g`"]);
    for name in ["'f(text, integer[])'", "'public.f( bigint )'", "'f(int8)'", "'f(text,_int4)'"] {
        trust(name).ok();
    }
}

#[test]
fn one_mistake_is_told_once() {
    // A scope above the first query is the default for the file.
    let project = Project::new("--@ scope owner\n--! a\nselect 1 as a;\n--! b\nselect 2 as b;\n");
    let run = project.run(&["prove"]).refused(&[
        "queries/content.sql:1:11",
        "no scope `owner`",
        "declare it there: `[scopes.owner]`",
        "1 error\n",
    ]);
    assert_eq!(run.stderr.matches("error[").count(), 1, "{}", run.stderr);
    // A parameter in the annotation that the statement does not have: both places are named.
    refused(
        "--! a (idd?)\nselect title from content where id = :id;\n",
        &["did you mean `id`?", "1 error\n"],
    );
    // `$1` would become the first named parameter, which has another type.
    refused(
        "--! a\nselect id from content where title = :title and id = $1;\n",
        &["unsupported parameter `$1`", "1 error\n"],
    );
}

#[test]
fn what_rests_on_a_wrong_configuration_is_not_told() {
    let project =
        Project::new("--@ scope owner\n--! mine\nselect id from content where owner_id = :owner_id;\n");
    project.put("schema.sql", "create table content (id uuid primary key, owner_id uuid not null);\n");
    let scope = |column: &str| {
        format!("{CONFIG}[scopes.owner]\nid = 'content.owner_id'\nparam = 'owner_id'\ncolumn = '{column}'\n")
    };
    project.put("sqlward.toml", scope("owner_idd"));
    project.run(&["prove"]).refused(&[
        "sqlward.toml:7:10",
        "no table has a column `owner_idd`",
        "did you mean `owner_id`?",
        "1 error\n",
    ]);
    project.put("sqlward.toml", scope("owner_id"));
    project.run(&["prove"]).ok();
}

#[test]
fn a_type_that_the_schema_does_not_have() {
    let project = Project::new(QUERY);
    project.put("schema.sql", format!("{SCHEMA}create domain label as text;\n"));
    let types = |name: &str| project.put("sqlward.toml", format!("{CONFIG}[types]\n{name} = 'String'\n"));
    types("citext");
    let run = project.run(&["prove"]).refused(&["no type `citext`"]);
    assert!(!run.stderr.contains("_text"), "of arrays nobody thinks: {}", run.stderr);
    types("labell");
    project.run(&["prove"]).refused(&["no type `labell`", "did you mean `label`?"]);
}

#[test]
fn names_that_cannot_be() {
    refused(
        "--! my query\nselect 1 as a;\n",
        &["queries/content.sql:1:8", "one word, `my_query`", "1 error\n"],
    );
    let project = Project::new(QUERY);
    project.put("queries/self.sql", "--! a\nselect 1 as a;\n");
    project.put("queries/2nd.sql", "--! a\nselect 1 as a;\n");
    project.run(&["prove"]).refused(&[
        "`self` is not a valid Rust module name",
        "this is a Rust keyword",
        "`2nd` is not a valid Rust module name",
        "use letters from a to z, digits and `_`, and do not start with a digit",
        "2 errors",
    ]);
}

#[test]
fn what_a_mistake_leaves_unknown_is_not_told() {
    let schema = "create table owners (id uuid primary key);
create table things (
    id uuid primary key, owner_id uuid not null references owners, name text not null, deleted_at timestamptz
);
";
    let policy = "[soft_delete]\ncolumn = 'deleted_at'\n[scopes.owner]\nid = 'owners.id'\nparam = 'owner_id'\n\
                  column = 'owner_id'\nowns.owners = 'id'\n";
    let config = format!("{CONFIG}{policy}");
    let live = "select id from things where owner_id = :owner_id and deleted_at is null;\n";
    let all = "select id from things where owner_id = :owner_id;\n";
    let told = |config: &str, queries: &str, words: &[&str]| {
        let project = Project::new(queries);
        project.put("schema.sql", schema);
        project.put("sqlward.toml", config);
        let run = project.run(&["prove"]).refused(words);
        assert_eq!(run.stderr.matches("error[").count(), 1, "{}", run.stderr);
        assert!(run.stdout.contains("0 queries proven, "), "{}", run.stdout);
    };
    // Misspelt directives for scopes and waivers: for the whole file, above a query, and in it.
    let two = format!("--! one\n{live}--! two\n{live}");
    told(&config, &format!("--@ scpoe owner\n{two}"), &["1:5", "did you mean `--@ scope`?"]);
    told(&config, &format!("--@ scope system\n{two}"), &["1:17", "expected a reason"]);
    told(&config, &format!("--@ scope owner\n--@ alow soft-delete: \"x\"\n--! one\n{all}"), &["2:5"]);
    told(&config, &format!("--@ scope owner\n--! one\n--@ allow soft-delte: \"x\"\n{all}"), &["3:11"]);
    told(&config, &format!("--@ scope owner\n--! one\n--@ allow soft-delete\n{all}"), &["3:22"]);
    told(&config, &format!("--@ scope owner\n--! one\n--@ allow soft-delete thing: \"x\"\n{all}"), &["3:23"]);
    // A wrong value for the owner column.
    let insert =
        "--@ scope owner\n--! one\ninsert into things (id, owner_id, name) values (:id, :owner, :name);\n";
    told(&config, insert, &["error[tenant-write]", "set owner_id to :owner_id"]);
    // An incomplete policy.
    let one = format!("--@ scope owner\n--! one\n{live}");
    told(&config.replace("param =", "parm ="), &one, &["`parm`", "did you mean `param`?"]);
    told(&config.replace("scopes.owner", "scopes.Own-er"), &one, &["is not a valid scope name"]);
    // The other queries of the file are judged.
    let project = Project::new(format!("--@ scope owner\n--! one\n--@ alow x\n{all}--! two\n{all}"));
    project.put("schema.sql", schema);
    project.put("sqlward.toml", &config);
    let run = project.run(&["prove"]).refused(&["3:5", "6:16", "error[soft-delete]"]);
    assert_eq!(run.stderr.matches("error[").count(), 2, "{}", run.stderr);
}

#[test]
fn what_is_shared_by_all_needs_no_token() {
    let project = Project::new("--@ scope owner\n--! all\nselect id, title from content;\n");
    let config = format!(
        "{CONFIG}[scopes.owner]\nid = 'owners.id'\nparam = 'owner_id'\nowns.owners = 'id'\n[shared]\ntables = ['content']\n"
    );
    project.put("schema.sql", format!("{SCHEMA}create table owners (id uuid primary key);\n"));
    project.put("sqlward.toml", &config);
    // The function takes a token although the query does not use its value.
    let run = project.run(&["describe"]).ok();
    assert!(run.stdout.contains("all(db: &impl Executor, _scope: &OwnerScope) -> "), "{}", run.stdout);
    project.put("sqlward.toml", format!("{config}[scopes.anyone]\n"));
    project.put("queries/content.sql", "--@ scope anyone\n--! all\nselect id, title from content;\n");
    let run = project.run(&["describe"]).ok();
    assert!(run.stdout.contains("all(db: &impl Executor) -> "), "{}", run.stdout);
}
