//! A load test: 64 clients on a pool of 16 connections read, write and run transactions for a minute. It prints a table
//! of calls and times. It starts a PostgreSQL server of its own.
//!
//! ```console
//! $ cargo run --release --example load -- 60
//! ```
//!
//! `cargo test` runs it for a few seconds. It fails on any error, if the rows do not add up, if a connection leaks, or
//! if memory keeps growing.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use codex_catalog::content::{self, CreateContent, ListCreatorContent};
use codex_catalog::identity::{self, CreateUser};
use codex_catalog::{ContentId, ContentVisibility, CreatorScope, UserId};
use sqlward::{Attempts, Database, Page, Result, ServiceKey, Transaction, TransactionOptions, retry};
use sqlward_server::Server;
use tokio_postgres::{Config, NoTls};

const CLIENTS: usize = 64;
const CONNECTIONS: usize = 16;

fn main() -> ExitCode {
    // Arguments that are no number are ignored, because the test runner passes its own.
    let seconds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(4);
    if std::env::args().any(|argument| argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Runtime::new().expect("threads to run on");
    match runtime.block_on(run(Duration::from_secs(seconds))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

/// The totals so far.
#[derive(Default)]
struct Counts {
    reads: Kind,
    writes: Kind,
    transactions: Kind,
    attempts: AtomicU64,
}

/// The calls of one kind.
#[derive(Default)]
struct Kind {
    done: AtomicU64,
    /// The sum of the times of completed calls.
    micros: AtomicU64,
    slowest: AtomicU64,
}

impl Kind {
    async fn time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let since = Instant::now();
        let value = work.await?;
        let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.done.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        self.slowest.fetch_max(micros, Ordering::Relaxed);
        Ok(value)
    }
}

async fn run(time: Duration) -> Result<(), String> {
    let server = Server::builder().start().map_err(|error| error.to_string())?;
    let config: Config = server.url().parse().map_err(|error| format!("{error}"))?;
    let (outside, connection) = config.connect(NoTls).await.map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    outside.batch_execute(include_str!("../schema.sql")).await.map_err(|error| error.to_string())?;
    let (db, key) = Database::builder(config).max_connections(CONNECTIONS).open();

    let (counts, stop) = (Arc::new(Counts::default()), Arc::new(AtomicBool::new(false)));
    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        let client = Client::new(&db, &key, number).await.map_err(|error| error.to_string())?;
        clients.push(tokio::spawn(client.run(db.clone(), counts.clone(), stop.clone())));
    }
    // Warms up the caches before memory is measured.
    tokio::time::sleep(time / 4).await;
    let (warm, mut samples) = (resident(), Vec::new());
    let warmed = Instant::now();
    while warmed.elapsed() < time - time / 4 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        samples.push(resident());
    }
    stop.store(true, Ordering::Relaxed);
    let (mut errors, mut made) = (Vec::new(), 0);
    for client in clients {
        match client.await.map_err(|error| error.to_string())? {
            Ok(pieces) => made += pieces,
            Err(error) => errors.push(error.to_string()),
        }
    }

    let rows = "select count(*) from content";
    let kept: i64 = outside.query_one(rows, &[]).await.map_err(|error| error.to_string())?.get(0);
    let sessions = "select count(*), count(*) filter (where xact_start is not null) from pg_stat_activity
                    where backend_type = 'client backend' and pid <> pg_backend_pid()";
    let sessions = outside.query_one(sessions, &[]).await.map_err(|error| error.to_string())?;
    let (open, in_transaction): (i64, i64) = (sessions.get(0), sessions.get(1));
    // Waits until all connections are back in the pool.
    db.close().await;

    print(&counts, time);
    let peak = samples.iter().copied().max().unwrap_or(warm);
    let last = samples.last().copied().unwrap_or(warm);
    println!(
        "memory        {} MB when warm, {} MB at most, {} MB at the end",
        warm >> 20,
        peak >> 20,
        last >> 20
    );
    println!("connections   {open} of {CONNECTIONS}, {in_transaction} in a transaction");
    println!("rows          {kept} of {made}");
    println!("errors        {}", errors.len());

    let wrong = [
        (!errors.is_empty()).then(|| format!("unexpected errors: {errors:?}")),
        (kept != made).then(|| format!("{made} rows were acknowledged, {kept} are there")),
        (open > CONNECTIONS as i64 || in_transaction > 0).then(|| "a connection leaks".to_owned()),
        (last > warm + (32 << 20)).then(|| "memory keeps growing".to_owned()),
        (counts.transactions.done.load(Ordering::Relaxed) == 0).then(|| "nothing was done".to_owned()),
    ];
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// A client that acts as a creator.
struct Client {
    scope: CreatorScope,
    number: usize,
}

impl Client {
    async fn new(db: &Database, key: &ServiceKey, number: usize) -> Result<Client> {
        let id = UserId::from(format!("creator-{number}"));
        let email = format!("{number}@example.org");
        let user = CreateUser { id: &id, name: "Creator", email: &email, image: None };
        identity::create_user(&key.over(db, "load"), &user).await?;
        Ok(Client { scope: CreatorScope::from_authenticated(id), number })
    }

    /// Runs until `stop` is set, and returns how many pieces it created.
    async fn run(self, db: Database, counts: Arc<Counts>, stop: Arc<AtomicBool>) -> Result<i64> {
        let mut made = 0;
        let mut ids: Vec<ContentId> = Vec::new();
        let mut round = self.number;
        while !stop.load(Ordering::Relaxed) {
            round += 1;
            match round % 8 {
                0 => {
                    ids.extend(counts.transactions.time(self.publish(&db, &counts, made)).await?);
                    made += 1;
                }
                1 => {
                    let id =
                        counts.writes.time(db.transaction(async |tx| self.create(tx, made).await)).await?;
                    ids.push(id);
                    made += 1;
                }
                2 | 3 => {
                    let page = Page::default();
                    counts
                        .reads
                        .time(content::list_creator_content(
                            &db,
                            &self.scope,
                            &ListCreatorContent::default(),
                            page,
                        ))
                        .await?;
                }
                _ => {
                    if let Some(id) = ids.get(round % ids.len().max(1)) {
                        counts.reads.time(content::get_content(&db, &self.scope, *id)).await?;
                    }
                }
            }
            // Keeps the lists that it reads at the same size.
            if ids.len() > 32 {
                ids.clear();
            }
        }
        Ok(made)
    }

    async fn create(&self, tx: &Transaction<'_>, number: i64) -> Result<ContentId> {
        let (title, slug) = ("A piece", format!("{}-{number}", self.number));
        let piece = CreateContent {
            title,
            slug: &slug,
            description: None,
            thumbnail_url: None,
            content_body: Some("It weaves algebraic patterns."),
            category: None,
            tags: None,
            visibility: ContentVisibility::Public,
            price_cents: None,
            organization_id: None,
            media_item_id: None,
        };
        let made = content::create_content(tx, &self.scope, &piece).await?;
        Ok(made.expect("without media and organization nothing is out of reach").id)
    }

    /// Creates, publishes and reads a piece in one transaction, with a savepoint that is rolled back.
    async fn publish(&self, db: &Database, counts: &Counts, number: i64) -> Result<Option<ContentId>> {
        let work = || {
            db.transaction_with(TransactionOptions::new().repeatable_read(), async |tx| {
                counts.attempts.fetch_add(1, Ordering::Relaxed);
                let id = self.create(tx, number).await?;
                let taken = tx.transaction(async |tx| self.create(tx, number).await).await;
                assert!(taken.is_err(), "the slug is taken");
                content::publish_content(tx, &self.scope, id).await?;
                Ok(content::get_content(tx, &self.scope, id).await?.map(|piece| piece.id))
            })
        };
        retry(Attempts::new(100).within(Duration::from_secs(60)), work).await
    }
}

fn print(counts: &Counts, time: Duration) {
    println!("{CLIENTS} clients, {CONNECTIONS} connections, {} s", time.as_secs());
    println!("{:12}  {:>10}  {:>9}  {:>10}  {:>10}", "", "calls", "a second", "mean ms", "slowest ms");
    let kinds =
        [("reads", &counts.reads), ("writes", &counts.writes), ("transactions", &counts.transactions)];
    for (name, kind) in kinds {
        let [done, micros, slowest] =
            [&kind.done, &kind.micros, &kind.slowest].map(|count| count.load(Ordering::Relaxed) as f64);
        let (rate, mean) = (done / time.as_secs_f64(), micros / done.max(1.0) / 1000.0);
        println!("{name:12}  {done:>10}  {rate:>9.0}  {mean:>10.2}  {:>10.1}", slowest / 1000.0);
    }
    let again = counts.attempts.load(Ordering::Relaxed) - counts.transactions.done.load(Ordering::Relaxed);
    println!("run again     {again}");
}

/// The resident memory of this process, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4096
}
