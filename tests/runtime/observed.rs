//! The spans and events of calls and transactions.

use std::pin::pin;
use std::time::Duration;

use futures_util::{FutureExt, TryStreamExt};
use sqlward::types::Type;
use sqlward::{Error, Executor, Query};

use crate::log::Log;
use crate::sample::*;
use crate::support::Fixture;

static SLEEP: Query = Query::new("t::sleep", "select pg_sleep($1)", &[Type::FLOAT8], &[("pg_sleep", "void")])
    .in_scope("system");

#[tokio::test]
async fn calls_tell_query_scope_reason_rows_and_failure() {
    let Fixture { db, key, .. } = Fixture::new(SCHEMA).await;
    let scope = CreatorScope::from_authenticated("u1");
    let (log, _guard) = Log::listen();
    add_user(&db, "u3", "three@example.org", Mood::Calm).await.unwrap();
    add_user(&db, "u3", "three@example.org", Mood::Calm).await.unwrap_err();
    find_user(&key.over(&db, "signing in"), "three@example.org").await.unwrap();
    let titles: Vec<_> = stream_titles(&db, &scope).await.unwrap().try_collect().await.unwrap();
    assert!(titles.is_empty());
    let expected = [
        r#"query query="users::add_user" rows=1 elapsed_us"#,
        "query query=\"users::add_user\" error=users::add_user: duplicate key value violates unique constraint \
         \"users_pkey\" (SQLSTATE 23505) elapsed_us",
        r#"query query="users::find_user" scope="system" reason="signing in" rows=1 elapsed_us"#,
        r#"query query="content::stream_titles" scope="creator" rows=0 elapsed_us"#,
    ];
    assert_eq!(log.text(), expected.join("\n"));
}

#[tokio::test]
async fn a_call_that_was_given_up_says_so() {
    let Fixture { db, .. } = Fixture::new("").await;
    let (log, _guard) = Log::listen();
    {
        let mut call = pin!(db.fetch_one::<()>(&SLEEP, &[&60.0]));
        assert!(call.as_mut().now_or_never().is_none());
    }
    assert_eq!(log.text(), r#"query query="t::sleep" scope="system" error="given up" elapsed_us"#);
}

#[tokio::test]
async fn what_the_database_raises_is_passed_on() {
    static RAISE: Query = Query::new("t::raise", "do $$ begin raise notice 'half way'; end $$", &[], &[]);
    let Fixture { db, .. } = Fixture::new("").await;
    let (log, _guard) = Log::listen();
    db.execute(&RAISE, &[]).await.unwrap();
    let expected = ["query query=\"t::raise\" rows=0 elapsed_us", "INFO message=NOTICE: half way"];
    assert_eq!(log.text(), expected.join("\n"));
}

#[tokio::test]
async fn a_slow_query_is_warned_of() {
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.slow_query(Duration::ZERO)).await;
    let scope = CreatorScope::from_authenticated("u1");
    let (log, _guard) = Log::listen();
    let warning = |query, rows| {
        format!("WARN message=slow query query={query:?} scope=\"creator\" rows={rows} elapsed_us")
    };
    count_content(&db, &scope).await.unwrap();
    db.transaction(async |tx| count_content(tx, &scope).await).await.unwrap();
    let params = CreateContent { title: "", price_cents: None, organization_id: None };
    create_content(&db, &scope, &params).await.unwrap_err();
    let text = log.text();
    let warnings: Vec<&str> = text.lines().map(str::trim).filter(|line| line.starts_with("WARN")).collect();
    let counted = warning("content::count_content", 1);
    assert_eq!(warnings, [&*counted, &*counted, &*warning("content::create_content", 0)], "{text}");
}

#[tokio::test]
async fn a_quick_one_is_not() {
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.slow_query(Duration::MAX)).await;
    let (log, _guard) = Log::listen();
    count_content(&db, &CreatorScope::from_authenticated("u1")).await.unwrap();
    assert!(!log.text().contains("WARN"), "{}", log.text());
}

#[tokio::test]
async fn transactions_tell_their_course() {
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    let scope = CreatorScope::from_authenticated("u1");
    count_content(&db, &scope).await.unwrap();
    let (log, _guard) = Log::listen();
    db.transaction(async |tx| {
        count_content(tx, &scope).await?;
        tx.transaction(async |tx| count_content(tx, &scope).await).await?;
        let undone = tx.transaction(async |tx| {
            count_content(tx, &scope).await?;
            Err::<(), _>(Failure)
        });
        assert!(undone.await.is_err());
        assert!(tx.transaction(async |_| Err::<(), _>(Failure)).await.is_err());
        Ok::<_, Failure>(())
    })
    .await
    .unwrap();
    db.rolled_back(async |_| Ok::<_, Failure>(())).await.unwrap();
    let expected = r#"
transaction depth=0 outcome="committed" elapsed_us
  query query="content::count_content" scope="creator" rows=1 elapsed_us
  transaction depth=1 outcome="committed" elapsed_us
    query query="content::count_content" scope="creator" rows=1 elapsed_us
    control command="release"
  transaction depth=1 outcome="rolled back" elapsed_us
    query query="content::count_content" scope="creator" rows=1 elapsed_us
    control command="rollback"
  transaction depth=1 outcome="not begun" elapsed_us
  control command="commit"
transaction depth=0 outcome="not begun" elapsed_us"#;
    assert_eq!(log.text(), expected.trim_start());
}

/// An application's error.
#[derive(Debug)]
struct Failure;

impl From<Error> for Failure {
    fn from(_: Error) -> Self {
        Failure
    }
}

#[tokio::test]
async fn attempts_are_told() {
    let Fixture { db, .. } = Fixture::new("create table t (n int); insert into t values (0)").await;
    static CLASH: Query = Query::new("t::clash", "do $$ begin raise serialization_failure; end $$", &[], &[]);
    let (log, _guard) = Log::listen();
    let work = || db.transaction(async |tx| tx.execute(&CLASH, &[]).await);
    assert!(sqlward::retry(2, work).await.unwrap_err().is_retryable());
    let text = log.text();
    assert_eq!(text.matches("transaction depth=0 outcome=\"rolled back\"").count(), 2, "{text}");
    assert!(text.contains("DEBUG message=running the transaction again attempt=1 pause_us"), "{text}");
}
