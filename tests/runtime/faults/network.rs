//! Connections that break at any byte, are slow, or stop delivering.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlward::{Database, Error, ErrorKind, Executor, RowStream};
use tokio_postgres::Client;

use super::proxy::{Fault, Proxy};
use super::{ALL, SCHEMA, all, assert_at_rest, insert, seen};
use crate::support::Fixture;

/// A database whose only connection goes through a proxy that can fail, and a direct connection to it.
async fn behind_proxy(schema: &str) -> (Proxy, Database, Client, Fixture) {
    let fixture = Fixture::new(schema).await;
    let proxy = Proxy::start(&fixture.config).await;
    let (db, _) = Database::builder(proxy.config.clone()).max_connections(1).open();
    let outside = fixture.client().await;
    (proxy, db, outside, fixture)
}

/// Checks that the database recovers: at most the call that uses the broken connection fails.
async fn assert_recovers(db: &Database) {
    for _ in 0..50 {
        match all(db).await {
            Ok(_) => return,
            Err(error) => assert_eq!(error.kind(), ErrorKind::Connection, "{error:?}"),
        }
    }
    panic!("the database does not come back");
}

/// Inserts two rows in a transaction.
async fn both(db: &Database, n: i32) -> Result<(), Error> {
    db.transaction(async |tx| {
        insert(tx, n).await?;
        insert(tx, -n).await?;
        Ok(())
    })
    .await
}

/// The number of each outcome.
#[derive(Debug, Default)]
struct Tally {
    done: u32,
    known_undone: u32,
    unknown_done: u32,
    unknown_undone: u32,
}

/// Runs the work once for each number of bytes that the fault lets pass, until the work succeeds.
async fn at_every_byte(
    fault: impl Fn(&Proxy, usize),
    rows: fn(i32) -> Vec<i32>,
    work: impl AsyncFn(&Database, i32) -> Result<(), Error>,
) -> Tally {
    let (proxy, db, outside, _fixture) = behind_proxy(SCHEMA).await;
    let mut tally = Tally::default();
    for bytes in 0..1000 {
        let n = bytes as i32 + 1;
        // Connects and prepares, so that only the bytes of the work count.
        assert_recovers(&db).await;
        work(&db, 5000 + n).await.unwrap();
        fault(&proxy, bytes);
        let result = work(&db, n).await;
        proxy.heal();
        assert_at_rest(&outside, 1).await;
        let kept: Vec<i32> = seen(&outside).await.into_iter().filter(|kept| kept.abs() == n).collect();
        let whole = kept == rows(n);
        assert!(whole || kept.is_empty(), "{bytes}: {kept:?}");
        match result {
            Ok(()) => {
                assert!(whole, "{bytes}: what was acknowledged is lost");
                tally.done += 1;
                // Past the last byte nothing breaks any more.
                if tally.done == 3 {
                    return tally;
                }
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Connection, "{error:?}");
                match (error.is_outcome_unknown(), whole) {
                    (false, true) => panic!("{bytes}: it was done, and is said not to be: {error}"),
                    (false, false) => tally.known_undone += 1,
                    (true, true) => tally.unknown_done += 1,
                    (true, false) => tally.unknown_undone += 1,
                }
            }
        }
    }
    panic!("it never gets through");
}

fn two(n: i32) -> Vec<i32> {
    vec![-n, n]
}

fn one(n: i32) -> Vec<i32> {
    vec![n]
}

#[tokio::test]
async fn a_transaction_whose_answer_ends_at_any_byte() {
    let tally = at_every_byte(|proxy, after| proxy.answers(Fault::End { after }), two, both).await;
    // Faults before COMMIT was sent, and after it was done.
    assert!(tally.known_undone > 50 && tally.unknown_done > 20, "{tally:?}");
}

#[tokio::test]
async fn a_transaction_whose_answer_is_reset_at_any_byte() {
    let tally = at_every_byte(|proxy, after| proxy.answers(Fault::Reset { after }), two, both).await;
    assert!(tally.known_undone > 20 && tally.unknown_done > 10, "{tally:?}");
}

#[tokio::test]
async fn a_transaction_that_is_cut_off_while_it_asks() {
    let tally = at_every_byte(|proxy, after| proxy.questions(Fault::End { after }), two, both).await;
    // Faults before COMMIT was sent, and while it was sent: then the outcome is not known.
    assert!(tally.known_undone > 50 && tally.unknown_undone > 10, "{tally:?}");
}

#[tokio::test]
async fn a_single_write_whose_answer_ends_at_any_byte() {
    let work = async |db: &Database, n| insert(db, n).await.map(drop);
    let tally = at_every_byte(|proxy, after| proxy.answers(Fault::End { after }), one, work).await;
    assert!(tally.unknown_done > 20 && tally.known_undone == 0, "{tally:?}");
}

#[tokio::test]
async fn a_stream_that_ends_at_any_byte() {
    let (proxy, db, outside, _fixture) =
        behind_proxy("create table t as select generate_series(1, 5) n").await;
    let mut whole = false;
    for after in 0..1000 {
        assert_recovers(&db).await;
        proxy.answers(Fault::End { after });
        let rows: Result<Vec<(i32,)>, Error> = async {
            let stream: RowStream<'_, (i32,)> = db.fetch_stream(&ALL, &[]).await?;
            stream.try_collect().await
        }
        .await;
        proxy.heal();
        assert_at_rest(&outside, 1).await;
        match rows {
            Ok(rows) => {
                assert_eq!(rows, [(1,), (2,), (3,), (4,), (5,)], "{after}: rows are missing");
                whole = true;
                break;
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Connection, "{error:?}"),
        }
    }
    assert!(whole);
}

#[tokio::test]
async fn a_network_that_passes_one_byte_at_a_time() {
    let (proxy, db, outside, _fixture) = behind_proxy(SCHEMA).await;
    proxy.answers(Fault::Drip);
    proxy.questions(Fault::Drip);
    both(&db, 1).await.unwrap();
    insert(&db, 2).await.unwrap();
    let rows: Vec<(i32,)> = db.fetch_stream::<(i32,)>(&ALL, &[]).await.unwrap().try_collect().await.unwrap();
    assert_eq!(rows, [(-1,), (1,), (2,)]);
    assert_eq!(insert(&db, 3).await.unwrap(), 1);
    assert_at_rest(&outside, 1).await;
}

#[tokio::test]
async fn a_network_that_swallows_everything() {
    let (proxy, db, outside, _fixture) = behind_proxy(SCHEMA).await;
    insert(&db, 1).await.unwrap();
    for after in [0, 10, 40, 80] {
        proxy.answers(Fault::Silence { after });
        let waiting = tokio::time::timeout(Duration::from_millis(100), both(&db, 2));
        assert!(waiting.await.is_err(), "there is no answer to come");
        proxy.heal();
        assert_recovers(&db).await;
        assert_at_rest(&outside, 1).await;
        assert_eq!(seen(&outside).await, [1], "{after}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_heard_of_is_given_up() {
    let fixture = Fixture::new(SCHEMA).await;
    let proxy = Proxy::start(&fixture.config).await;
    let settings = Database::builder(proxy.config.clone()).max_connections(1);
    let (db, _) = settings.statement_timeout(Duration::from_millis(100)).open();
    let outside = fixture.client().await;
    // Only the database's own timeout ends this: in the first statement, and after the commit.
    for (after, whole) in [(0, false), (95, true)] {
        both(&db, 5).await.unwrap();
        proxy.answers(Fault::Silence { after });
        let error = both(&db, 1).await.unwrap_err();
        assert_eq!((error.kind(), error.is_outcome_unknown()), (ErrorKind::Connection, whole), "{error:?}");
        proxy.heal();
        assert_recovers(&db).await;
        assert_at_rest(&outside, 1).await;
        assert_eq!(seen(&outside).await.contains(&1), whole);
    }
}
