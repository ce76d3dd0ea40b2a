//! Processes that share the server of `SQLWARD_TEST_URL`, and are killed or panic.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use sqlward::testing;
use sqlward_server::Server;
use tokio_postgres::NoTls;

/// The variable that says what [`child`] does once it has its database.
const THEN: &str = "SQLWARD_TEST_CHILD_THEN";

const SCHEMA: &str = "create table shared as select gen_random_uuid()::text as id";

/// Not a test: another process with a database, for the tests below.
#[tokio::test]
#[ignore = "run by other tests, in a process of its own"]
async fn child() {
    let Ok(then) = std::env::var(THEN) else { return };
    let test = testing::database(SCHEMA).await.unwrap();
    let client = test.client().await.unwrap();
    let id: String = client.query_one("select id from shared", &[]).await.unwrap().get(0);
    println!("\nmade {} {id} {}", test.config().get_dbname().unwrap(), test.url());
    match then.as_str() {
        "return" => {}
        "panic" => panic!("on purpose"),
        _ => std::thread::sleep(std::time::Duration::from_secs(60)),
    }
}

/// A process with a database.
struct Process {
    process: Child,
    output: BufReader<std::process::ChildStdout>,
    name: String,
    id: String,
    url: String,
}

impl Process {
    fn start(url: &str, then: &str, change: impl FnOnce(&mut Command)) -> Process {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "processes::child", "--ignored", "--nocapture"]);
        command.env("SQLWARD_TEST_URL", url).env(THEN, then).env_remove("SQLWARD_TEST_KEEP");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        change(&mut command);
        let mut process = command.spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Process { process, output, name: String::new(), id: String::new(), url: String::new() }
    }

    /// Waits until the process has its database.
    fn made(mut self) -> Process {
        let line = self.output.by_ref().lines().map_while(Result::ok).find(|line| line.starts_with("made "));
        let line = line.expect("the child has a database");
        let mut words = line.split(' ').skip(1).map(str::to_owned);
        (self.name, self.id, self.url) =
            (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        self
    }

    /// Waits for the end of the process. Returns the rest of its output.
    fn end(mut self) -> String {
        let mut words = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut words).unwrap();
        self.process.wait().unwrap();
        words
    }
}

/// A server like those that others run, with a database to connect to and one to copy.
fn server() -> (Server, String) {
    let server = Server::builder().start().unwrap();
    postgres(&server.url())
        .batch_execute("create database template0 template template1 is_template true")
        .unwrap();
    let url = server.url();
    (server, url)
}

fn postgres(url: &str) -> Session {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (client, connection) = runtime.block_on(tokio_postgres::connect(url, NoTls)).unwrap();
    runtime.spawn(connection);
    Session { runtime, client }
}

struct Session {
    runtime: tokio::runtime::Runtime,
    client: tokio_postgres::Client,
}

impl Session {
    fn batch_execute(&mut self, sql: &str) -> Result<(), tokio_postgres::Error> {
        self.runtime.block_on(self.client.batch_execute(sql))
    }

    fn databases(&self) -> BTreeSet<String> {
        let rows = self.runtime.block_on(self.client.query("select datname from pg_database", &[])).unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[test]
fn processes_at_once_share_one_template() {
    let (_server, url) = server();
    let started: Vec<_> = (0..4).map(|_| Process::start(&url, "wait", |_| {})).collect();
    let made: Vec<_> = started.into_iter().map(Process::made).collect();
    assert_eq!(made.iter().map(|process| &process.name).collect::<BTreeSet<_>>().len(), 4);
    assert_eq!(made.iter().map(|process| &process.id).collect::<BTreeSet<_>>().len(), 1);
    for mut process in made {
        process.process.kill().unwrap();
        process.end();
    }
}

#[test]
fn what_a_killed_process_leaves_the_next_one_drops() {
    let (_server, url) = server();
    let mut session = postgres(&url);
    // A database with a similar name that is not ours.
    session.batch_execute("create database sqlward_test_notes template template0").unwrap();
    let mut killed = Process::start(&url, "wait", |_| {}).made();
    let mut alive = Process::start(&url, "wait", |_| {}).made();
    killed.process.kill().unwrap();
    let name = killed.name.clone();
    killed.end();
    assert!(session.databases().contains(&name), "the check can fail: {name} {:?}", session.databases());
    // The server takes a moment to notice that the client is gone.
    let sessions =
        "select from pg_stat_activity where application_name = 'sqlward-testing ' || split_part($1, '_', 3)";
    while !session.runtime.block_on(session.client.query(sessions, &[&name])).unwrap().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let next = Process::start(&url, "return", |_| {}).made();
    let gone = next.name.clone();
    next.end();
    let left = session.databases();
    assert!(!left.contains(&name) && !left.contains(&gone), "{left:?}");
    assert!(left.contains(&alive.name) && left.contains("sqlward_test_notes"), "{left:?}");
    alive.process.kill().unwrap();
    alive.end();
}

#[test]
fn the_database_of_a_failed_test_is_kept_if_asked_for() {
    let (_server, url) = server();
    let session = postgres(&url);
    let failed = Process::start(&url, "panic", |_| {}).made();
    let name = failed.name.clone();
    failed.end();
    assert!(!session.databases().contains(&name));

    let failed = Process::start(&url, "panic", |command| {
        command.env("SQLWARD_TEST_KEEP", "1");
    });
    let words = failed.made().end();
    let kept =
        words.split_once("psql '").and_then(|(_, rest)| rest.split('\'').next()).expect("it says where");
    let rows = postgres(kept);
    assert!(rows.runtime.block_on(rows.client.query_one("select id from shared", &[])).is_ok());
    // Later processes do not remove it.
    Process::start(&url, "return", |_| {}).made().end();
    assert!(session.databases().iter().any(|name| kept.contains(name.as_str())));
}

#[test]
fn without_a_server_it_says_what_to_do() {
    let mut process = Process::start("", "return", |command| {
        command.env("SQLWARD_POSTGRES_BIN", "/nowhere");
    });
    let mut words = String::new();
    process.output.read_to_string(&mut words).unwrap();
    words.push_str(&process.end());
    assert!(words.contains("SQLWARD_POSTGRES_BIN names /nowhere"), "{words}");
    assert!(words.contains("or set SQLWARD_TEST_URL to a server"), "{words}");
}
