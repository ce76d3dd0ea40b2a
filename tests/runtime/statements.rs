//! Statements are prepared once, and a database whose schema has changed is recognised.

use sqlward::types::{BytesMut, IsNull, ToSql, Type, to_sql_checked};
use sqlward::{Cursor, ErrorKind, Executor, Keyset, Part, Query, StatementMode};

use crate::support::Fixture;

static PREPARED: Query = Query::new(
    "t::prepared",
    "select count(*) from pg_prepared_statements where statement = $1",
    &[Type::TEXT],
    &[("count", "int8")],
);
static ITEMS: Query =
    Query::new("items::all", "select * from items", &[], &[("id", "int4"), ("name", "text")]);

const SCHEMA: &str =
    "create table items (id int not null, name text not null); insert into items values (1, 'a')";

type Item = (i32,);

#[tokio::test]
async fn once_per_connection() {
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    for _ in 0..3 {
        db.fetch_all::<Item>(&ITEMS, &[]).await.unwrap();
    }
    db.transaction(async |tx| {
        // Two concurrent calls on one connection, which has not prepared the query yet.
        let (one, two) = tokio::join!(tx.fetch_all::<Item>(&ITEMS, &[]), tx.fetch_all::<Item>(&ITEMS, &[]));
        one.and(two)
    })
    .await
    .unwrap();
    assert_eq!(db.fetch_one::<(i64,)>(&PREPARED, &[&ITEMS.sql()]).await.unwrap(), (1,));
}

#[tokio::test]
async fn once_also_for_those_who_come_together() {
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let prepared = db
        .transaction(async |tx| {
            let (one, two) =
                tokio::join!(tx.fetch_all::<Item>(&ITEMS, &[]), tx.fetch_all::<Item>(&ITEMS, &[]));
            one.and(two)?;
            tx.fetch_one::<(i64,)>(&PREPARED, &[&ITEMS.sql()]).await
        })
        .await
        .unwrap();
    assert_eq!(prepared, (1,));
}

#[tokio::test]
async fn equal_texts_are_two_queries() {
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    static NARROW: Query = Query::new("items::narrow", "select * from items", &[], &[("id", "int4")]);
    db.fetch_all::<Item>(&ITEMS, &[]).await.unwrap();
    let error = db.fetch_all::<Item>(&NARROW, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Drift);
    assert!(error.to_string().contains("unexpected column 2, `name` of type text"), "{error}");
}

#[tokio::test]
async fn drift_says_which_query_and_column() {
    for (schema, expected) in [
        (
            "create table items (id int8, name text)",
            "column 1 should be `id` of type int4, but it is `id` of type int8",
        ),
        (
            "create table items (id int, title text)",
            "column 2 should be `name` of type text, but it is `title` of type text",
        ),
        ("create table items (id int)", "column 2 should be `name` of type text, but there is none"),
        (
            "create type name_ as enum ('a'); create table items (id int, name name_)",
            "but it is `name` of type public.name_",
        ),
        ("", "relation \"items\" does not exist (SQLSTATE 42P01)"),
    ] {
        let Fixture { db, .. } = Fixture::new(schema).await;
        let error = db.fetch_all::<Item>(&ITEMS, &[]).await.unwrap_err();
        let text = error.to_string();
        assert_eq!((error.kind(), error.query()), (ErrorKind::Drift, Some("items::all")), "{text}");
        assert!(text.starts_with("items::all: ") && text.contains(expected), "{text}");
        assert!(text.contains("sqlward generate"), "{text}");
    }
}

#[tokio::test]
async fn a_drift_that_is_undone_is_forgotten() {
    let fixture = Fixture::with("", |builder| builder.max_connections(1)).await;
    assert!(fixture.db.fetch_all::<Item>(&ITEMS, &[]).await.is_err());
    fixture.client().await.batch_execute(SCHEMA).await.unwrap();
    assert_eq!(fixture.db.fetch_all::<Item>(&ITEMS, &[]).await.unwrap(), [(1,)]);
}

#[tokio::test]
async fn a_changed_result_is_prepared_again_and_compared() {
    let fixture = Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await;
    let outside = fixture.client().await;
    let db = &fixture.db;
    assert_eq!(db.fetch_all::<Item>(&ITEMS, &[]).await.unwrap(), [(1,)]);
    outside.batch_execute("alter table items add extra int").await.unwrap();
    let error = db.fetch_all::<Item>(&ITEMS, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Drift, "{error}");
    outside.batch_execute("alter table items drop extra").await.unwrap();
    assert_eq!(db.fetch_all::<Item>(&ITEMS, &[]).await.unwrap(), [(1,)]);
}

/// Changes that make a prepared statement unusable, although its result is the same, each with the server's error.
const STALE: [(&str, &str); 2] =
    [("alter table labels alter label type varchar(30)", "0A000"), ("", "26000")];

#[tokio::test]
async fn a_stale_statement_is_prepared_again_outside_a_transaction() {
    static LABELS: Query =
        Query::new("labels::all", "select label from labels", &[], &[("label", "varchar")]);
    static DEALLOCATE: Query = Query::new("t::deallocate", "deallocate all", &[], &[]);
    for (change, code) in STALE {
        for in_transaction in [false, true] {
            let fixture = Fixture::with(
                "create table labels (label varchar(20)); insert into labels values ('a')",
                |builder| builder.max_connections(1),
            )
            .await;
            let db = &fixture.db;
            let expected = [("a".to_owned(),)];
            assert_eq!(db.fetch_all::<(String,)>(&LABELS, &[]).await.unwrap(), expected);
            if change.is_empty() {
                db.execute(&DEALLOCATE, &[]).await.unwrap();
            } else {
                fixture.client().await.batch_execute(change).await.unwrap();
            }
            if in_transaction {
                let work = db.transaction(async |tx| tx.fetch_all::<(String,)>(&LABELS, &[]).await);
                assert_eq!(work.await.unwrap_err().code(), Some(code));
                let work = db.transaction(async |tx| tx.fetch_all::<(String,)>(&LABELS, &[]).await);
                assert_eq!(work.await.unwrap(), expected);
            } else {
                assert_eq!(db.fetch_all::<(String,)>(&LABELS, &[]).await.unwrap(), expected);
            }
        }
    }
}

/// In both modes the chosen text of a query runs without the parameters that it does not use, and continues after a cursor.
#[tokio::test]
async fn chosen_texts_run_in_both_modes() {
    const SCHEMA: &str = "
        create type mood as enum ('calm', 'loud');
        create table items (id int not null, mood mood not null);
        insert into items select n, case when n % 2 = 0 then 'calm' else 'loud' end::mood from generate_series(1, 9) n";
    static LIST: Query = Query::new(
        "items::list",
        "select id from items where true",
        &[Type::UNKNOWN, Type::INT4, Type::INT8, Type::INT4, Type::INT4],
        &[("id", "int4")],
    )
    .with(&[
        Part::given(0, " and mood = $1", &[1]),
        Part::given(1, " and id > $2", &[2]),
        Part::after(0, " and id > $4", &[4], &[0]),
        Part::after(1, " and id < $5", &[5], &[0]),
        Part::sorted(0, " order by id", &[]),
        Part::sorted(1, " order by id desc", &[]),
        Part::always(" limit $3"),
    ]);
    for mode in [StatementMode::Prepared, StatementMode::Unnamed] {
        let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.statements(mode)).await;
        let list = async |mood: Option<&str>, least: Option<i32>, sort, after: Option<Cursor>| {
            let given = [mood.is_some(), least.is_some()];
            let page = Keyset::new(2, after).unwrap();
            let mood = mood.map(Named);
            LIST.variant(&given, sort)
                .fetch_keyset::<Item>(&db, &[&mood, &least], &page)
                .await
                .map(|page| (page.items.into_iter().map(|(id,)| id).collect::<Vec<_>>(), page.next))
        };
        let (first, next) = list(Some("calm"), None, 0, None).await.unwrap();
        assert_eq!(first, [2, 4], "{mode:?}");
        let (second, end) = list(Some("calm"), None, 0, next.clone()).await.unwrap();
        assert_eq!((second, end), (vec![6, 8], None), "{mode:?}");
        let (last, _) = list(None, Some(8), 1, None).await.unwrap();
        assert_eq!(last, [9], "{mode:?}");
        let (all, next_down) = list(None, None, 1, None).await.unwrap();
        assert_eq!(all, [9, 8], "{mode:?}");
        assert_eq!(list(None, None, 1, next_down).await.unwrap().0, [7, 6], "{mode:?}");
        let error = list(None, None, 1, next).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cursor, "a cursor of the other sort");
    }
}

/// A value of a user-defined enum.
#[derive(Debug)]
struct Named<'a>(&'a str);

impl ToSql for Named<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        ty.name() == "mood" || <&str as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}
