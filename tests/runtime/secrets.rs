//! Neither errors nor spans hold a password or a value.

use std::error::Error as _;
use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use sqlward::types::Type;
use sqlward::{Database, Executor, Query};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::sample::*;
use crate::support::Fixture;

const SECRET: &str = "hunter2";

/// Everything that a logger could write of the error.
fn everything(error: &sqlward::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn no_value_in_an_error() {
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    static CAST: Query = Query::new("t::cast", "select $1::text::int4 as n", &[Type::TEXT], &[("n", "int4")]);
    static RAISE: Query =
        Query::new("t::raise", "select fail($1) as fail", &[Type::TEXT], &[("fail", "void")]);
    static FUNCTION: Query = Query::new(
        "t::function",
        "create function fail(value text) returns void language plpgsql as
         $$ begin raise exception 'no % here', value; end $$",
        &[],
        &[],
    );
    db.execute(&FUNCTION, &[]).await.unwrap();

    let scope = CreatorScope::from_authenticated(SECRET);
    let params = CreateContent { title: SECRET, price_cents: None, organization_id: None };
    add_user(&db, SECRET, SECRET, Mood::Calm).await.unwrap();
    let long = SECRET.repeat(50);
    let too_long = CreateContent { title: &long, ..params };
    let nobody = CreatorScope::from_authenticated(format!("{SECRET}!"));
    let empty = CreateContent { title: "", ..params };
    let errors = [
        add_user(&db, SECRET, SECRET, Mood::Calm).await.unwrap_err(),
        create_content(&db, &nobody, &params).await.unwrap_err(),
        create_content(&db, &scope, &too_long).await.unwrap_err(),
        create_content(&db, &scope, &empty).await.unwrap_err(),
        db.fetch_one::<(i32,)>(&CAST, &[&SECRET]).await.unwrap_err(),
        db.fetch_one::<()>(&RAISE, &[&SECRET]).await.unwrap_err(),
    ];
    for error in errors {
        let text = everything(&error);
        assert!(!text.contains(SECRET), "{text}");
        // It is there for who asks.
        let asked = format!("{:?} {:?}", error.server_message(), error.detail());
        assert!(asked.contains(SECRET) || error.code() == Some("22001"), "{asked}");
    }
}

#[tokio::test]
async fn no_password_anywhere() {
    let url = format!("postgres://app:{SECRET}@127.0.0.1:1/app");
    let (db, key) = Database::open(&url).unwrap();
    let error = db.ping().await.unwrap_err();
    let builder = sqlward::Builder::from_url(&url).unwrap();
    let text = format!("{} {db:?} {key:?} {builder:?}", everything(&error));
    assert!(!text.contains(SECRET), "{text}");
    for broken in [
        format!("postgres:/app:{SECRET}@host"),
        format!("password = a {SECRET}"),
        format!("host=a port={SECRET}"),
        format!("postgres://app:pass@host/app?sslmode={SECRET}"),
        format!("postgres://app:pass@host/app?sslmod={SECRET}"),
        format!("postgres://app:pa?{SECRET}=1@host/app"),
    ] {
        let error = Database::open(&broken).map(|_| ()).expect_err(&broken);
        let text = everything(&error);
        assert!(!text.contains(SECRET), "{text}");
    }
}

/// Writes down what a logger could.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0.lock().unwrap(), " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlward"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        write!(self.0.lock().unwrap(), "\n{}", span.metadata().name()).unwrap();
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn spans_tell_query_reason_rows_and_failure() {
    let Fixture { db, key, .. } = Fixture::new(SCHEMA).await;
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let scope = CreatorScope::from_authenticated(SECRET);
    add_user(&db, SECRET, SECRET, Mood::Calm).await.unwrap();
    add_user(&db, SECRET, SECRET, Mood::Calm).await.unwrap_err();
    find_user(&key.over(&db, "signing in"), SECRET).await.unwrap();
    count_content(&db, &scope).await.unwrap();
    drop(guard);
    let text = log.0.lock().unwrap().clone();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(
        lines[0].starts_with("query query=\"users::add_user\"") && lines[0].ends_with(" rows=1"),
        "{text}"
    );
    assert!(lines[0].contains(" elapsed_us="), "{text}");
    assert!(lines[1].contains("error=users::add_user: duplicate key"), "{text}");
    assert!(lines[2].contains("reason=\"signing in\"") && lines[2].ends_with(" rows=1"), "{text}");
    assert!(!text.contains(SECRET), "{text}");
}
