//! A server that is stopped, killed and restarted while many clients use it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sqlward::types::Type;
use sqlward::{Attempts, Database, Error, ErrorKind, Executor, Query, retry};
use sqlward_server::{Server, Stop};
use tokio_postgres::{Client, Config, NoTls};

use super::assert_at_rest;

const CLIENTS: i32 = 8;
const CONNECTIONS: usize = 4;

/// The entries have no unique key, so that one that is made twice shows.
const SCHEMA: &str = "
    create table entries (client int not null, number int not null);
    create table accounts (id int primary key, balance int not null);
    insert into accounts select n, 0 from generate_series(0, 3) n";

static ENTER: Query =
    Query::new("entries::enter", "insert into entries values ($1, $2)", &[Type::INT4, Type::INT4], &[]);
static MOVE: Query = Query::new(
    "accounts::move",
    "update accounts set balance = balance + $1 where id = $2",
    &[Type::INT4, Type::INT4],
    &[],
);

/// The outcomes of a client's entries, as it was told.
#[derive(Default)]
struct Told {
    done: Vec<i32>,
    undone: Vec<i32>,
    unknown: Vec<i32>,
}

async fn work(db: Database, client: i32, stop: Arc<AtomicBool>, progress: Arc<AtomicUsize>) -> Told {
    let mut told = Told::default();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let result = if number % 2 == 0 {
            db.execute(&ENTER, &[&client, &number]).await
        } else {
            transfer(&db, client, number).await
        };
        match result {
            Ok(_) => {
                told.done.push(number);
                progress.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Connection | ErrorKind::Timeout), "{error:?}");
                let list = if error.is_outcome_unknown() { &mut told.unknown } else { &mut told.undone };
                list.push(number);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }
    told
}

/// Adds an entry, and moves an amount from one account to another, in a transaction.
async fn transfer(db: &Database, client: i32, number: i32) -> Result<u64, Error> {
    let (from, to) = ((client + number) % 4, (client + number + 1) % 4);
    let attempt = || {
        db.transaction(async |tx| {
            tx.execute(&ENTER, &[&client, &number]).await?;
            tx.execute(&MOVE, &[&-1, &from]).await?;
            tx.transaction(async |tx| tx.execute(&MOVE, &[&1, &to]).await).await
        })
    };
    retry(Attempts::new(1000), attempt).await
}

/// A connection outside of the pool. Waits until the server accepts one.
async fn look(config: &Config) -> Client {
    for _ in 0..3000 {
        if let Ok((client, connection)) = config.connect(NoTls).await {
            tokio::spawn(connection);
            return client;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server does not come back");
}

/// Starts the server. It is tried repeatedly, since the shared memory of a killed one can be in use for a moment.
fn start(server: &mut Server) {
    for _ in 0..50 {
        match server.start() {
            Ok(()) => return,
            Err(error) => eprintln!("{error:?}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("the server does not start");
}

/// Waits until the clients have made this number of further entries.
async fn progress_of(progress: &AtomicUsize, entries: usize) {
    let goal = progress.load(Ordering::Relaxed) + entries;
    for _ in 0..6000 {
        if progress.load(Ordering::Relaxed) >= goal {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the clients do not get on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let mut server = Server::builder().start().unwrap();
    let config: Config = server.url().parse().unwrap();
    look(&config).await.batch_execute(SCHEMA).await.unwrap();
    let (db, _) = Database::builder(config.clone()).max_connections(CONNECTIONS).open();
    let (stop, progress) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| tokio::spawn(work(db.clone(), client, stop.clone(), progress.clone())))
        .collect();

    for how in [Stop::Kill, Stop::Fast, Stop::Kill, Stop::Immediate, Stop::Kill] {
        progress_of(&progress, 100).await;
        tokio::task::block_in_place(|| {
            server.stop(how).unwrap();
            start(&mut server);
        });
    }
    let outside = look(&config).await;
    for _ in 0..5 {
        progress_of(&progress, 50).await;
        let kill = "select pg_terminate_backend(pid) from pg_stat_activity
                    where backend_type = 'client backend' and pid <> pg_backend_pid()";
        outside.query(kill, &[]).await.unwrap();
    }
    progress_of(&progress, 100).await;
    stop.store(true, Ordering::Relaxed);

    let (mut done, mut broken) = (0, 0);
    for (client, told) in (0..).zip(futures_util::future::join_all(clients).await) {
        let told = told.unwrap();
        let made = outside
            .query("select number, count(*) from entries where client = $1 group by number", &[&client])
            .await
            .unwrap();
        let mut made: std::collections::BTreeMap<i32, i64> =
            made.iter().map(|row| (row.get(0), row.get(1))).collect();
        assert!(made.values().all(|count| *count == 1), "{client}: something was done twice: {made:?}");
        for number in &told.done {
            assert!(made.remove(number).is_some(), "{client}: {number} was acknowledged and is lost");
        }
        for number in &told.undone {
            assert!(made.remove(number).is_none(), "{client}: {number} was done, and said not to be");
        }
        made.retain(|number, _| !told.unknown.contains(number));
        assert!(made.is_empty(), "{client}: nobody knows of {made:?}");
        done += told.done.len();
        broken += told.undone.len() + told.unknown.len();
    }
    assert!(done >= 850 && broken > 0, "{done} {broken}");
    let row = outside.query_one("select sum(balance) from accounts", &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0, "half of a transfer was kept");
    assert_at_rest(&outside, CONNECTIONS as i64).await;
    // This would wait for ever if a connection had not returned to the pool.
    db.close().await;
    assert_at_rest(&outside, 0).await;
}
