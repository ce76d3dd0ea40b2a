//! Rows that arrive one after the other.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlward::{ErrorKind, Executor, Query, types::Type};

use crate::sample::*;
use crate::support::Fixture;

// In the select list the series is made as it is read; in FROM the server would make all of it first.
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

#[tokio::test]
async fn a_stream_that_ends_gives_its_connection_back() {
    let Fixture { db, .. } = Fixture::with("", |builder| builder.max_connections(1)).await;
    static PID: Query = Query::new("t::pid", "select pg_backend_pid() as pid", &[], &[("pid", "int4")]);
    let before = db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap();
    let mut numbers = db.fetch_stream::<(i32,)>(&SERIES, &[&3]).await.unwrap();
    while numbers.try_next().await.unwrap().is_some() {}
    // It is free although the stream still exists.
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
