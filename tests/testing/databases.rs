//! Test databases within one process.

use std::collections::BTreeSet;
use std::path::Path;

use sqlward::testing::{self, TestDatabase};
use tokio_postgres::NoTls;

const SCHEMA: &str = "create table notes (id int primary key, owner text not null, deleted_at timestamptz);
    create table runs as select pg_current_xact_id()::text as id";

const TWO_TENANTS: &str = "insert into notes values (1, 'ann', null), (2, 'bob', null), (3, 'ann', now())";

async fn count(test: &TestDatabase) -> i64 {
    test.client().await.unwrap().query_one("select count(*) from notes", &[]).await.unwrap().get(0)
}

async fn databases(test: &TestDatabase) -> BTreeSet<String> {
    let names = test.client().await.unwrap().query("select datname from pg_database", &[]).await.unwrap();
    names.iter().map(|row| row.get(0)).collect()
}

fn name(test: &TestDatabase) -> String {
    test.config().get_dbname().unwrap().to_owned()
}

#[tokio::test]
async fn tests_see_the_fixtures_and_not_each_other() {
    let one = testing::database(SCHEMA).with(TWO_TENANTS).await.unwrap();
    let other = testing::database(SCHEMA).with(TWO_TENANTS).await.unwrap();
    let bare = testing::database(SCHEMA).await.unwrap();
    assert_eq!((count(&one).await, count(&other).await, count(&bare).await), (3, 3, 0));
    one.client().await.unwrap().batch_execute("delete from notes; drop table runs").await.unwrap();
    assert_eq!((count(&one).await, count(&other).await), (0, 3));
    other.db.ping().await.unwrap();
    let next = testing::database(SCHEMA).with(TWO_TENANTS).await.unwrap();
    assert_eq!(count(&next).await, 3);
}

#[tokio::test]
async fn the_url_leads_there() {
    let test = testing::database(SCHEMA).await.unwrap();
    let (client, connection) = tokio_postgres::connect(test.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let here: String = client.query_one("select current_database()::text", &[]).await.unwrap().get(0);
    assert_eq!(here, name(&test));
}

#[test]
fn a_schema_runs_once_for_all_tests_at_once() {
    const SCHEMA: &str = "create table at_once as select gen_random_uuid()::text as id";
    let ids: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(|| {
                tokio::runtime::Runtime::new().unwrap().block_on(async {
                    let test = testing::database(SCHEMA).await.unwrap();
                    let client = test.client().await.unwrap();
                    let id: String = client.query_one("select id from at_once", &[]).await.unwrap().get(0);
                    (name(&test), id)
                })
            })
        })
        .collect();
    let ids: Vec<_> = ids.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(ids.iter().map(|(name, _)| name).collect::<BTreeSet<_>>().len(), 8);
    assert_eq!(ids.iter().map(|(_, id)| id).collect::<BTreeSet<_>>().len(), 1);
}

#[tokio::test]
async fn a_dropped_database_is_gone_whoever_uses_it() {
    let witness = testing::database("").await.unwrap();
    let test = testing::database("").await.unwrap();
    let (db, dropped) = (test.db.clone(), name(&test));
    let _busy = test.client().await.unwrap();
    assert!(databases(&witness).await.contains(&dropped));
    drop(test);
    assert!(!databases(&witness).await.contains(&dropped));
    assert!(db.ping().await.is_err());
}

#[tokio::test]
async fn a_test_that_panics_drops_its_database() {
    let witness = testing::database("").await.unwrap();
    let failing = tokio::spawn(async {
        let test = testing::database("").await.unwrap();
        std::panic::panic_any(name(&test));
    });
    let name: String = *failing.await.unwrap_err().into_panic().downcast().unwrap();
    assert!(!databases(&witness).await.contains(&name));
}

#[tokio::test]
async fn files_are_read_and_mistakes_in_sql_have_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schema.sql");
    std::fs::write(&file, SCHEMA).unwrap();
    let test = testing::database(file.as_path()).with(TWO_TENANTS).await.unwrap();
    assert_eq!(count(&test).await, 3);

    std::fs::write(&file, "create table é (id int);\ncreate table b (id nonsense);\n").unwrap();
    let error = testing::database(file.as_path()).await.unwrap_err().to_string();
    assert!(error.ends_with("schema.sql, line 2: type \"nonsense\" does not exist"), "{error}");
    let error = testing::database(SCHEMA).with("insert into notes values (1)").await.unwrap_err().to_string();
    assert!(error.contains("owner"), "{error}");
    let error = testing::database(Path::new("no/such.sql")).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot read no/such.sql in /"), "{error}");
    // After a failure the next attempt starts anew, undisturbed by the first.
    std::fs::write(&file, SCHEMA).unwrap();
    testing::database(file.as_path()).await.unwrap();
}
