//! Batches: many calls of one statement in one transaction.

use std::time::Duration;

use sqlward::types::Type;
use sqlward::{Database, Error, ErrorKind, Executor, Query};

use crate::support::Fixture;

/// The schema for these tests.
pub const NOTES: &str = "
    create table notes (n int4 primary key, title text not null, place serial);
    insert into notes (n, title) select n, 't' || n from generate_series(1, 1000) n;
";

static RENAME: Query = Query::new(
    "notes::rename",
    "update notes set title = $1 || $2 where n = $3",
    &[Type::TEXT, Type::TEXT, Type::INT4],
    &[],
);
static TITLE: Query =
    Query::new("notes::title", "select title from notes where n = $1", &[Type::INT4], &[("title", "text")]);
static BELOW: Query = Query::new(
    "notes::below",
    "select n from notes where n < $1 order by n",
    &[Type::INT4],
    &[("n", "int4")],
);
static ADD: Query = Query::new(
    "notes::add",
    "insert into notes (n, title) values ($1, $2) returning place",
    &[Type::INT4, Type::TEXT],
    &[("place", "int4")],
);

async fn single(setup: &str) -> Fixture {
    Fixture::with(setup, |builder| builder.max_connections(1)).await
}

async fn titles(db: &impl Executor, numbers: &[i32]) -> Vec<Option<String>> {
    let found = db.batch(&TITLE, numbers, |n| [n]).fetch_opt::<(String,)>().await.unwrap();
    found.into_iter().map(|row| row.map(|(title,)| title)).collect()
}

#[tokio::test]
async fn results_are_in_the_order_of_the_items() {
    let Fixture { db, .. } = &single(NOTES).await;
    // More items than are in flight at a time, in mixed order, and some without a row.
    let numbers: Vec<i32> = (0..3_000).map(|n| n * 7_919 % 2_000).collect();
    let expected = |n: &i32| (1..=1000).contains(n).then(|| format!("t{n}"));
    assert_eq!(titles(db, &numbers).await, numbers.iter().map(expected).collect::<Vec<_>>());
    let below = db.batch(&BELOW, &[3, 1, 2], |n| [n]).fetch_all::<(i32,)>().await.unwrap();
    assert_eq!(below, [vec![(1,), (2,)], vec![], vec![(1,)]]);
    assert_eq!(titles(db, &[]).await, []);
    let replica = db.replica();
    assert_eq!(titles(&replica, &[2]).await, [Some("t2".to_owned())]);
}

#[tokio::test]
async fn items_are_done_in_their_order() {
    let Fixture { db, .. } = &single(NOTES).await;
    // Two rows are changed a thousand times each: the last title stays. New rows get their places in the order of the items.
    let items: Vec<(i32, String)> = (0..2_000).map(|n| (1 + n % 2, n.to_string())).collect();
    let lent = "title ".to_owned();
    let touched = db.batch(&RENAME, &items, |(n, title)| [&lent, title, n]).execute().await.unwrap();
    assert_eq!(touched, vec![1; 2_000]);
    assert_eq!(titles(db, &[1, 2]).await, ["title 1998", "title 1999"].map(|title| Some(title.to_owned())));
    let new: Vec<i32> = (2_000..2_700).rev().collect();
    let places = db.batch(&ADD, &new, |n| [n, &"new"]).fetch_one::<(i32,)>().await.unwrap();
    assert_eq!(places, (1_001..1_701).map(|place| (place,)).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_error_names_its_item_and_nothing_is_done() {
    let Fixture { db, .. } = &single(NOTES).await;
    for at in [0, 1, 255, 256, 700] {
        let mut numbers: Vec<i32> = (2_000..2_800).collect();
        numbers[at] = 1;
        let error = db.batch(&ADD, &numbers, |n| [n, &"new"]).fetch_one::<(i32,)>().await.unwrap_err();
        assert_eq!((error.kind(), error.item()), (ErrorKind::UniqueViolation, Some(at as u64)));
        assert!(error.to_string().starts_with(&format!("notes::add: items[{at}]: ")), "{error}");
        assert_eq!(titles(db, &[2_000, 2_799]).await, [None, None]);
    }
    // An item without a row, and one with an invalid value.
    let error = db.batch(&TITLE, &[1, 0, 2], |n| [n]).fetch_one::<(String,)>().await.unwrap_err();
    assert_eq!((error.kind(), error.item(), error.rows()), (ErrorKind::RowCount, Some(1), Some(0)));
    let items = [(1, "a"), (2, "\0"), (3, "c")];
    let error = db.batch(&ADD, &items, |(n, title)| [n, title]).execute().await.unwrap_err();
    assert_eq!(error.item(), Some(0), "there is a note 1 already: {error}");
    let items = [(2_001, "a"), (2_002, "\0"), (2_003, "c")];
    let error = db.batch(&ADD, &items, |(n, title)| [n, title]).execute().await.unwrap_err();
    assert_eq!((error.kind(), error.item()), (ErrorKind::Data, Some(1)), "{error}");
    assert_eq!(titles(db, &[2_001, 2_003]).await, [None, None]);
    assert_eq!(db.metrics().abandoned, 0);
}

#[tokio::test]
async fn in_a_transaction_it_is_part_of_it() {
    let Fixture { db, .. } = &single(NOTES).await;
    let undone = db.transaction(async |tx| {
        let touched =
            tx.batch(&RENAME, &[(1, "a"), (0, "b")], |(n, title)| [&"", title, n]).execute().await?;
        assert_eq!(touched, [1, 0]);
        assert_eq!(titles(tx, &[1]).await, [Some("a".to_owned())]);
        let nested = tx.transaction(async |tx| {
            tx.batch(&ADD, &[5_000, 1], |n| [n, &"new"]).fetch_one::<(i32,)>().await.map(drop)
        });
        assert_eq!(nested.await.unwrap_err().item(), Some(1));
        assert_eq!(titles(tx, &[5_000, 1]).await, [None, Some("a".to_owned())]);
        tx.batch(&ADD, &[5_000, 1], |n| [n, &"new"]).fetch_one::<(i32,)>().await.unwrap_err();
        Ok::<_, Error>(())
    });
    assert_eq!(undone.await.unwrap_err().kind(), ErrorKind::Aborted);
    assert_eq!(titles(db, &[1]).await, [Some("t1".to_owned())]);
}

#[tokio::test]
async fn each_statement_may_take_the_time_of_one() {
    let timeout = Duration::from_secs(2);
    let Fixture { db, .. } = &Fixture::with("", |builder| builder.statement_timeout(timeout)).await;
    static SLOW: Query =
        Query::new("notes::slow", "select $1::int4 as n from pg_sleep(0.8)", &[Type::INT4], &[("n", "int4")]);
    // Together they take longer than the timeout, which counts for each.
    let numbers: Vec<i32> = (0..10).collect();
    let found = db.batch(&SLOW, &numbers, |n| [n]).fetch_one::<(i32,)>().await.unwrap();
    assert_eq!(found, numbers.iter().map(|n| (*n,)).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_statement_that_went_stale_is_prepared_again() {
    static ALL: Query = Query::new("notes::all", "select * from notes where n = $1", &[Type::INT4], &[]);
    let fixture = single("create table notes (n int4); insert into notes values (1), (2)").await;
    let db = &fixture.db;
    static OF: Query =
        Query::new("notes::of", "select n.* from notes n where n.n = $1", &[Type::INT4], &[("n", "int4")]);
    assert_eq!(db.batch(&OF, &[1, 2], |n| [n]).fetch_one::<(i32,)>().await.unwrap(), [(1,), (2,)]);
    fixture
        .client()
        .await
        .batch_execute("alter table notes add more int4; alter table notes drop more")
        .await
        .unwrap();
    assert_eq!(db.batch(&OF, &[1, 2], |n| [n]).fetch_one::<(i32,)>().await.unwrap(), [(1,), (2,)]);
    fixture.client().await.batch_execute("alter table notes add more int4").await.unwrap();
    let drifted = db.batch(&OF, &[1, 2], |n| [n]).fetch_one::<(i32,)>().await.unwrap_err();
    assert_eq!(drifted.kind(), ErrorKind::Drift);
    assert_eq!(db.batch(&ALL, &[1], |n| [n]).fetch_one::<()>().await.unwrap_err().kind(), ErrorKind::Drift);
}

/// The same through a pooler, where other transactions can be on other server connections.
pub async fn through(db: &Database) {
    let numbers: Vec<i32> = (1..=1_000).collect();
    let expected: Vec<_> = numbers.iter().map(|n| Some(format!("t{n}"))).collect();
    assert_eq!(titles(db, &numbers).await, expected);
    let error = db.batch(&ADD, &[9_000, 1], |n| [n, &"new"]).fetch_one::<(i32,)>().await.unwrap_err();
    assert_eq!((error.kind(), error.item()), (ErrorKind::UniqueViolation, Some(1)));
    assert_eq!(titles(db, &[9_000]).await, [None]);
}
