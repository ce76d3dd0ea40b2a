//! The methods of [`Executor`](sqlward::Executor), and the pool.

use std::time::{Duration, Instant};

use sqlward::{Database, ErrorKind, Executor, Page, Query, types::Type, types::Void};

use crate::sample::*;
use crate::support::Fixture;

fn titled(title: &str) -> CreateContent<'_> {
    CreateContent { title, price_cents: Some(500), organization_id: None }
}

static SLEEP: Query = Query::new("t::sleep", "select pg_sleep($1)", &[Type::FLOAT8], &[("pg_sleep", "void")]);

#[tokio::test]
async fn every_shape_of_function() {
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    let scope = CreatorScope::from_authenticated("u1");
    let id = create_content(&db, &scope, &titled("b")).await.unwrap();
    create_content(&db, &scope, &titled("a")).await.unwrap();

    let content = get_content(&db, &scope, id).await.unwrap().unwrap();
    assert_eq!(content, Content { id, title: "b".into(), price_cents: Some(500), organization: None });
    let other = CreatorScope::from_authenticated("u2");
    assert_eq!(get_content(&db, &other, id).await.unwrap(), None);
    assert_eq!(count_content(&db, &scope).await.unwrap(), 2);
    assert_eq!(set_price(&db, &scope, 7).await.unwrap(), 2);
    assert_eq!(list_titles(&db, &scope, Page::default()).await.unwrap(), ["a", "b"]);
    assert_eq!(list_titles(&db, &scope, Page::new(2, 1).unwrap()).await.unwrap(), ["b"]);
    notify(&db, "channel", "payload").await.unwrap();
    add_user(&db, "u3", "three@example.org", Mood::Loud).await.unwrap();
    assert_eq!(mood_of(&db, "u3").await.unwrap(), Some(Mood::Loud));
}

#[tokio::test]
async fn a_joined_struct_is_there_or_not_as_a_whole() {
    let fixture = Fixture::new(SCHEMA).await;
    let scope = CreatorScope::from_authenticated("u1");
    fixture.client().await.batch_execute("insert into organizations values (1, 'Org', null)").await.unwrap();
    let params = CreateContent { organization_id: Some(1), ..titled("t") };
    let id = create_content(&fixture.db, &scope, &params).await.unwrap();
    let content = get_content(&fixture.db, &scope, id).await.unwrap().unwrap();
    assert_eq!(content.organization, Some(ContentOrganization { name: "Org".into(), motto: None }));
}

#[tokio::test]
async fn another_number_of_rows_is_an_error() {
    let Fixture { db, .. } = Fixture::new("").await;
    static SERIES: Query = Query::new(
        "numbers::series",
        "select n from generate_series(1, $1) n",
        &[Type::INT4],
        &[("n", "int4")],
    );
    for rows in [0, 2, 1000] {
        let error = db.fetch_one::<(i32,)>(&SERIES, &[&rows]).await.unwrap_err();
        assert_eq!((error.kind(), error.rows()), (ErrorKind::RowCount, Some(rows as u64)));
        assert_eq!(error.is_not_found(), rows == 0);
    }
    assert_eq!(db.fetch_one::<(i32,)>(&SERIES, &[&1]).await.unwrap(), (1,));
    assert_eq!(db.fetch_opt::<(i32,)>(&SERIES, &[&0]).await.unwrap(), None);
    assert_eq!(db.fetch_opt::<(i32,)>(&SERIES, &[&1]).await.unwrap(), Some((1,)));
    let error = db.fetch_opt::<(i32,)>(&SERIES, &[&2]).await.unwrap_err();
    assert_eq!(error.to_string(), "numbers::series: expected one row, got 2");
    assert_eq!(db.fetch_all::<(i32,)>(&SERIES, &[&3]).await.unwrap(), [(1,), (2,), (3,)]);
}

#[tokio::test]
async fn void_stands_among_columns() {
    let Fixture { db, .. } = Fixture::new("").await;
    static VOID: Query = Query::new("t::void", "select pg_notify('c', '')", &[], &[("pg_notify", "void")]);
    assert_eq!(db.fetch_one::<(Void,)>(&VOID, &[]).await.unwrap(), (Void,));
}

#[tokio::test]
async fn an_exhausted_pool_times_out_and_recovers() {
    let Fixture { db, .. } =
        Fixture::with("", |builder| builder.max_connections(1).acquire_timeout(Duration::from_millis(50)))
            .await;
    db.transaction(async |_| {
        let error = db.ping().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("all 1 are in use"), "{error}");
        Ok::<_, sqlward::Error>(())
    })
    .await
    .unwrap();
    db.ping().await.unwrap();
}

#[tokio::test]
async fn a_dropped_call_leaves_its_connection_to_nobody() {
    let fixture = Fixture::with("", |builder| builder.max_connections(1)).await;
    let call = fixture.db.fetch_one::<()>(&SLEEP, &[&60.0]);
    assert!(tokio::time::timeout(Duration::from_millis(100), call).await.is_err());
    // If it used the connection of the dropped call, it would wait for a minute.
    tokio::time::timeout(Duration::from_secs(5), fixture.db.ping()).await.unwrap().unwrap();
    // The server cancels the dropped statement.
    let outside = fixture.client().await;
    let since = Instant::now();
    let sleeping =
        "select 1 from pg_stat_activity where query like 'select pg_sleep%' and datname = current_database()";
    while !outside.query(sleeping, &[]).await.unwrap().is_empty() {
        assert!(since.elapsed() < Duration::from_secs(10), "the statement goes on");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_killed_connection_is_replaced() {
    let fixture = Fixture::with("", |builder| builder.max_connections(1)).await;
    static KILL: Query = Query::new(
        "t::kill",
        "select pg_terminate_backend(pg_backend_pid())",
        &[],
        &[("pg_terminate_backend", "bool")],
    );
    let error = fixture.db.fetch_one::<(bool,)>(&KILL, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    fixture.db.ping().await.unwrap();
}

#[tokio::test]
async fn closing_waits_and_refuses() {
    let Fixture { db, .. } = Fixture::new("").await;
    let other = db.clone();
    let begun = tokio::sync::Notify::new();
    let under_way = async {
        let result = db.transaction(async |tx| {
            other.ping().await?;
            begun.notify_one();
            // The pool is closed while this statement runs.
            tx.fetch_one::<()>(&SLEEP, &[&0.1]).await
        });
        result.await.map(|()| Instant::now())
    };
    let close = async {
        begun.notified().await;
        db.close().await;
        Instant::now()
    };
    let (done, closed) = tokio::join!(under_way, close);
    assert!(done.unwrap() <= closed, "it did not wait");
    assert_eq!(db.ping().await.unwrap_err().kind(), ErrorKind::Connection);
}

#[tokio::test]
async fn opening_does_not_connect() {
    let (db, _) = Database::open("host=/nowhere user=nobody").unwrap();
    let error = db.ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(std::error::Error::source(&error).is_some(), "{error:?}");
}
