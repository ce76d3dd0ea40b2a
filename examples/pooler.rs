//! Compares calls with prepared statements, without them, and through PgBouncer in transaction mode, which supports
//! prepared statements since 1.21. For each it prints the number of round trips and the time relative to prepared
//! statements. It starts servers of its own.
//!
//! ```console
//! $ SQLWARD_TEST_PGBOUNCER=$(.ci/pgbouncer target/pgbouncer) cargo run --release --example pooler
//! ```
//!
//! Each time is the smallest mean of many rounds, in which the ways alternate. The figures in `docs/scale.md` come from
//! it.

#[path = "../tests/support/pooler.rs"]
mod pooler;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use codex_catalog::content::{self, ListCreatorContent};
use codex_catalog::identity;
use codex_catalog::{ContentId, CreatorScope, UserScope};
use sqlward::{Database, Page, StatementMode, testing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The number of rounds, and how many calls of each kind a round makes in each way.
const ROUNDS: usize = 30;
const CALLS: u32 = 100;

const ROWS: &str = "
    insert into users (id, name, email) values ('u', 'A creator', 'u@example.org');
    insert into content (creator_id, title, slug, content_type, status, visibility)
        select 'u', 'piece ' || n, 'piece-' || n, 'written', 'published', 'public' from generate_series(1, 100) n;
    analyze;
";

#[derive(Clone, Copy)]
enum Work {
    GetByKey,
    GetWithJoins,
    PageOf100,
    Update,
    TransactionOfThree,
}

const ALL: [(Work, &str); 5] = [
    (Work::GetByKey, "get by key"),
    (Work::GetWithJoins, "get with three joins"),
    (Work::PageOf100, "page of 100 rows and its total"),
    (Work::Update, "update by key"),
    (Work::TransactionOfThree, "transaction of three statements"),
];

/// The arguments of the calls.
struct Caller {
    creator: CreatorScope,
    user: UserScope,
    content: ContentId,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let test = testing::database(Path::new("schema.sql")).with(ROWS).await?;
    let id = test.client().await?.query_one("select id from content limit 1", &[]).await?.get(0);
    let user = UserScope::from_authenticated("u".into());
    let caller =
        Caller { creator: CreatorScope::from_authenticated("u".into()), user, content: ContentId(id) };
    let direct = test.config();
    let through = pooler::through_pooler(direct, pooler::Statements::Lost);
    let through = through.ok_or("say where PgBouncer is: SQLWARD_TEST_PGBOUNCER")?;
    let keeping = pooler::through_pooler(direct, pooler::Statements::Kept);
    let mut ways = vec![
        ("prepared", direct, StatementMode::Prepared),
        ("unnamed", direct, StatementMode::Unnamed),
        ("PgBouncer, unnamed", &through, StatementMode::Unnamed),
    ];
    ways.extend(
        keeping.as_ref().map(|keeping| ("PgBouncer, prepared", keeping, StatementMode::PreparedByPooler)),
    );
    let mut trips = Vec::new();
    let mut opened = Vec::new();
    for (_, config, mode) in ways.iter().copied() {
        let counter = Counter::before(config).await?;
        trips.push(counter.of_all(&caller, mode).await?);
        opened.push(Database::builder(config.clone()).statements(mode).max_connections(1).open().0);
    }
    println!("{:32} {}", "", ways.iter().map(|(name, ..)| format!("{name:>26}")).collect::<String>());
    for (index, (work, name)) in ALL.into_iter().enumerate() {
        let mut least = [Duration::MAX; 4];
        for _ in 0..ROUNDS {
            for (db, least) in opened.iter().zip(&mut least) {
                let since = Instant::now();
                for _ in 0..CALLS {
                    caller.call(db, work).await?;
                }
                *least = (*least).min(since.elapsed() / CALLS);
            }
        }
        let told = trips.iter().zip(least).map(|(trips, time)| {
            let times = time.as_secs_f64() / least[0].as_secs_f64();
            format!(
                "{:>9} {:>7.0} us {times:>5.2}x",
                format!("{} trips", trips[index]),
                time.as_secs_f64() * 1e6
            )
        });
        println!("{name:32} {}", told.collect::<String>());
    }
    Ok(())
}

impl Caller {
    async fn call(&self, db: &Database, work: Work) -> Result<(), Failure> {
        match work {
            Work::GetByKey => drop(identity::get_profile(db, &self.user).await?.ok_or("no user")?),
            Work::GetWithJoins => {
                drop(content::get_content(db, &self.creator, self.content).await?.ok_or("no content")?);
            }
            Work::PageOf100 => {
                let all = ListCreatorContent::default();
                let page = content::list_creator_content(db, &self.creator, &all, Page::new(1, 100)?).await?;
                assert_eq!(page.items.len(), 100);
            }
            Work::Update => {
                identity::update_profile(db, &self.user, Some("A creator"), None).await?;
            }
            Work::TransactionOfThree => {
                db.transaction(async |tx| {
                    identity::get_profile(tx, &self.user).await?;
                    identity::update_profile(tx, &self.user, Some("A creator"), None).await?;
                    content::get_content(tx, &self.creator, self.content).await
                })
                .await?;
            }
        }
        Ok(())
    }
}

/// A proxy in front of a server that counts round trips: how often the client sends something after a response. It
/// delays each response a little, so that everything that the client sends without waiting has arrived by then.
struct Counter {
    trips: Arc<AtomicU64>,
    config: Config,
    _folder: tempfile::TempDir,
}

impl Counter {
    async fn before(server: &Config) -> Result<Counter, Failure> {
        let folder = tempfile::tempdir()?;
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432"))?;
        let Host::Unix(at) = &server.get_hosts()[0] else { return Err("the server has a socket".into()) };
        let port = server.get_ports().first().copied().unwrap_or(5432);
        let socket = at.join(format!(".s.PGSQL.{port}"));
        let trips = Arc::<AtomicU64>::default();
        let counter = trips.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = UnixStream::connect(&socket).await else { continue };
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let (waits, trips) = (Arc::new(AtomicBool::new(true)), counter.clone());
                let answered = waits.clone();
                tokio::spawn(pass_on(from_client, to_server, Duration::ZERO, move || {
                    trips.fetch_add(u64::from(waits.swap(false, Ordering::SeqCst)), Ordering::SeqCst);
                }));
                tokio::spawn(pass_on(from_server, to_client, Duration::from_millis(2), move || {
                    answered.store(true, Ordering::SeqCst);
                }));
            }
        });
        let mut config = Config::new();
        config.host_path(folder.path()).user("postgres").dbname(server.get_dbname().unwrap_or_default());
        Ok(Counter { trips, config, _folder: folder })
    }

    /// The number of round trips of each kind of call, not counting connecting and preparing.
    async fn of_all(&self, caller: &Caller, mode: StatementMode) -> Result<Vec<u64>, Failure> {
        let (db, _) = Database::builder(self.config.clone()).statements(mode).max_connections(1).open();
        let mut found = Vec::new();
        for (work, _) in ALL {
            caller.call(&db, work).await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            let before = self.trips.load(Ordering::SeqCst);
            caller.call(&db, work).await?;
            found.push(self.trips.load(Ordering::SeqCst) - before);
        }
        Ok(found)
    }
}

async fn pass_on(
    mut from: tokio::net::unix::OwnedReadHalf,
    mut to: tokio::net::unix::OwnedWriteHalf,
    pause: Duration,
    seen: impl Fn(),
) {
    let mut room = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut room).await {
        tokio::time::sleep(pause).await;
        seen();
        if to.write_all(&room[..count]).await.is_err() {
            break;
        }
    }
}
