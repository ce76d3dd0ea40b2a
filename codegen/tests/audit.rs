//! The output of `sqlward audit`, for reviewers and for programs.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

const SCHEMA: &str = "
create table users (id uuid primary key, deleted_at timestamptz);
create table notes (id uuid primary key, user_id uuid not null references users, body text, deleted_at timestamptz);
create function stamp() returns trigger language plpgsql as 'begin return new; end';
create trigger stamps before insert or update on notes for each row execute function stamp();
create trigger counts after delete on notes execute function stamp();
";

const CONFIG: &str = r#"
schema = "schema.sql"
queries = "queries"
[soft_delete]
column = "deleted_at"
[scopes.user]
id = "users.id"
param = "user_id"
column = "user_id"
owns.users = "id"
"#;

const QUERIES: &str = r#"--@ scope user

--! list
select id from notes where user_id = :user_id and deleted_at is null;

--! bin
--@ allow soft-delete notes: "the bin shows what was deleted"
select n.id from notes n where n.user_id = :user_id;

--! clear
--@ scope system: "nightly"
update notes set body = null where deleted_at is null;

--! leak
select id from notes where :user_id is not null and deleted_at is null;
"#;

#[test]
fn people_read_the_reasons_and_what_is_waived() {
    let folder = project();
    let (text, status) = audit(folder.path(), "human");
    let expected = "\
notes::list  queries/notes.sql:3
    scope    user
    proof    notes: deleted_at is null (line 4), user_id = :user_id (line 4)

notes::bin  queries/notes.sql:6
    scope    user
    proof    notes n: user_id = :user_id (line 8)
    waived   soft-delete notes: the bin shows what was deleted (line 7)

notes::clear  queries/notes.sql:10
    scope    system: nightly
    proof    notes: deleted_at is null (line 12), in system scope (line 12)
    triggers notes: stamps on update

notes::leak  queries/notes.sql:14  REJECTED
    scope    user
    proof    notes: deleted_at is null (line 15)

4 queries: 3 proven, 1 rejected; 1 with waivers, 1 in system scope
";
    assert_eq!(text, expected);
    assert_eq!(status, Some(1));
}

#[test]
fn programs_read_a_line_for_each_query_and_a_summary() {
    let folder = project();
    let (text, status) = audit(folder.path(), "json");
    assert_eq!(status, Some(1));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["query", "query", "query", "query", "summary", "diagnostic"]);
    let reason = |rule: &str, because: &str| json!({ "table": "notes", "alias": "notes", "rule": rule, "because": because, "line": 4 });
    assert_eq!(
        lines[0]["proof"],
        json!([reason("soft-delete", "deleted_at is null"), reason("tenant-scope", "user_id = :user_id")])
    );
    assert_eq!(lines[0]["waivers"], json!([]));
    let waiver = json!({ "rule": "soft-delete", "table": "notes", "reason": "the bin shows what was deleted", "line": 7 });
    assert_eq!(lines[1]["waivers"], json!([waiver]));
    assert_eq!(lines[2]["reason"], "nightly");
    assert_eq!(lines[2]["triggers"], json!([{ "table": "notes", "trigger": "stamps", "on": "update" }]));
    assert_eq!(lines[3]["verdict"], "rejected");
    let summary =
        json!({ "type": "summary", "queries": 4, "proven": 3, "rejected": 1, "waived": 1, "system": 1 });
    assert_eq!(lines[4], summary);
    assert_eq!(lines[5]["rule"], "tenant-scope");
}

/// A query that does not compile is not counted as proven, whatever its proof says.
#[test]
fn a_query_with_another_error_is_rejected() {
    let folder = project();
    let query = "--! list\n--@ scope user\nselect jsonb_build_object('a', id, 'a', id) as ids from notes where user_id = :user_id and deleted_at is null;\n";
    fs::write(folder.path().join("queries/notes.sql"), query).unwrap();
    let (text, status) = audit(folder.path(), "human");
    let expected = "\
notes::list  queries/notes.sql:1  REJECTED
    scope    user
    proof    notes: deleted_at is null (line 3), user_id = :user_id (line 3)

1 query: 0 proven, 1 rejected; 0 with waivers, 0 in system scope
";
    assert_eq!(text, expected);
    assert_eq!(status, Some(1));
    let (text, _) = audit(folder.path(), "json");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["verdict"], "rejected");
    let summary =
        json!({ "type": "summary", "queries": 1, "proven": 0, "rejected": 1, "waived": 0, "system": 0 });
    assert_eq!(lines[1], summary);
    assert_eq!(lines[2]["rule"], "nested-key");
}

/// For a query with several texts the audit says what holds in all of them, and what in some.
#[test]
fn variants_are_counted_and_say_when_something_holds() {
    let folder = project();
    let marked = "--@ scope user\n
--! list
select id from notes where user_id = :user_id and deleted_at is null
    and exists (select from users u where u.id = :user_id and u.deleted_at is null) --? known
    and id = :id --? id
;";
    fs::write(folder.path().join("queries/notes.sql"), marked).unwrap();
    let (text, status) = audit(folder.path(), "human");
    let expected = "\
notes::list  queries/notes.sql:3
    scope    user
    variants 4, each proven; a reason that holds in only some of them says when
    proof    notes: deleted_at is null (line 4), user_id = :user_id (line 4)
             users u: deleted_at is null, when `known` is given (line 5), id = :user_id, when `known` is given (line 5)

1 query: 1 proven, 0 rejected; 0 with waivers, 0 in system scope
";
    assert_eq!(text, expected);
    assert_eq!(status, Some(0));
    let (text, _) = audit(folder.path(), "json");
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(line["variants"], 4);
    let plain =
        "--@ scope user\n--! list\nselect id from notes where user_id = :user_id and deleted_at is null;";
    fs::write(folder.path().join("queries/notes.sql"), plain).unwrap();
    assert!(!audit(folder.path(), "json").0.contains("variants"), "one text is not counted");
}

/// The COPY statement that is sent is shown, since the author wrote an INSERT. It fires the triggers of an INSERT.
#[test]
fn copies_show_what_they_send() {
    let folder = project();
    let queries = "--@ scope user\n
--! add
--@ copy notes(id, body)

--! rename
--@ batch
update notes set body = :body where id = :id and user_id = :user_id and deleted_at is null;";
    fs::write(folder.path().join("queries/notes.sql"), queries).unwrap();
    let (text, status) = audit(folder.path(), "human");
    let expected = "\
notes::add  queries/notes.sql:3
    scope    user
    sends    copy notes (user_id, id, body) from stdin (format binary)
    proof    notes: user_id is set to :user_id (line 4)
    triggers notes: stamps on insert
";
    assert!(text.starts_with(expected), "{text}");
    assert_eq!(status, Some(0));
    let (text, _) = audit(folder.path(), "json");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["mode"], &lines[1]["mode"]), (&json!("copy"), &json!("batch")));
    let field = |name: &str, pg_type: &str, rust_type: &str, nullable: bool| json!({ "name": name, "pg_type": pg_type, "rust_type": rust_type, "nullable": nullable });
    let members = [field("id", "uuid", "NoteId", false), field("body", "text", "String", true)];
    let mut items = field("items", "record", "Stream<AddItem>", false);
    items["members"] = json!(members);
    assert_eq!(lines[0]["params"], json!([items]));
    assert_eq!(lines[1]["params"][0]["rust_type"], "&[RenameItem]");
}

/// With a distribution column the audit says how many shards each query needs.
#[test]
fn shards_are_told_where_a_column_is_named() {
    let folder = project();
    let schema = "
create table orgs (id int primary key, name text);
create table posts (org int, id int, body text, unique (org, id));
create table posted (org int not null, id int primary key);
create table tags (post int references posted, tag text);";
    let queries = "
--! one
select p.body, o.name from posts p join orgs o on o.id = p.org
where p.org = :org;

--! many
select p.body from posts p
where p.org = :org and exists (select from posted q where q.id = p.id);

--! none
select name from orgs;
";
    fs::write(folder.path().join("schema.sql"), schema).unwrap();
    fs::write(folder.path().join("queries/notes.sql"), queries).unwrap();
    fs::write(folder.path().join("sqlward.toml"), "schema = \"schema.sql\"\nqueries = \"queries\"").unwrap();
    let (text, status) = audit_with(folder.path(), &["--distribution", "org"]);
    let expected = "\
notes::one  queries/notes.sql:2
    scope    none
    shards   one, that of :org
             posts p: org = :org (line 4)
             reference tables: orgs

notes::many  queries/notes.sql:6
    scope    none
    shards   many
             posted q: nothing pins org: add `and q.org = :org` (line 8)

notes::none  queries/notes.sql:10
    scope    none
    shards   none
             not distributed: orgs

3 queries: 3 proven, 0 rejected; 0 with waivers, 0 in system scope
by org: 1 single-shard, 1 fan out, 1 touch no distributed table
reference tables: orgs
obstacle: posted: posted_pkey is unique without org
obstacle: posts: org can be NULL, which belongs to no shard
obstacle: tags is a reference table, but tags_post_fkey refers to posted, which is distributed
";
    assert_eq!(text, expected);
    assert_eq!(status, Some(0));

    let (text, _) = audit_with(folder.path(), &["--distribution", "org,orgs.id", "--message-format", "json"]);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pinned = |table: &str, alias: &str, because: &str, line: u64| json!({ "table": table, "alias": alias, "pinned": true, "because": because, "line": line });
    let one = json!({
        "shards": "one",
        "keys": [":org"],
        "parts": [pinned("posts", "p", "org = :org", 4), pinned("orgs", "o", "id = p.org, p.org = :org", 3)],
        "undistributed": [],
    });
    assert_eq!(lines[0]["distribution"], one);
    assert_eq!(lines[2]["distribution"]["shards"], "many", "the organizations are spread as well");
    let summary = &lines[3]["distribution"];
    let counts = ["single_shard", "fan_out", "undistributed"].map(|key| summary[key].as_u64().unwrap());
    assert_eq!(counts, [1, 2, 0]);
    assert_eq!(summary["columns"], json!(["org", "orgs.id"]));
    assert_eq!(summary["obstacles"].as_array().unwrap().len(), 3);

    let (text, _) = audit(folder.path(), "json");
    assert!(!text.contains("distribution"), "who does not ask is not told: {text}");
    for (column, help) in [
        ("orgg", "did you mean `org`?"),
        ("posts.orgs", "did you mean `org`?"),
        ("post.org", "did you mean `posts`?"),
    ] {
        let run = command(folder.path(), &["--distribution", column]).output().unwrap();
        let error = String::from_utf8(run.stderr).unwrap();
        assert!(
            error.contains(help) && run.status.code() == Some(2) && run.stdout.is_empty(),
            "{column}: {error}"
        );
    }
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("queries")).unwrap();
    for (name, text) in [("schema.sql", SCHEMA), ("sqlward.toml", CONFIG), ("queries/notes.sql", QUERIES)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Standard output and the exit status.
fn audit(folder: &Path, format: &str) -> (String, Option<i32>) {
    audit_with(folder, &["--message-format", format])
}

fn audit_with(folder: &Path, options: &[&str]) -> (String, Option<i32>) {
    let run = command(folder, options).output().unwrap();
    (String::from_utf8(run.stdout).unwrap(), run.status.code())
}

fn command(folder: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlward"));
    command.arg("audit").args(options).current_dir(folder).env_remove("SQLWARD_DATABASE_URL");
    command.env("SQLWARD_NO_CACHE", "1");
    command
}
