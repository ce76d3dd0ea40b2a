//! Two sessions at once: what a statement does whose row changes while it waits for that row.
//!
//! Each file in `races/cases` is a race on a database with the rows of `rows.sql`. One session begins a transaction and does
//! what `-- first:` says. Then another executes the query with the values of `-- with:`, and waits for the first one, which
//! commits. The result has to be that of `-- gives:`: its rows, the number of rows that it wrote, or the SQLSTATE of an error.
//! `-- verdict: rejected` is for queries that are rejected because of what they do here. `-- level:` is an isolation level other
//! than READ COMMITTED, and `-- then:` a query for what is left in the end, which is `-- left:`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlward::testing::{self, TestDatabase};
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::Verdict;
use sqlward_codegen::{Options, compile};
use tokio_postgres::{Client, Error, SimpleQueryMessage};

/// A case: its labels, and the query with its verdict.
struct Case {
    labels: BTreeMap<String, String>,
    query: String,
    params: Vec<String>,
    is_proven: bool,
}

impl Case {
    fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generated/races")
}

/// The cases by name.
fn cases() -> BTreeMap<String, Case> {
    let config = folder().join("sqlward.toml");
    let project = ProjectOptions { config, ..ProjectOptions::default() };
    let compilation = compile(&Options { project, ..Options::default() }, &|_| {}).unwrap();
    let case = |query: &sqlward_codegen::prove::Judged| {
        let decl = query.decl();
        let name = decl.name.value.clone();
        let text = std::fs::read_to_string(folder().join(format!("cases/{name}.sql"))).unwrap();
        let labels = text.lines().filter_map(|line| line.strip_prefix("-- ")?.split_once(": "));
        let case = Case {
            labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            query: decl.sql.text.clone(),
            params: decl.sql.params.iter().map(|param| param.name.clone()).collect(),
            is_proven: query.verdict() == Verdict::Proven,
        };
        (name, case)
    };
    let found: BTreeMap<String, Case> = compilation.queries().into_iter().map(case).collect();
    let files = std::fs::read_dir(folder().join("cases")).unwrap().count();
    let unreadable: Vec<_> = compilation.diagnostics.into_sorted();
    assert_eq!(found.len(), files, "each file has one query, with the file's name: {unreadable:#?}");
    found
}

#[test]
fn statements_that_wait_do_what_is_documented() {
    let cases = cases();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        let is_proven = case.label("verdict") != Some("rejected");
        if case.is_proven != is_proven {
            wrong.push(format!("{name}: proven is {}", case.is_proven));
        }
        println!("{name}");
        let (gives, left) = runtime.block_on(race(case));
        if gives != case.label("gives").unwrap_or_default() {
            wrong.push(format!("{name} gives: {gives}"));
        }
        if left.as_deref() != case.label("left") {
            wrong.push(format!("{name}, left: {left:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!("{} races", cases.len());
}

/// What the query gives, and what is left in the end.
async fn race(case: &Case) -> (String, Option<String>) {
    let rows = folder().join("rows.sql");
    let test = testing::database(folder().join("schema.sql").as_path()).with(rows.as_path()).await.unwrap();
    let (first, second) = (test.client().await.unwrap(), test.client().await.unwrap());
    let level = case.label("level").unwrap_or("read committed");
    let prepare = format!(
        "set default_transaction_isolation = '{level}'; set session characteristics as transaction isolation level {level}"
    );
    second.batch_execute(&prepare).await.unwrap();
    second.batch_execute(&format!("prepare query as {}", case.query)).await.unwrap();
    let pid: i32 = second.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);

    first.batch_execute(&format!("begin; {}", case.label("first").expect("there is a race"))).await.unwrap();
    let query = execute(case);
    let waiting = tokio::spawn(async move { answer(second.simple_query(&query).await) });
    await_lock(&test, pid).await;
    first.batch_execute("commit").await.unwrap();
    let gives = waiting.await.unwrap();
    let left = match case.label("then") {
        Some(then) => Some(answer(first.simple_query(then).await)),
        None => None,
    };
    (gives, left)
}

/// EXECUTE with the case's values.
fn execute(case: &Case) -> String {
    let with = case.label("with").unwrap_or_default();
    let values: BTreeMap<&str, &str> = with.split(", ").filter_map(|value| value.split_once(" = ")).collect();
    let list: Vec<&str> = case.params.iter().map(|name| values[name.as_str()]).collect();
    if list.is_empty() { "execute query".to_owned() } else { format!("execute query ({})", list.join(", ")) }
}

/// Waits until a session waits for a lock.
async fn await_lock(test: &TestDatabase, pid: i32) {
    let watch: Client = test.client().await.unwrap();
    for _ in 0..5000 {
        let waits = "select exists (select from pg_locks where pid = $1 and not granted)";
        if watch.query_one(waits, &[&pid]).await.unwrap().get(0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    panic!("the query does not wait");
}

/// The rows of an answer, or the number of rows that were written.
fn answer(answer: Result<Vec<SimpleQueryMessage>, Error>) -> String {
    let messages = match answer {
        Ok(messages) => messages,
        Err(error) => return format!("error {}", error.code().map_or("", |code| code.code())),
    };
    let (mut rows, mut has_columns, mut written) = (Vec::new(), false, 0);
    for message in &messages {
        match message {
            SimpleQueryMessage::RowDescription(_) => has_columns = true,
            SimpleQueryMessage::Row(row) => {
                let values = (0..row.len()).map(|column| row.get(column).unwrap_or("null"));
                rows.push(values.collect::<Vec<_>>().join("|"));
            }
            SimpleQueryMessage::CommandComplete(count) => written = *count,
            _ => {}
        }
    }
    match (has_columns, rows.as_slice()) {
        (false, _) => format!("{written} written"),
        (true, []) => "nothing".to_owned(),
        (true, rows) => rows.join(", "),
    }
}
