//! A server process that is ended, or a statement that is cancelled, in the middle of a transaction.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlward::{Error, ErrorKind, Executor};

use super::{SCHEMA, SLEEP, all, assert_at_rest, insert, pid, seen};
use crate::support::Fixture;

#[tokio::test]
async fn killed_between_two_statements() {
    let fixture = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let outside = fixture.client().await;
    let result = fixture
        .db
        .transaction(async |tx| {
            insert(tx, 1).await?;
            let pid = pid(tx).await?;
            outside.query("select pg_terminate_backend($1, 60000)", &[&pid]).await.unwrap();
            tx.transaction(async |tx| insert(tx, 2).await).await
        })
        .await;
    let error = result.unwrap_err();
    // COMMIT was not sent, so it is known that nothing was committed.
    assert_eq!((error.kind(), error.is_outcome_unknown()), (ErrorKind::Connection, false), "{error:?}");
    assert!(all(&fixture.db).await.unwrap().is_empty());
    assert_at_rest(&outside, 1).await;
}

#[tokio::test]
async fn killed_amid_a_statement() {
    let fixture = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let outside = fixture.client().await;
    let result = fixture
        .db
        .transaction(async |tx| {
            insert(tx, 1).await?;
            let pid = pid(tx).await?;
            let kill = async {
                // Waits until the statement runs, so that the error is sent to it.
                let sleeps = "select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'";
                while outside.query_opt(sleeps, &[&pid]).await.unwrap().is_none() {}
                outside.query("select pg_terminate_backend($1, 60000)", &[&pid]).await.unwrap();
            };
            let (slept, ()) = tokio::join!(tx.fetch_one::<()>(&SLEEP, &[&600.0]), kill);
            slept
        })
        .await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Connection, Some("57P01")), "{error:?}");
    assert!(!error.is_outcome_unknown());
    assert!(all(&fixture.db).await.unwrap().is_empty());
}

/// A COMMIT that takes long, because it checks a constraint.
const SLOW_COMMIT: &str = "
    create table t (n int not null);
    create function slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(case when new.n = 1 then 600 else 0 end); return null; end $$;
    create constraint trigger slow after insert on t deferrable initially deferred
        for each row execute function slow()";

#[tokio::test]
async fn killed_amid_commit() {
    let fixture = Fixture::with(SLOW_COMMIT, |builder| builder.max_connections(1)).await;
    let outside = fixture.client().await;
    let attempts = AtomicU32::new(0);
    let attempt = || {
        attempts.fetch_add(1, Ordering::Relaxed);
        fixture.db.transaction(async |tx| insert(tx, 1).await)
    };
    let work = sqlward::retry(5, attempt);
    let kill = async {
        let kill = "select pg_terminate_backend(pid, 60000) from pg_stat_activity
                    where datname = current_database() and wait_event = 'PgSleep'";
        while outside.query(kill, &[]).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let (result, ()) = tokio::join!(work, kill);
    let error = result.unwrap_err();
    assert!(error.is_outcome_unknown() && !error.is_retryable(), "{error:?}");
    assert_eq!(attempts.into_inner(), 1, "it may have been done, and must not be done again");
    assert!(error.to_string().ends_with("whether it was done is unknown"), "{error}");
    assert!(all(&fixture.db).await.unwrap().is_empty());
    assert_at_rest(&outside, 1).await;
}

#[tokio::test]
async fn cancelled_amid_commit() {
    let fixture = Fixture::with(SLOW_COMMIT, |builder| builder.max_connections(1)).await;
    let outside = fixture.client().await;
    let work = fixture.db.transaction(async |tx| insert(tx, 1).await);
    let cancel = async {
        let cancel = "select pg_cancel_backend(pid) from pg_stat_activity
                      where datname = current_database() and wait_event = 'PgSleep'";
        while outside.query(cancel, &[]).await.unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let (result, ()) = tokio::join!(work, cancel);
    // The server has answered that it is rolled back.
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.is_outcome_unknown()), (ErrorKind::Timeout, false), "{error:?}");
    assert!(seen(&outside).await.is_empty());
    // The connection can still be used.
    assert_at_rest(&outside, 1).await;
    insert(&fixture.db, 2).await.unwrap();
}

#[tokio::test]
async fn a_statement_that_times_out_costs_its_transaction_and_not_the_connection() {
    let settings = |builder: sqlward::Builder| {
        builder.max_connections(1).statement_timeout(std::time::Duration::from_millis(200))
    };
    let fixture = Fixture::with(SCHEMA, settings).await;
    let outside = fixture.client().await;
    let before = pid(&fixture.db).await.unwrap();
    let result = fixture
        .db
        .transaction(async |tx| {
            insert(tx, 1).await?;
            tx.fetch_one::<()>(&SLEEP, &[&600.0]).await
        })
        .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    assert_at_rest(&outside, 1).await;
    assert_eq!(pid(&fixture.db).await.unwrap(), before);
    // In a nested transaction only that one is rolled back.
    let kept = fixture
        .db
        .transaction(async |tx| {
            insert(tx, 1).await?;
            let late = tx
                .transaction(async |tx| {
                    insert(tx, 2).await?;
                    tx.fetch_one::<()>(&SLEEP, &[&600.0]).await
                })
                .await;
            assert_eq!(late.unwrap_err().kind(), ErrorKind::Timeout);
            Ok::<_, Error>(())
        })
        .await;
    kept.unwrap();
    assert_eq!(seen(&outside).await, [1]);
}
