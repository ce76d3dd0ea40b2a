//! What a call costs must not grow unnoticed: round trips, allocations and instructions of each kind of call, compared
//! with `tests/speed/calls.txt`. Nothing of it depends on how fast the machine is.
//!
//! `SPEED=overwrite cargo test -p sqlward --test speed` writes the file. The instructions are those of this profile, as
//! valgrind counts them; where there is none, they are left out. `benches/calls` compares with other ways to call.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

use calls_catalog::calls::{self, AddEventsItem};
use calls_catalog::{ArticleId, ArticleStatus, OwnerScope};
use sqlward::Database;
use sqlward_counts::{Allocations, Cost, allocated, cost, has_valgrind};
use sqlward_server::Server;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[global_allocator]
static ALLOCATIONS: Allocations = Allocations;

/// Says where a process works that is counted.
const WORK: &str = "SQLWARD_SPEED_WORK";

const EXPECTED: &str = "tests/speed/calls.txt";

/// How much more or less of a count is no news.
const BAND: f64 = 0.05;

/// What is called, and how often at once.
const CALLS: [(&str, usize); 8] = [
    ("get", 20),
    ("list", 5),
    ("insert", 20),
    ("update", 20),
    ("transaction", 10),
    ("savepoint", 10),
    ("nested", 5),
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
    let found = counts()?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXPECTED);
    if env::var_os("SPEED").is_some_and(|value| value == "overwrite") {
        return Ok(fs::write(path, text(&found))?);
    }
    let expected = fs::read_to_string(path)?;
    if !has_valgrind() {
        println!("instructions are not compared, since there is no valgrind");
    }
    let mut differences = Vec::new();
    for (name, cost) in &found {
        let line = expected.lines().find_map(|line| line.strip_prefix(name));
        let Some([round_trips, allocations, instructions]) = line.and_then(numbers) else {
            return Err(format!("{EXPECTED} has no counts of `{name}`").into());
        };
        let mut compare = |what, expected: f64, found: f64, band: f64| {
            if (found - expected).abs() > band {
                differences.push(format!("{name}: {found:.1} {what} instead of {expected}"));
            }
        };
        compare("round trips", round_trips, cost.round_trips, 0.1);
        compare("allocations", allocations, cost.allocations, 0.5 + allocations * BAND / 5.0);
        if let Some(found) = cost.instructions {
            compare("instructions", instructions, found, instructions * BAND);
        }
    }
    if differences.is_empty() {
        return Ok(println!("{} kinds of calls cost what they did", found.len()));
    }
    let help = "if that is meant, run `SPEED=overwrite cargo test -p sqlward --test speed` and commit";
    Err(format!("{}\n{}\n{help}", differences.join("\n"), text(&found)).into())
}

fn counts() -> Outcome<Vec<(&'static str, Cost)>> {
    let server = Server::builder().in_memory().start()?;
    on(&server.url(), async |url| {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
        tokio::spawn(connection);
        client.batch_execute(include_str!("../catalogs/calls/schema.sql")).await?;
        Ok(client.batch_execute(include_str!("../catalogs/calls/rows.sql")).await?)
    })?;
    let program = env::current_exe()?;
    let socket = server.folder().join(format!(".s.PGSQL.{}", server.port()));
    let each = CALLS.into_iter().map(|(name, repetitions)| {
        let cost = cost(&socket, repetitions, |url, repetitions| {
            let mut command = Command::new(&program);
            command.env(WORK, url).args([name, &repetitions.to_string()]);
            command
        })?;
        Ok((name, cost))
    });
    each.collect()
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

/// Makes the calls, first some that open the connection and prepare the statements.
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
    Ok(println!("{}", allocated()))
}

async fn call(name: &str, db: &Database, scope: &OwnerScope) -> sqlward::Result<()> {
    let (id, published) = (ArticleId(uuid::Uuid::from_u128(1)), ArticleStatus::Published);
    match name {
        "get" => _ = calls::get_article(db, scope, id).await?,
        "list" => _ = calls::list_articles(db, scope, published).await?,
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
        "nested" => _ = calls::list_discussed(db, scope, published).await?,
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
