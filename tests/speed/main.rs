//! The cost of calls must not grow unnoticed. The test counts the round trips, allocations and instructions of each kind of
//! call, and compares them with `tests/speed/calls.txt`. Nothing depends on the speed of the machine.
//!
//! `SPEED=overwrite cargo test -p sqlward --test speed` writes the file. Instructions are counted by valgrind for the test
//! profile, and not at all without valgrind. `benches/calls` compares calls with those of other libraries.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

use calls_catalog::calls::{self, AddEventsItem};
use calls_catalog::records;
use calls_catalog::{ArticleId, ArticleStatus, OwnerScope};
use sqlward::Database;
use sqlward_counts::{Allocations, Cost, allocated, cost, has_valgrind};
use sqlward_server::Server;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[global_allocator]
static ALLOCATIONS: Allocations = Allocations;

/// The environment variable of a process that is counted: the URL of its database.
const WORK: &str = "SQLWARD_SPEED_WORK";

const EXPECTED: &str = "tests/speed/calls.txt";

/// The relative change of the number of instructions that is ignored.
const BAND: f64 = 0.1;

/// The kinds of calls, each with the number of calls that are counted together.
const CALLS: [(&str, usize); 9] = [
    ("get", 20),
    ("list", 5),
    ("insert", 20),
    ("update", 20),
    ("transaction", 10),
    ("savepoint", 10),
    ("nested", 5),
    ("nested_json", 5),
    ("bulk", 5),
];

fn main() -> ExitCode {
    let outcome = match env::var(WORK) {
        Ok(url) => work(&url),
        Err(_) => compare(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Outcome<()> {
    let server = start()?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXPECTED);
    if env::var_os("SPEED").is_some_and(|value| value == "overwrite") {
        let found = CALLS.into_iter().map(|(name, calls)| Ok((name, count(&server, name, calls)?)));
        return Ok(fs::write(path, text(&found.collect::<Outcome<Vec<_>>>()?))?);
    }
    let expected = fs::read_to_string(path)?;
    if !has_valgrind() {
        println!("instructions are not compared, since there is no valgrind");
    }
    let mut differences = Vec::new();
    for (name, calls) in CALLS {
        let line = expected.lines().find_map(|line| line.strip_prefix(name));
        let expected =
            line.and_then(numbers).ok_or_else(|| format!("{EXPECTED} has no counts of `{name}`"))?;
        let mut found = difference(expected, &count(&server, name, calls)?);
        if found.is_some() {
            // The number of times that a waiting process is woken varies with the load of the machine.
            found = difference(expected, &count(&server, name, calls * 2)?);
        }
        differences.extend(found.map(|found| format!("{name}: {found}")));
    }
    if differences.is_empty() {
        println!("{} kinds of calls cost what they did", CALLS.len());
        return Ok(());
    }
    let help = "if that is meant, run `SPEED=overwrite cargo test -p sqlward --test speed` and commit";
    Err(format!("{}\n{help}", differences.join("\n")).into())
}

/// The line for the cost of a call, if it differs from the expected one.
fn difference([round_trips, allocations, instructions]: [f64; 3], found: &Cost) -> Option<String> {
    let is_expected = (found.round_trips - round_trips).abs() < 0.2
        && (found.allocations - allocations).abs() < 0.6_f64.max(allocations / 100.0)
        && found.instructions.is_none_or(|found| (found - instructions).abs() <= instructions * BAND);
    let Cost { round_trips, allocations, instructions } = found;
    let instructions = instructions.unwrap_or_default();
    let told = || {
        format!("{round_trips:.1} round trips, {allocations:.1} allocations, {instructions:.0} instructions")
    };
    (!is_expected).then(told)
}

fn start() -> Outcome<Server> {
    let server = Server::builder().in_memory().start()?;
    on(&server.url(), async |url| {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute(include_str!("../catalogs/calls/schema.sql")).await?;
        Ok(client.batch_execute(include_str!("../catalogs/calls/rows.sql")).await?)
    })?;
    Ok(server)
}

fn count(server: &Server, name: &str, calls: usize) -> Outcome<Cost> {
    let program = env::current_exe()?;
    let socket = server.folder().join(format!(".s.PGSQL.{}", server.port()));
    Ok(cost(&socket, calls, |url, calls| {
        let mut command = Command::new(&program);
        command.env(WORK, url).args([name, &calls.to_string()]);
        command
    })?)
}

fn text(found: &[(&str, Cost)]) -> String {
    let mut text = "#              round trips  allocations  instructions\n".to_owned();
    for (name, Cost { round_trips, allocations, instructions }) in found {
        let instructions = instructions.unwrap_or_default();
        let _ = writeln!(text, "{name:<15}{round_trips:>11.0}{allocations:>13.0}{instructions:>14.0}");
    }
    text
}

fn numbers(line: &str) -> Option<[f64; 3]> {
    let numbers: Vec<f64> = line.split_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
    numbers.try_into().ok()
}

/// The work of a counted process: first some calls that open the connection and prepare the statements, then those to count.
fn work(url: &str) -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, repetitions] = &*arguments else { return Err("two arguments".into()) };
    let repetitions: usize = repetitions.parse()?;
    on(url, async |url| {
        let (db, _) = sqlward::Builder::from_url(url)?.max_connections(1).open();
        let scope = OwnerScope::from_authenticated("owner-1".into());
        for _ in 0..repetitions + 2 {
            call(name, &db, &scope).await?;
        }
        Ok(())
    })?;
    println!("{}", allocated());
    Ok(())
}

async fn call(name: &str, db: &Database, scope: &OwnerScope) -> sqlward::Result<()> {
    let (id, published) = (ArticleId(uuid::Uuid::from_u128(1)), ArticleStatus::Published);
    match name {
        "get" => _ = calls::get_article(db, scope, id).await?,
        "list" => _ = calls::list_articles(db, scope, published, 100).await?,
        "insert" => _ = calls::add_event(db, scope, "viewed", Some("by somebody"), 1).await?,
        "update" => _ = calls::rename_article(db, scope, "A title", id).await?,
        "transaction" => {
            let work = db.transaction(async |tx| {
                calls::get_article(tx, scope, id).await?;
                calls::rename_article(tx, scope, "A title", id).await?;
                calls::add_event(tx, scope, "viewed", Some("by somebody"), 1).await
            });
            work.await?;
        }
        "savepoint" => {
            let work = db.transaction(async |tx| {
                tx.transaction(async |tx| calls::rename_article(tx, scope, "A title", id).await).await
            });
            work.await?;
        }
        "nested" => _ = records::list_discussed(db, scope, published, 20).await?,
        "nested_json" => _ = calls::list_discussed_as_json(db, scope, published, 20).await?,
        "bulk" => {
            let item = |amount| AddEventsItem { kind: "viewed", detail: Some("by somebody"), amount };
            let items: Vec<_> = (0..1000).map(item).collect();
            calls::add_events(db, scope, &items).await?;
        }
        other => panic!("{other} is not called here"),
    }
    Ok(())
}

fn on<T>(url: &str, work: impl AsyncFnOnce(&str) -> Outcome<T>) -> Outcome<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work(url))
}
