//! Produces every kind of error, with a marked word wherever an application could have a secret. For `secrets`.

use std::error::Error as StdError;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlward::types::{BytesMut, IsNull, Json, ToSql, Type, to_sql_checked};
use sqlward::{Builder, Database, Error, Executor, Keyset, Part, Query, StatementMode, TransactionOptions};
use tokio::sync::Barrier;

use crate::support::Fixture;

/// The marked word, which must not appear in any message.
pub const SECRET: &str = "hunter2";

const SCHEMA: &str = r#"
    create table people (
        name text primary key,
        email text not null check (length(email) < 20),
        friend text references people,
        nick text,
        short varchar(3),
        constraint one_nick exclude (nick with =)
    );
    create table accounts (id int primary key, n int not null);
    insert into accounts values (1, 0), (2, 0);
    create function raise_as(code text, value text) returns void language plpgsql as
        $$ begin raise exception 'no % here', value using errcode = code, detail = value, hint = value; end $$;
    create function run(statement text) returns void language plpgsql as $$ begin execute statement; end $$;
"#;

/// An error of each kind, and several of kinds with several causes.
pub async fn all(mode: StatementMode) -> Vec<Error> {
    let settings = |builder: Builder| builder.statement_timeout(Duration::from_secs(60)).statements(mode);
    let fixture = Fixture::with(SCHEMA, settings).await;
    let mut errors = violations(&fixture.db).await;
    errors.extend(values(&fixture.db).await);
    errors.extend(functions(&fixture.db).await);
    errors.extend(order(&fixture).await);
    errors.extend(time(&fixture).await);
    errors.extend(connections(&fixture).await);
    errors.extend(rows_and_drift(&fixture).await);
    errors.push(cursor(&fixture.db).await);
    errors
}

async fn violations(db: &Database) -> Vec<Error> {
    static ADD: Query = Query::new(
        "people::add",
        "insert into people (name, email, friend, nick, short) values ($1, $2, $3, $4, $5)",
        &[Type::TEXT, Type::TEXT, Type::TEXT, Type::TEXT, Type::VARCHAR],
        &[],
    );
    type Text = Option<&'static str>;
    let add = async |name: &str, email: Text, friend: Text, nick: Text, short: Text| {
        db.execute(&ADD, &[&name, &email, &friend, &nick, &short]).await
    };
    let (some, none) = (Some(SECRET), None);
    add(SECRET, some, none, some, none).await.unwrap();
    let mut errors = Vec::new();
    for (name, email, friend, nick, short) in [
        // Violations: unique, foreign key, not null, check, exclusion, length.
        (SECRET, some, none, none, none),
        ("a", some, Some("hunter2!"), none, none),
        ("b", none, some, none, none),
        ("c", Some("hunter2 hunter2 hunter2"), none, none, none),
        ("d", some, none, some, none),
        ("e", some, none, none, some),
    ] {
        errors.push(add(name, email, friend, nick, short).await.unwrap_err());
    }
    errors
}

/// A value that cannot be sent, with an error that contains it.
#[derive(Debug)]
struct Loud(#[allow(dead_code, reason = "Debug writes it")] &'static str);

impl ToSql for Loud {
    fn to_sql(&self, _: &Type, _: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        Err(format!("{SECRET} cannot be sent").into())
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

async fn values(db: &Database) -> Vec<Error> {
    static CAST: Query = Query::new("t::cast", "select $1::text::int4 as n", &[Type::TEXT], &[("n", "int4")]);
    static JSON: Query =
        Query::new("t::json", "select to_jsonb($1::text) as j", &[Type::TEXT], &[("j", "jsonb")]);
    static REGCLASS: Query = Query::new(
        "t::regclass",
        "select $1::text::regclass::text as name",
        &[Type::TEXT],
        &[("name", "text")],
    );
    static SETTING: Query =
        Query::new("t::setting", "select current_setting($1) as value", &[Type::TEXT], &[("value", "text")]);
    static LATER: Query = Query::new(
        "t::later",
        "select (case when n > 2 then $1 else '1' end)::int4 as n from generate_series(1, 3) n",
        &[Type::TEXT],
        &[("n", "int4")],
    );
    vec![
        // Encode: a wrong type, and a value that cannot be encoded.
        db.fetch_one::<(i32,)>(&CAST, &[&1]).await.unwrap_err(),
        db.fetch_one::<(i32,)>(&CAST, &[&Loud(SECRET)]).await.unwrap_err(),
        db.fetch_one::<(i32,)>(&CAST, &[]).await.unwrap_err(),
        // Data: a value that the server rejects.
        db.fetch_one::<(i32,)>(&CAST, &[&SECRET]).await.unwrap_err(),
        // Decode: a wrong type, and a value that is not one of the type.
        db.fetch_one::<(i32,)>(&JSON, &[&SECRET]).await.unwrap_err(),
        db.fetch_one::<(Json<u32>,)>(&JSON, &[&SECRET]).await.unwrap_err(),
        // Other: parameter values that are names.
        db.fetch_one::<(String,)>(&REGCLASS, &[&SECRET]).await.unwrap_err(),
        db.fetch_one::<(String,)>(&SETTING, &[&SECRET]).await.unwrap_err(),
        db.fetch_stream::<(i32,)>(&LATER, &[&SECRET])
            .await
            .unwrap()
            .try_collect::<Vec<_>>()
            .await
            .unwrap_err(),
    ]
}

/// Errors that a function in the database raises with various codes.
async fn functions(db: &Database) -> Vec<Error> {
    static RAISE: Query =
        Query::new("t::raise", "select raise_as($1, $2)", &[Type::TEXT, Type::TEXT], &[("raise_as", "void")]);
    static RUN: Query = Query::new("t::run", "select run($1)", &[Type::TEXT], &[("run", "void")]);
    let mut errors = Vec::new();
    for code in
        ["P0001", "23505", "23514", "25006", "28000", "40001", "40P01", "42501", "42P01", "53200", "55000"]
    {
        errors.push(db.fetch_one::<()>(&RAISE, &[&code, &SECRET]).await.unwrap_err());
    }
    for statement in ["hunter2", "select * from hunter2", "select 'hunter2'::int", "drop role hunter2"] {
        errors.push(db.fetch_one::<()>(&RUN, &[&statement]).await.unwrap_err());
    }
    errors
}

/// Serialization, deadlock, aborted.
async fn order(fixture: &Fixture) -> Vec<Error> {
    static GET: Query = Query::new(
        "accounts::get",
        "select n from accounts where id = $1 and $2 <> ''",
        &[Type::INT4, Type::TEXT],
        &[("n", "int4")],
    );
    static ADD: Query = Query::new(
        "accounts::add",
        "update accounts set n = n + 1 where id = $1 and $2 <> ''",
        &[Type::INT4, Type::TEXT],
        &[],
    );
    let db = &fixture.db;
    let outside = fixture.client().await;
    let options = TransactionOptions::new().repeatable_read();
    let overtaken = db.transaction_with(options, async |tx| {
        tx.fetch_one::<(i32,)>(&GET, &[&1, &SECRET]).await?;
        outside.batch_execute("update accounts set n = n + 1 where id = 1").await.unwrap();
        tx.execute(&ADD, &[&1, &SECRET]).await
    });
    let overtaken = overtaken.await.unwrap_err();

    let barrier = Barrier::new(2);
    let cross = async |first: i32, second: i32| {
        db.transaction(async |tx| {
            tx.execute(&ADD, &[&first, &SECRET]).await?;
            barrier.wait().await;
            tx.execute(&ADD, &[&second, &SECRET]).await
        })
        .await
    };
    let (one, two) = tokio::join!(cross(1, 2), cross(2, 1));
    let crossed = one.and(two).unwrap_err();

    let swallowed = db.transaction(async |tx| {
        let failed = tx.transaction(async |tx| tx.execute(&ADD, &[&1, &Loud(SECRET)]).await).await;
        assert!(failed.is_err());
        let _ = values_in(tx).await;
        Ok::<_, Error>(())
    });
    vec![overtaken, crossed, swallowed.await.unwrap_err()]
}

async fn values_in(tx: &impl Executor) -> Result<(i32,), Error> {
    static CAST: Query = Query::new("t::cast", "select $1::text::int4 as n", &[Type::TEXT], &[("n", "int4")]);
    tx.fetch_one(&CAST, &[&SECRET]).await
}

static SLEEP: Query =
    Query::new("t::sleep", "select pg_sleep(600) where $1 <> ''", &[Type::TEXT], &[("pg_sleep", "void")]);

/// Timeouts of a statement, of a lock and of a connection.
async fn time(fixture: &Fixture) -> Vec<Error> {
    static LOCK: Query = Query::new("t::lock", "lock table people nowait", &[], &[]);
    let settings = Database::builder(fixture.config.clone()).max_connections(1);
    let (impatient, _) = settings.clone().statement_timeout(Duration::from_millis(20)).open();
    let slept = impatient.fetch_one::<()>(&SLEEP, &[&SECRET]).await.unwrap_err();
    let outside = fixture.client().await;
    outside.batch_execute("begin; lock table people").await.unwrap();
    let locked = fixture.db.transaction(async |tx| tx.execute(&LOCK, &[]).await).await.unwrap_err();
    let (small, _) = settings.acquire_timeout(Duration::from_millis(20)).open();
    let exhausted = small.transaction(async |_| small.fetch_one::<()>(&SLEEP, &[&SECRET]).await).await;
    vec![slept, locked, exhausted.unwrap_err()]
}

/// No connection, one that breaks, and invalid settings.
async fn connections(fixture: &Fixture) -> Vec<Error> {
    static KILL: Query = Query::new(
        "t::kill",
        "select pg_terminate_backend(pg_backend_pid()) where $1 <> ''",
        &[Type::TEXT],
        &[("pg_terminate_backend", "bool")],
    );
    let url = format!("postgres://app:{SECRET}@127.0.0.1:1/app");
    let (nowhere, key) = Database::open(&url).unwrap();
    let role = key.over(&fixture.db, "the key of another database");
    let texts = format!("{nowhere:?} {key:?} {role:?} {:?}", Builder::from_url(&url).unwrap());
    assert!(!texts.contains(SECRET), "{texts}");
    let mut config = fixture.config.clone();
    config.dbname("missing").password(SECRET);
    let (missing, _) = Database::builder(config).open();
    let mut errors = vec![
        nowhere.ping().await.unwrap_err(),
        missing.ping().await.unwrap_err(),
        fixture.db.fetch_one::<(bool,)>(&KILL, &[&SECRET]).await.unwrap_err(),
        fixture
            .db
            .transaction(async |tx| tx.fetch_one::<(bool,)>(&KILL, &[&SECRET]).await)
            .await
            .unwrap_err(),
        role.fetch_one::<(bool,)>(&KILL, &[&SECRET]).await.unwrap_err(),
    ];
    for broken in [
        format!("postgres:/app:{SECRET}@host"),
        format!("password = a {SECRET}"),
        format!("host=a port={SECRET}"),
        format!("postgres://app:pass@host/app?sslmode={SECRET}"),
        format!("postgres://app:pass@host/app?sslmod={SECRET}"),
        format!("postgres://app:pa?{SECRET}=1@host/app"),
    ] {
        errors.push(Database::open(&broken).map(|_| ()).expect_err(&broken));
    }
    errors
}

async fn rows_and_drift(fixture: &Fixture) -> Vec<Error> {
    static NAMED: Query = Query::new(
        "people::named",
        "select name from people where name = $1",
        &[Type::TEXT],
        &[("name", "text")],
    );
    static TWICE: Query = Query::new(
        "people::twice",
        "select $1 || n as name from generate_series(1, 2) n",
        &[Type::TEXT],
        &[("name", "text")],
    );
    static GONE: Query =
        Query::new("t::gone", "select n from gone where n = $1", &[Type::TEXT], &[("n", "text")]);
    static OTHER: Query = Query::new("t::other", "select $1 as n", &[Type::TEXT], &[("n", "int4")]);
    let (db, secret): (_, &[&(dyn ToSql + Sync)]) = (&fixture.db, &[&SECRET]);
    vec![
        db.fetch_one::<(String,)>(&NAMED, &[&"hunter2?"]).await.unwrap_err(),
        db.fetch_opt::<(String,)>(&TWICE, secret).await.unwrap_err(),
        db.fetch_one::<(String,)>(&GONE, secret).await.unwrap_err(),
        db.fetch_one::<(i32,)>(&OTHER, secret).await.unwrap_err(),
    ]
}

/// An invalid cursor, which comes from a request.
async fn cursor(db: &Database) -> Error {
    static PAGE: Query = Query::new(
        "people::page",
        "select name from people where true",
        &[Type::INT8, Type::TEXT],
        &[("name", "text")],
    )
    .with(&[Part::after(0, " and name > $2", &[2], &[0]), Part::always(" order by name limit $1")]);
    let page: Keyset = serde_json::from_str(&format!(r#"{{"after":"{SECRET}"}}"#)).unwrap();
    PAGE.variant(&[], 0).fetch_keyset::<(String,)>(db, &[], &page).await.unwrap_err()
}
