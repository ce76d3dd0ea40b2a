//! The runtime behind a pooler in transaction mode, which gives each transaction any of its server connections.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt};
use sqlward::types::{ToSql, Type};
use sqlward::{
    Builder, Database, Error, ErrorKind, Executor, Query, Range, Result, ServiceKey, StatementMode,
};
use types_catalog::{Mood as Feeling, Person, PostalAddress};

use crate::pooler_support::{Statements, through_pooler};
use crate::sample::*;
use crate::support::Fixture;

/// User-defined types of every kind.
const TYPES: &str = "
    create type postal_address as (street text, city text, country varchar(2));
    create type person as (name text, mood feeling, address postal_address, nicknames text[]);
    create type span as range (subtype = int2);
    create domain quantity as int check (value > 0);
";

static PID: Query = Query::new("t::pid", "select pg_backend_pid() as pid", &[], &[("pid", "int4")]);
static SETTING: Query =
    Query::new("t::setting", "select current_setting($1) as value", &[Type::TEXT], &[("value", "text")]);
static SLEEP: Query = Query::new("t::sleep", "select pg_sleep($1)", &[Type::FLOAT8], &[("pg_sleep", "void")]);

/// A fixture, and its database through a pooler that does not support prepared statements.
async fn pooled(
    setup: &str,
    settings: impl FnOnce(Builder) -> Builder,
) -> Option<(Fixture, Database, ServiceKey)> {
    let fixture = Fixture::new(setup).await;
    let through = through_pooler(&fixture.config, Statements::Lost)?;
    let (db, key) = settings(Database::builder(through).statements(StatementMode::Unnamed)).open();
    Some((fixture, db, key))
}

/// The same through a pooler that supports prepared statements, with a client that uses them.
async fn kept(
    setup: &str,
    settings: impl FnOnce(Builder) -> Builder,
) -> Option<(Fixture, Database, ServiceKey)> {
    let fixture = Fixture::new(setup).await;
    let through = through_pooler(&fixture.config, Statements::Kept)?;
    let (db, key) = settings(Database::builder(through).statements(StatementMode::PreparedByPooler)).open();
    Some((fixture, db, key))
}

/// The server processes that subsequent calls reach. Concurrent calls before make the pooler open several.
async fn pids(db: &Database) -> BTreeSet<i32> {
    let several = (0..4).map(|_| db.fetch_one::<()>(&SLEEP, &[&0.05]));
    futures_util::future::try_join_all(several).await.unwrap();
    let mut found = BTreeSet::new();
    for _ in 0..20 {
        found.insert(db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap().0);
    }
    found
}

#[tokio::test]
async fn prepared_statements_are_lost() {
    let Some((fixture, unnamed, _)) = pooled(SCHEMA, |builder| builder).await else { return };
    assert!(pids(&unnamed).await.len() > 1);
    let config = through_pooler(&fixture.config, Statements::Lost).unwrap();
    let (db, _) = Database::builder(config).max_connections(1).open();
    let mut failed = 0;
    for _ in 0..20 {
        failed += u32::from(mood_of(&db, "u1").await.is_err());
    }
    assert!(failed > 0, "the pooler keeps sessions, so that these tests show nothing");
}

#[tokio::test]
async fn every_call_finds_its_way_whichever_server_it_lands_on() {
    let Some((_fixture, db, _)) = pooled(SCHEMA, |builder| builder.max_connections(32)).await else { return };
    many_at_once(&db).await;
}

#[tokio::test]
async fn a_pooler_can_keep_prepared_statements() {
    let Some((_fixture, db, _)) = kept(SCHEMA, |builder| builder.max_connections(32)).await else { return };
    many_at_once(&db).await;
}

async fn many_at_once(db: &Database) {
    assert!(pids(db).await.len() > 1, "all calls land on one server");
    futures_util::stream::iter(0..32)
        .for_each_concurrent(None, |client| async move {
            let scope = CreatorScope::from_authenticated("u1");
            for round in 0..20 {
                let (id, mood) = (format!("c{client}r{round}"), [Mood::Calm, Mood::Loud][round % 2]);
                add_user(db, &id, &format!("{id}@example.org"), mood).await.unwrap();
                assert_eq!(mood_of(db, &id).await.unwrap(), Some(mood));
                let params = CreateContent { title: &id, price_cents: None, organization_id: None };
                let content = create_content(db, &scope, &params).await.unwrap();
                assert_eq!(get_content(db, &scope, content).await.unwrap().unwrap().title, id);
            }
        })
        .await;
    let scope = CreatorScope::from_authenticated("u1");
    assert_eq!(count_content(db, &scope).await.unwrap(), 32 * 20);
    assert_eq!(db.metrics().abandoned, 0);
}

async fn there_and_back<T>(db: &impl Executor, query: &'static Query, value: &T)
where
    T: ToSql + Sync + Send + PartialEq + std::fmt::Debug + for<'a> sqlward::types::FromSql<'a>,
{
    let (back,) = db.fetch_one::<(T,)>(query, &[value]).await.unwrap_or_else(|e| panic!("{query:?}: {e:?}"));
    assert_eq!(&back, value);
    assert_eq!(db.fetch_one::<(Option<T>,)>(query, &[&None::<T>]).await.unwrap(), (None,));
}

#[tokio::test]
async fn types_that_are_not_built_in_go_there_and_back() {
    // The type has another name than in the sample.
    let setup = format!("create type mood as enum ('happy', 'so-so', 'Ünhappy', '1st', 'r#type');{TYPES}")
        .replace("feeling", "mood");
    let Some((_fixture, db, _)) = pooled(&setup, |builder| builder).await else { return };
    macro_rules! query {
        ($ty:literal, $name:literal) => {{
            static QUERY: Query = Query::new(
                concat!("t::", $ty),
                concat!("select $1::", $ty, " as value"),
                &[Type::UNKNOWN],
                &[("value", $name)],
            );
            &QUERY
        }};
    }
    let address = PostalAddress {
        street: Some("Rue \"de\" l'Église, 1 (b)".to_owned()),
        city: None,
        country: Some("FR".to_owned()),
    };
    let person = Person {
        name: Some("Ada".to_owned()),
        mood: Some(Feeling::SoSo),
        address: Some(address.clone()),
        nicknames: Some(vec!["A".to_owned(), "countess, of".to_owned()]),
    };
    let nobody = Person { name: None, mood: None, address: None, nicknames: None };
    for tx in [false, true] {
        let all = async |db: &Database| {
            there_and_back(db, query!("mood", "public.mood"), &Feeling::Ünhappy).await;
            there_and_back(db, query!("postal_address", "public.postal_address"), &address).await;
            there_and_back(db, query!("person", "public.person"), &person).await;
            there_and_back(db, query!("span", "public.span"), &Range::new(1_i16..9)).await;
            there_and_back(db, query!("mood[]", "public._mood"), &vec![Feeling::Happy, Feeling::N1st]).await;
            there_and_back(db, query!("mood[]", "public._mood"), &Vec::<Feeling>::new()).await;
            there_and_back(db, query!("person[]", "public._person"), &vec![Some(person.clone()), None]).await;
            there_and_back(db, query!("person[]", "public._person"), &vec![nobody.clone()]).await;
            there_and_back(db, query!("span[]", "public._span"), &vec![Range::new(..2_i16), Range::Empty])
                .await;
        };
        all(&db).await;
        assert!(!tx || pids(&db).await.len() > 1);
    }
    // The elements are of a domain. The parameter is declared with the base type.
    static QUANTITIES: Query = Query::new(
        "t::quantities",
        "select $1::int4[]::quantity[] as value",
        &[Type::INT4_ARRAY],
        &[("value", "public._quantity")],
    );
    there_and_back(&db, &QUANTITIES, &vec![1, 2]).await;
}

#[tokio::test]
async fn transactions_streams_and_services() {
    let Some((fixture, db, key)) = pooled(SCHEMA, |builder| builder.max_connections(8)).await else { return };
    all_that_takes_long(&fixture, &db, &key).await;
    let Some((fixture, db, key)) = kept(SCHEMA, |builder| builder.max_connections(8)).await else { return };
    all_that_takes_long(&fixture, &db, &key).await;
}

async fn all_that_takes_long(fixture: &Fixture, db: &Database, key: &ServiceKey) {
    let scope = CreatorScope::from_authenticated("u1");
    let titled = |title| CreateContent { title, price_cents: None, organization_id: None };
    // Other calls keep the pooler busy meanwhile.
    let others = async {
        for _ in 0..50 {
            mood_of(db, "u1").await?;
        }
        Ok::<_, Error>(())
    };
    let work = db.transaction(async |tx| {
        let (pid,) = tx.fetch_one::<(i32,)>(&PID, &[]).await?;
        create_content(tx, &scope, &titled("a")).await?;
        let undone = tx
            .transaction(async |tx| {
                create_content(tx, &scope, &titled("undone")).await?;
                create_content(tx, &scope, &titled("")).await
            })
            .await;
        assert_eq!(undone.unwrap_err().kind(), ErrorKind::CheckViolation);
        tx.transaction(async |tx| create_content(tx, &scope, &titled("b")).await).await?;
        assert_eq!(find_user(&key.within(tx, "tests"), "one@example.org").await?.as_deref(), Some("u1"));
        let titles: Vec<(String,)> = stream_titles(tx, &scope).await?.try_collect().await?;
        assert_eq!(titles.len(), 2);
        assert_eq!(tx.fetch_one::<(i32,)>(&PID, &[]).await?, (pid,));
        Ok::<_, Error>(())
    });
    let (work, others) = tokio::join!(work, others);
    work.and(others).unwrap();
    let aborted: Result<()> = db
        .transaction(async |tx| {
            create_content(tx, &scope, &titled("c")).await?;
            Err(create_content(tx, &scope, &titled("")).await.unwrap_err())
        })
        .await;
    assert_eq!(aborted.unwrap_err().constraint(), Some(Constraint::ContentTitleCheck));
    let titles: Vec<(String,)> = stream_titles(db, &scope).await.unwrap().try_collect().await.unwrap();
    assert_eq!(titles, [("a".to_owned(),), ("b".to_owned(),)]);
    assert_eq!(find_user(&key.over(db, "tests"), "two@example.org").await.unwrap().as_deref(), Some("u2"));
    let idle = "select 1 from pg_stat_activity where datname = current_database() and state like 'idle in%'";
    assert!(fixture.client().await.query(idle, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn drift_is_told() {
    let setup = "create type mood as enum ('calm'); create table items (id int, name text, mood mood)";
    let Some((fixture, db, _)) = pooled(setup, |builder| builder).await else { return };
    static ITEMS: Query = Query::new(
        "items::all",
        "select * from items",
        &[],
        &[("id", "int4"), ("name", "text"), ("mood", "public.mood")],
    );
    static MISSING: Query = Query::new("items::missing", "select gone from items", &[], &[("gone", "int4")]);
    let outside = fixture.client().await;
    outside.batch_execute("insert into items values (1, 'a', 'calm'), (2, 'b', 'calm')").await.unwrap();
    assert_eq!(db.fetch_all::<(i32,)>(&ITEMS, &[]).await.unwrap(), [(1,), (2,)]);
    for (change, expected) in [
        (
            "alter table items alter name type varchar",
            "column 2 should be `name` of type text, but it is `name` of type varchar",
        ),
        (
            "alter table items alter name type mood using 'calm'",
            "but it is `name` of type one that is not built in",
        ),
        ("alter table items alter name type text", ""),
        (
            "alter table items alter mood type text",
            "column 3 should be `mood` of type public.mood, but it is `mood` of type text",
        ),
        ("alter table items alter mood type mood using 'calm'", ""),
        (
            "alter table items rename mood to humour",
            "column 3 should be `mood` of type public.mood, but it is `humour`",
        ),
        ("alter table items drop humour", "column 3 should be `mood` of type public.mood, but there is none"),
    ] {
        outside.batch_execute(change).await.unwrap();
        let all = db.fetch_all::<(i32,)>(&ITEMS, &[]).await;
        if expected.is_empty() {
            assert_eq!(all.unwrap(), [(1,), (2,)], "{change}");
            continue;
        }
        let error = all.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Drift, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        let mut stream = db.fetch_stream::<(i32,)>(&ITEMS, &[]).await.unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap_err().kind(), ErrorKind::Drift);
    }
    assert_eq!(db.fetch_all::<(i32,)>(&MISSING, &[]).await.unwrap_err().kind(), ErrorKind::Drift);
}

#[tokio::test]
async fn time_limits_hold_and_stay_with_their_transaction() {
    let limited = |builder: Builder| {
        let limit = Duration::from_millis(300);
        builder
            .statement_timeout(limit)
            .idle_in_transaction_timeout(Duration::from_secs(50))
            .max_connections(4)
    };
    for (fixture, db, _) in [pooled("", limited).await, kept("", limited).await].into_iter().flatten() {
        time_limits_hold(&fixture, &db).await;
    }
}

async fn time_limits_hold(fixture: &Fixture, db: &Database) {
    db.transaction(async |tx| {
        for (name, value) in [("statement_timeout", "300ms"), ("idle_in_transaction_session_timeout", "50s")]
        {
            assert_eq!(tx.fetch_one::<(String,)>(&SETTING, &[&name]).await?, (value.to_owned(),));
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let timed_out = db.transaction(async |tx| tx.fetch_one::<()>(&SLEEP, &[&60.0]).await).await.unwrap_err();
    assert_eq!((timed_out.kind(), timed_out.code()), (ErrorKind::Timeout, Some("57014")));
    let given_up = db.fetch_one::<()>(&SLEEP, &[&60.0]).await.unwrap_err();
    assert_eq!((given_up.kind(), given_up.code()), (ErrorKind::Timeout, None));
    assert!(given_up.to_string().contains("was asked to stop"), "{given_up}");
    assert_eq!(db.metrics().abandoned, 1);
    // The statement of the call that was given up is cancelled, also through the pooler.
    let outside = fixture.client().await;
    let sleeping = "select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active' and datname = current_database()";
    for _ in 0..500 {
        if outside.query(sleeping, &[]).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(outside.query(sleeping, &[]).await.unwrap().is_empty(), "the statement goes on");
    for _ in 0..20 {
        let (value,) = db.fetch_one::<(String,)>(&SETTING, &[&"statement_timeout"]).await.unwrap();
        assert_eq!(value, "0", "no session keeps it");
    }
}

#[tokio::test]
async fn wrong_calls_are_told() {
    let Some((_fixture, db, _)) = pooled(SCHEMA, |builder| builder).await else { return };
    let error = db.fetch_one::<(String,)>(&SETTING, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encode);
    let error = db.fetch_one::<(String,)>(&SETTING, &[&5]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encode, "{error:?}");
    let error = add_user(&db, "u9", "one@example.org", Mood::Calm).await.unwrap_err();
    assert_eq!(error.constraint(), Some(Constraint::UsersEmailKey));
    db.ping().await.unwrap();
}

#[tokio::test]
async fn copies_and_batches() {
    let few = |builder: Builder| builder.max_connections(8);
    let copies = crate::copies::NOTES;
    for (_fixture, db, _) in [pooled(copies, few).await, kept(copies, few).await].into_iter().flatten() {
        assert!(pids(&db).await.len() > 1, "all calls land on one server");
        for _ in 0..4 {
            crate::copies::through(&db).await;
            static EMPTY: Query = Query::new("t::empty", "delete from notes", &[], &[]);
            db.execute(&EMPTY, &[]).await.unwrap();
        }
    }
    let batches = crate::batches::NOTES;
    for (_fixture, db, _) in [pooled(batches, few).await, kept(batches, few).await].into_iter().flatten() {
        for _ in 0..4 {
            crate::batches::through(&db).await;
        }
    }
}

/// The pooler prepares a text once on each server connection, whatever its clients do. A stale statement stays stale.
#[tokio::test]
async fn a_pooler_that_keeps_statements_keeps_stale_ones() {
    static LABELS: Query = Query::new("labels::all", "select label from labels", &[], &[("label", "text")]);
    let setup = "create table labels (label text); insert into labels values ('a')";
    let Some((fixture, db, _)) = kept(setup, |builder| builder.max_connections(1)).await else { return };
    let expected = [("a".to_owned(),)];
    assert_eq!(db.fetch_all::<(String,)>(&LABELS, &[]).await.unwrap(), expected);
    let outside = fixture.client().await;
    outside.batch_execute("alter table labels alter label type varchar(20)").await.unwrap();
    // A new server connection of the pooler prepares it anew, and reports the changed type.
    let mut kept = 0;
    for _ in 0..8 {
        let error = db.fetch_all::<(String,)>(&LABELS, &[]).await.unwrap_err();
        match error.code() {
            Some(code) => assert_eq!(code, "0A000", "{error}"),
            None => assert_eq!(error.kind(), ErrorKind::Drift, "{error}"),
        }
        kept += u32::from(error.code().is_some());
    }
    assert!(kept > 0, "it was prepared again everywhere");
    outside.batch_execute("alter table labels alter label type text").await.unwrap();
    assert_eq!(db.fetch_all::<(String,)>(&LABELS, &[]).await.unwrap(), expected);
}
