//! Pools with more tasks than connections, and with many conflicts.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use sqlward::types::Type;
use sqlward::{Attempts, Error, ErrorKind, Executor, Query, TransactionOptions, retry};
use tokio::sync::Notify;

use super::{SCHEMA, SLEEP, all, assert_at_rest, insert, poll_times, seen};
use crate::support::Fixture;

#[tokio::test]
async fn an_exhausted_pool_refuses_and_comes_back() {
    let settings =
        |builder: sqlward::Builder| builder.max_connections(2).acquire_timeout(Duration::from_millis(50));
    let fixture = Fixture::with(SCHEMA, settings).await;
    let (db, outside) = (&fixture.db, fixture.client().await);
    let (begun, release) = (Notify::new(), Notify::new());
    let hold = |n| {
        let (begun, release) = (&begun, &release);
        async move {
            db.transaction(async |tx| {
                insert(tx, n).await?;
                begun.notify_one();
                release.notified().await;
                Ok::<_, Error>(())
            })
            .await
        }
    };
    let crowd = async {
        begun.notified().await;
        begun.notified().await;
        for error in join_all((0..20).map(|_| insert(db, 9))).await {
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
        }
        // Some waiting calls are dropped.
        for _ in 0..20 {
            assert!(poll_times(insert(db, 9), 1).await.is_none());
        }
        release.notify_waiters();
    };
    let (one, two, ()) = tokio::join!(hold(1), hold(2), crowd);
    one.and(two).unwrap();
    // All connections can be used again.
    for result in join_all((3..7).map(|n| insert(db, n))).await {
        result.unwrap();
    }
    assert_eq!(all(db).await.unwrap(), [1, 2, 3, 4, 5, 6]);
    assert_at_rest(&outside, 2).await;
}

/// Waiting calls get what the previous ones leave: a broken connection, a free slot of a dropped call, a good connection.
#[tokio::test]
async fn whoever_waits_is_served_whatever_the_one_before_leaves() {
    static KILL: Query = Query::new(
        "t::kill",
        "select pg_terminate_backend(pg_backend_pid())",
        &[],
        &[("pg_terminate_backend", "bool")],
    );
    let fixture = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let (db, outside) = (&fixture.db, fixture.client().await);
    let begun = Notify::new();
    let first = db.transaction(async |tx| {
        begun.notify_one();
        while db.metrics().waiting < 4 {
            tokio::task::yield_now().await;
        }
        tx.fetch_one::<(bool,)>(&KILL, &[]).await
    });
    let others = async {
        begun.notified().await;
        let leaves = tokio::time::timeout(Duration::from_millis(500), db.fetch_one::<()>(&SLEEP, &[&60.0]));
        tokio::join!(insert(db, 1), leaves, insert(db, 2), insert(db, 3))
    };
    let (first, (one, left, two, three)) = tokio::join!(first, others);
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Connection);
    assert!(left.is_err(), "nobody sleeps that fast");
    for done in [one, two, three] {
        done.unwrap();
    }
    assert_eq!(seen(&outside).await, [1, 2, 3]);
    let metrics = db.metrics();
    assert_eq!((metrics.size, metrics.waiting), (1, 0));
    assert_at_rest(&outside, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_conflicts_ends_with_every_effect_once() {
    static READ: Query = Query::new("t::read", "select sum(n) as n from t", &[], &[("n", "int8")]);
    static ADD: Query = Query::new("t::add", "insert into t values (1 + 0 * $1)", &[Type::INT8], &[]);
    let fixture =
        Fixture::with(&format!("{SCHEMA}; insert into t values (0)"), |builder| builder.max_connections(8))
            .await;
    let attempts = AtomicU32::new(0);
    let client = async || {
        for _ in 0..5 {
            let options = TransactionOptions::new().serializable();
            let work = || {
                fixture.db.transaction_with(options, async |tx| {
                    attempts.fetch_add(1, Ordering::Relaxed);
                    let (sum,) = tx.fetch_one::<(i64,)>(&READ, &[]).await?;
                    tx.fetch_one::<()>(&SLEEP, &[&0.002]).await?;
                    tx.execute(&ADD, &[&sum]).await
                })
            };
            retry(Attempts::new(10_000).within(Duration::from_secs(300)), work).await.unwrap();
        }
    };
    join_all((0..8).map(|_| client())).await;
    assert_eq!(fixture.db.fetch_one::<(i64,)>(&READ, &[]).await.unwrap(), (40,));
    assert!(attempts.into_inner() > 40, "there was no storm");
    let outside = fixture.client().await;
    assert_eq!(seen(&outside).await.len(), 41);
    assert_at_rest(&outside, 8).await;
}
