//! Streams: rows that are read one after the other.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlward::{ErrorKind, Executor, Query, types::Type};

use crate::sample::*;
use crate::support::Fixture;

// In the select list the server computes the series while it is read; in FROM it would compute all of it first.
static SERIES: Query =
    Query::new("numbers::series", "select generate_series(1, $1) as n", &[Type::INT4], &[("n", "int4")]);

#[tokio::test]
async fn over_a_database_and_in_a_transaction() {
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let scope = CreatorScope::from_authenticated("u1");
    let params = |title| CreateContent { title, price_cents: None, organization_id: None };
    create_content(&db, &scope, &params("one")).await.unwrap();
    let titles: Vec<(String,)> = stream_titles(&db, &scope).await.unwrap().try_collect().await.unwrap();
    assert_eq!(titles, [("one".to_owned(),)]);
    db.transaction(async |tx| {
        create_content(tx, &scope, &params("two")).await?;
        let mut titles = stream_titles(tx, &scope).await?;
        assert_eq!(titles.try_next().await?, Some(("one".to_owned(),)));
        assert_eq!(titles.try_next().await?, Some(("two".to_owned(),)));
        assert_eq!(titles.try_next().await?, None);
        assert_eq!(titles.try_next().await?, None);
        Ok::<_, sqlward::Error>(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_stream_that_is_left_does_not_hold_its_connection() {
    let Fixture { db, .. } = Fixture::with("", |builder| builder.max_connections(1)).await;
    let mut numbers = db.fetch_stream::<(i32,)>(&SERIES, &[&2_000_000_000]).await.unwrap();
    assert_eq!(numbers.try_next().await.unwrap(), Some((1,)));
    let since = Instant::now();
    drop(numbers);
    db.ping().await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(5));
}

/// The resident memory of the process in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn a_million_rows_take_the_memory_of_a_few() {
    const ROWS: i32 = 1_000_000;
    static WIDE: Query = Query::new(
        "t::wide",
        "select lpad(generate_series(1, $1)::text, 500) as text",
        &[Type::INT4],
        &[("text", "text")],
    );
    let Fixture { db, .. } = Fixture::new("").await;
    let mut rows = db.fetch_stream::<(String,)>(&WIDE, &[&ROWS]).await.unwrap();
    let (mut count, before, mut most) = (0, resident(), 0);
    while let Some((text,)) = rows.try_next().await.unwrap() {
        count += 1;
        assert_eq!((text.trim().parse(), text.len()), (Ok(count), 500));
        if count % 10_000 == 0 {
            most = most.max(resident());
            // A reader that is slower than the server.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert_eq!(count, ROWS);
    // Half a gigabyte was read. Other tests of this process also use some memory.
    let held = most.saturating_sub(before);
    assert!(held < 100 << 20, "{held} bytes more than before");
}

/// Waits until a server process is idle or gone.
async fn assert_at_rest(outside: &tokio_postgres::Client, pid: i32) {
    for _ in 0..500 {
        let busy = "select count(*) from pg_stat_activity where pid = $1 and state <> 'idle'";
        if outside.query_one(busy, &[&pid]).await.unwrap().get::<_, i64>(0) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server still works on it");
}

// It would run for hours.
static ENDLESS: Query = Query::new(
    "t::endless",
    "select (pg_backend_pid() + 0 * generate_series(1, 1000000000000))::int4 as pid",
    &[],
    &[("pid", "int4")],
);

#[tokio::test]
async fn a_stream_that_is_left_is_cancelled_on_the_server() {
    let fixture = Fixture::new("").await;
    let outside = fixture.client().await;
    let mut rows = fixture.db.fetch_stream::<(i32,)>(&ENDLESS, &[]).await.unwrap();
    let (pid,) = rows.try_next().await.unwrap().unwrap();
    drop(rows);
    assert_at_rest(&outside, pid).await;
}

#[tokio::test]
async fn one_in_a_transaction_that_is_given_up_too() {
    let fixture = Fixture::with("", |builder| builder.max_connections(1)).await;
    let outside = fixture.client().await;
    let (tell, told) = tokio::sync::oneshot::channel();
    let work = fixture.db.transaction(async |tx| {
        let mut rows = tx.fetch_stream::<(i32,)>(&ENDLESS, &[]).await?;
        let (pid,) = rows.try_next().await?.unwrap();
        let _ = tell.send(pid);
        std::future::pending::<()>().await;
        Ok::<_, sqlward::Error>(())
    });
    let pid = tokio::select! {
        _ = work => unreachable!(),
        pid = told => pid.unwrap(),
    };
    assert_at_rest(&outside, pid).await;
    fixture.db.ping().await.unwrap();
}

#[tokio::test]
async fn a_stream_that_ends_gives_its_connection_back() {
    let Fixture { db, .. } = Fixture::with("", |builder| builder.max_connections(1)).await;
    static PID: Query = Query::new("t::pid", "select pg_backend_pid() as pid", &[], &[("pid", "int4")]);
    let before = db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap();
    let mut numbers = db.fetch_stream::<(i32,)>(&SERIES, &[&3]).await.unwrap();
    while numbers.try_next().await.unwrap().is_some() {}
    // The connection is free although the stream still exists.
    assert_eq!(db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap(), before);
}

#[tokio::test]
async fn a_failure_amid_the_rows_is_the_last_item() {
    let Fixture { db, .. } = Fixture::new("").await;
    static DIVIDE: Query = Query::new(
        "t::divide",
        "select 1 / (3 - n) as n from generate_series(1, 5) n",
        &[],
        &[("n", "int4")],
    );
    let mut numbers = db.fetch_stream::<(i32,)>(&DIVIDE, &[]).await.unwrap();
    assert_eq!(numbers.try_next().await.unwrap(), Some((0,)));
    assert_eq!(numbers.try_next().await.unwrap(), Some((1,)));
    let error = numbers.try_next().await.unwrap_err();
    assert_eq!((error.kind(), error.query()), (ErrorKind::Data, Some("t::divide")));
    assert!(numbers.try_next().await.unwrap().is_none());
}
