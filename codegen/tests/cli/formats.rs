//! Output for programs: JSON lines and GitHub's workflow commands.

use crate::project::{Project, QUERY, Run};

const QUERIES: &str = "\
--@ scope system: \"a test\"

--! get (id) : Found(price?)
--- Words.
select id, 'é' as note, price from content where id = :id;

--! bad
select 'é' as a, titel
from content;
";

const GET: &str = r#"{"type":"query","query":"content::get","file":"queries/content.sql","line":3,"verdict":"proven","scope":["system"],"cardinality":"opt","params":[{"name":"id","pg_type":"uuid","rust_type":"ContentId","nullable":false}],"columns":[{"name":"id","pg_type":"uuid","rust_type":"ContentId","nullable":false},{"name":"note","pg_type":"text","rust_type":"String","nullable":false},{"name":"price","pg_type":"int4","rust_type":"i32","nullable":true}],"proof":[{"table":"content","alias":"content","rule":"tenant-scope","because":"in system scope","line":5}],"waivers":[],"reads":true,"reason":"a test"}"#;

const BAD: &str = r#"{"type":"diagnostic","rule":"unknown-column","severity":"error","query":"content::bad","file":"queries/content.sql","line":8,"column":18,"end_line":8,"end_column":23,"message":"column \"titel\" does not exist","help":"Perhaps you meant to reference the column \"content.title\"."}"#;

#[track_caller]
fn json(project: &Project, arguments: &[&str], status: i32, lines: &[&str]) {
    let run = project.run(&[arguments, &["--message-format", "json"]].concat());
    assert_eq!(run.stdout.lines().collect::<Vec<_>>(), lines, "{arguments:?}");
    assert_eq!((run.status, run.stderr.as_str()), (status, ""), "{arguments:?}");
    for line in lines {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value.is_object());
    }
}

#[test]
fn json_is_one_object_a_line_and_nothing_else() {
    let project = Project::new(QUERIES);
    json(&project, &["prove"], 1, &[GET, BAD]);
    json(&project, &["describe"], 1, &[GET, BAD]);
    json(&project, &["describe", "content::get"], 0, &[GET]);
    json(&project, &["describe", "content::bad"], 1, &[BAD]);
    json(&project, &["generate"], 1, &[BAD]);
    project.put("queries/content.sql", QUERIES.replace("titel", "title"));
    json(&project, &["generate"], 0, &[]);
    json(&project, &["check"], 0, &[]);
    json(&project, &["check", "--full"], 0, &[]);
    project.put("schema.sql", "selct 1;");
    let schema = r#"{"type":"diagnostic","rule":"schema","severity":"error","file":"schema.sql","line":1,"column":1,"end_line":1,"end_column":6,"message":"syntax error at or near \"selct\"","help":"fix the schema first; no query was compiled"}"#;
    json(&project, &["prove"], 1, &[schema]);
    let stale = r#"{"type":"diagnostic","rule":"stale","severity":"error","file":"schema.sql","line":1,"column":1,"end_line":1,"end_column":1,"message":"schema.sql has changed since the crate was generated","help":"run `sqlward generate` and commit what it writes"}"#;
    json(&project, &["check"], 1, &[stale]);
    // A broken environment is not reported as a finding.
    let run = project.run(&["prove", "--message-format", "json", "--queries", "nope"]);
    assert_eq!((run.status, run.stdout.as_str()), (2, ""));
}

#[test]
fn spans_count_characters_and_may_end_on_another_line() {
    let project = Project::new("--! a\nselect 'ü\u{1f980}' as a,\n  'é\nü' + 1 as b;\n");
    let line = r#"{"type":"diagnostic","rule":"type-mismatch","severity":"error","query":"content::a","file":"queries/content.sql","line":3,"column":3,"end_line":4,"end_column":3,"#;
    let run = project.run(&["prove", "--message-format", "json"]);
    assert!(run.stdout.starts_with(line), "{}", run.stdout);
}

#[test]
fn commands_for_github_hold_one_line_each() {
    let project = Project::new(QUERIES);
    let run = project.run(&["prove", "--message-format", "github"]);
    assert_eq!(run.status, 1);
    assert_eq!(
        run.stdout,
        "::error file=queries/content.sql,line=8,col=18,endLine=8,endColumn=23,title=unknown-column::\
         column \"titel\" does not exist%0Ahelp: Perhaps you meant to reference the column \"content.title\".\n"
    );
    // Text of the input cannot start another workflow command.
    project.put("queries/content.sql", "--! a\nselect '50%\n::warning::x\r'::int as a;\n");
    let run = project.run(&["prove", "--message-format", "github"]);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("50%25%0A::warning::x%0D"), "{}", run.stdout);
    project.put("queries/content.sql", QUERY);
    project.run(&["generate"]).ok();
    project.put("catalog/src/a,b\n::error::c.rs", "");
    let run = project.run(&["check", "--message-format", "github"]);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert!(
        run.stdout.starts_with("::error file=catalog/src/a%2Cb%0A%3A%3Aerror%3A%3Ac.rs,"),
        "{}",
        run.stdout
    );
}

#[test]
fn nothing_steers_the_terminal() {
    // `Run::of` checks that the output contains no control characters.
    let evil = "\u{1b}[2J\u{9b}31m\u{7}\u{8}\u{7f}";
    let project = Project::new(format!(
        "--! get\n--- {evil}\nselect '{evil}' as \"a{evil}\", title as \"b\nc\" from content -- {evil}\nwhere id = :id;\n\
         --! bad\nselect '{evil}'::int as a, \"{evil}\" from content;\n"
    ));
    project.put(&format!("queries/{evil}.sql"), "--! a\nselect 1 as a;\n");
    project.run(&["prove"]).refused(&["queries/content.sql:7:8", "is not a valid Rust module name"]);
    project.run(&["describe"]).refused(&["queries/content.sql:7:8"]);
    let run = project.run(&["describe", "content::get"]).ok();
    assert_eq!(run.stdout.matches(" -> ").count(), 3, "{}", run.stdout);
    project.run(&["prove", "--message-format", "github"]);
    project.run(&["prove", "--queries", evil]).broken(&["cannot read the queries"]);
    let project = Project::generated();
    project.put(&format!("catalog/{evil}.rs"), "");
    project.run(&["check"]).refused(&["sqlward did not write it"]);
    project.run(&["generate"]).broken(&["did not write"]);
    Run::of(project.command(&["prove"]).env("SQLWARD_DATABASE_URL", format!("postgres://u@{evil}/d")))
        .broken(&["cannot connect"]);
}
