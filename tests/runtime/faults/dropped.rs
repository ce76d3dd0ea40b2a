//! Futures that are dropped at each of their await points.

use std::pin::pin;

use futures_util::{FutureExt, TryStreamExt};
use sqlward::types::Type;
use sqlward::{Database, Error, Executor, Page, Query, RowStream, StatementMode, Writer, items};

use super::{ALL, INSERT, SCHEMA, all, assert_at_rest, insert, pid, poll_times, seen};
use crate::support::Fixture;

/// Runs the work and drops it after one poll, then after two, and so on until it completes. Each time its rows must be there
/// completely or not at all, and the only connection of the pool must be free and outside of a transaction.
async fn at_every_await<T>(
    rows: fn(i32) -> Vec<i32>,
    work: impl AsyncFn(&Database, i32) -> Result<T, Error>,
) {
    let fixture = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let outside = fixture.client().await;
    // First with connecting and preparing, then without.
    for warm in [false, true] {
        for polls in 1.. {
            let n = (polls as i32 + if warm { 10_000 } else { 0 }) * 10;
            let (fresh, _) = Database::builder(fixture.config.clone()).max_connections(1).open();
            let db = if warm { &fixture.db } else { &fresh };
            if warm {
                work(db, 500_000).await.unwrap();
            }
            let result = poll_times(work(db, n), polls).await;
            // The next call is not in a transaction and does not wait.
            all(db).await.unwrap();
            assert_at_rest(&outside, 1).await;
            let kept: Vec<i32> =
                seen(&outside).await.into_iter().filter(|kept| kept / 10 == n / 10).collect();
            assert!(kept.is_empty() || kept == rows(n), "{polls}: {kept:?}");
            if let Some(result) = result {
                result.unwrap();
                assert_eq!(kept, rows(n));
                assert!(polls > 1, "it has no await point");
                break;
            }
            assert!(polls < 1000, "it does not end");
        }
    }
}

#[tokio::test]
async fn a_transaction_of_everything() {
    let work = async |db: &Database, n: i32| {
        db.transaction(async |tx| {
            pid(tx).await?;
            insert(tx, n).await?;
            tx.transaction(async |tx| {
                insert(tx, n + 1).await?;
                tx.transaction(async |tx| insert(tx, n + 2).await).await
            })
            .await?;
            let undone = tx.transaction(async |tx| {
                insert(tx, n + 9).await?;
                // There are several rows, so this fails.
                tx.fetch_one::<(i32,)>(&ALL, &[]).await
            });
            assert!(undone.await.is_err());
            let read: RowStream<'_, (i32,)> = tx.fetch_stream(&ALL, &[]).await?;
            assert!(read.try_collect::<Vec<_>>().await?.contains(&(n,)));
            let mut left: RowStream<'_, (i32,)> = tx.fetch_stream(&ALL, &[]).await?;
            left.try_next().await?;
            drop(left);
            insert(tx, n + 3).await
        })
        .await
    };
    at_every_await(|n| vec![n, n + 1, n + 2, n + 3], work).await;
}

#[tokio::test]
async fn a_transaction_that_rolls_back() {
    let work = async |db: &Database, n: i32| {
        db.rolled_back(async |tx| {
            insert(tx, n).await?;
            tx.transaction(async |tx| insert(tx, n + 1).await).await
        })
        .await
    };
    at_every_await(|_| Vec::new(), work).await;
}

#[tokio::test]
async fn a_write_on_its_own() {
    at_every_await(|n| vec![n], async |db: &Database, n: i32| insert(db, n).await).await;
}

#[tokio::test]
async fn a_stream() {
    let work = async |db: &Database, _: i32| {
        let rows: RowStream<'_, (i32,)> = db.fetch_stream(&ALL, &[]).await?;
        rows.try_collect::<Vec<_>>().await
    };
    at_every_await(|_| Vec::new(), work).await;
}

#[tokio::test]
async fn a_savepoint_with_a_stream_in_it() {
    let fixture = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let mut ended = false;
    for polls in 1..1000 {
        let n = polls as i32 * 10;
        let result = fixture
            .db
            .transaction(async |tx| {
                insert(tx, n).await?;
                let nested = tx.transaction(async |tx| {
                    insert(tx, n + 1).await?;
                    let mut rows: RowStream<'_, (i32,)> = tx.fetch_stream(&ALL, &[]).await?;
                    rows.try_next().await?;
                    drop(rows);
                    insert(tx, n + 2).await
                });
                let ended = poll_times(nested, polls).await;
                insert(tx, n + 3).await?;
                Ok::<_, Error>(ended)
            })
            .await;
        let kept = all(&fixture.db).await.unwrap();
        let kept: Vec<i32> = kept.into_iter().filter(|kept| kept / 10 == polls as i32).collect();
        match result {
            Ok(None) => assert_eq!(kept, [n, n + 3]),
            Ok(Some(nested)) => {
                nested.unwrap();
                assert_eq!(kept, [n, n + 1, n + 2, n + 3]);
                ended = true;
                break;
            }
            // The savepoint was dropped while it was being released.
            Err(error) => {
                assert_eq!(error.kind(), sqlward::ErrorKind::Aborted, "{error:?}");
                assert!(kept.is_empty());
            }
        }
    }
    assert!(ended);
}

static COPY: Query =
    Query::new("t::copy", "copy t (n) from stdin (format binary)", &[Type::INT4], &[("n", "int4")])
        .described_by("select n from t");
static PAGE: Query = Query::new(
    "t::page",
    "select n from t order by n limit $1 offset $2",
    &[Type::INT8, Type::INT8],
    &[("n", "int4")],
);
static COUNT: Query = Query::new("t::count", "select count(*) from t", &[], &[("count", "int8")]);

#[tokio::test]
async fn a_batch() {
    let work = async |db: &Database, n: i32| db.batch(&INSERT, &[n, n + 1, n + 2], |n| [n]).execute().await;
    at_every_await(|n| vec![n, n + 1, n + 2], work).await;
}

#[tokio::test]
async fn a_copy() {
    let work = async |db: &Database, n: i32| {
        db.copy(&COPY, items([n, n + 1, n + 2]), |item, row| row.write(&[item])).await
    };
    at_every_await(|n| vec![n, n + 1, n + 2], work).await;
}

#[tokio::test]
async fn a_page() {
    let work = async |db: &Database, _: i32| {
        PAGE.variant(&[], 0)
            .fetch_page::<(i32,)>(db, COUNT.variant(&[], 0), &[], Page::new(1, 3).unwrap())
            .await
    };
    at_every_await(|_| Vec::new(), work).await;
}

/// A call in a transaction is dropped after its request was written and before it is answered. The savepoint that follows takes
/// its answers, and no others.
#[tokio::test]
async fn a_call_before_a_savepoint() {
    let fixture = Fixture::with(SCHEMA, |builder| builder).await;
    for mode in [StatementMode::Prepared, StatementMode::PreparedByPooler, StatementMode::Unnamed] {
        for turns in 0..10 {
            let open = Database::builder(fixture.config.clone()).max_connections(1).statements(mode);
            let (db, _) = open.open();
            let found = db
                .transaction(async |tx| {
                    insert(tx, 1).await?;
                    {
                        let mut call = pin!(pid(tx));
                        assert!(call.as_mut().now_or_never().is_none());
                        for _ in 0..turns {
                            // The task of the connection runs.
                            tokio::task::yield_now().await;
                        }
                    }
                    tx.transaction(async |tx| insert(tx, 2).await).await?;
                    all(tx).await
                })
                .await;
            assert_eq!(found.unwrap_or_else(|error| panic!("{mode:?}, {turns}: {error:?}")), [1, 2]);
            fixture.client().await.batch_execute("truncate t").await.unwrap();
        }
    }
}
