//! Every kind of error, as it occurs in practice.

use std::time::Duration;

use sqlward::types::Type;
use sqlward::{Error, ErrorKind, Executor, Query};

use crate::sample::*;
use crate::support::Fixture;

#[tokio::test]
async fn violations_name_their_constraint() {
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    let scope = CreatorScope::from_authenticated("u1");

    let error = add_user(&db, "u9", "one@example.org", Mood::Calm).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert!(error.constraint() == Some(Constraint::UsersEmailKey));
    assert_eq!((error.table(), error.code()), (Some("users"), Some("23505")));
    assert_eq!(error.detail(), Some("Key (email)=(one@example.org) already exists."));
    assert_eq!(
        error.to_string(),
        "users::add_user: duplicate key value violates unique constraint \"users_email_key\" (SQLSTATE 23505)"
    );

    let params = CreateContent { title: "", price_cents: None, organization_id: None };
    let error = create_content(&db, &scope, &params).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CheckViolation);
    assert_eq!(error.constraint(), Some(Constraint::ContentTitleCheck));

    let nobody = CreatorScope::from_authenticated("nobody");
    let params = CreateContent { title: "t", ..params };
    let error = create_content(&db, &nobody, &params).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    assert_eq!(error.constraint_name(), Some("content_creator_id_fkey"));
    assert_eq!(error.constraint::<Constraint>(), None);

    static NO_EMAIL: Query =
        Query::new("users::no_email", "insert into users values ($1, null)", &[Type::TEXT], &[]);
    let error = db.execute(&NO_EMAIL, &[&"u9"]).await.unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::NotNullViolation, Some("email")));

    create_content(&db, &scope, &params).await.unwrap();
    static DELETE: Query = Query::new("users::delete", "delete from users where id = $1", &[Type::TEXT], &[]);
    assert_eq!(db.execute(&DELETE, &[&"u1"]).await.unwrap_err().kind(), ErrorKind::ForeignKeyViolation);
}

#[tokio::test]
async fn a_row_of_others_is_as_little_there_as_one_that_never_was() {
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    let (mine, theirs) = (CreatorScope::from_authenticated("u1"), CreatorScope::from_authenticated("u2"));
    let params = CreateContent { title: "t", price_cents: None, organization_id: None };
    let foreign = create_content(&db, &theirs, &params).await.unwrap();
    let missing = ContentId(Default::default());
    static TITLE: Query = Query::new(
        "content::title",
        "select title from content where id = $1 and creator_id = $2",
        &[Type::UUID, Type::TEXT],
        &[("title", "varchar")],
    );
    let title = async |id| db.fetch_one::<(String,)>(&TITLE, &[&id, mine.creator_id()]).await.unwrap_err();
    let (foreign, missing) = (title(foreign).await, title(missing).await);
    assert!(foreign.is_not_found() && missing.is_not_found());
    let all = |error: &Error| {
        format!("{error} {error:?} {:?} {:?} {:?}", error.code(), error.table(), error.is_outcome_unknown())
    };
    assert_eq!(all(&foreign), all(&missing));
    assert_eq!(foreign.to_string(), "content::title: expected one row, got none");
}

#[tokio::test]
async fn exclusion() {
    let Fixture { db, .. } =
        Fixture::new("create table bookings (during int4range, exclude using gist (during with &&))").await;
    static BOOK: Query = Query::new("t::book", "insert into bookings values ($1)", &[Type::INT4_RANGE], &[]);
    db.execute(&BOOK, &[&sqlward::Range::new(1..5)]).await.unwrap();
    let error = db.execute(&BOOK, &[&sqlward::Range::new(4..9)]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ExclusionViolation);
}

#[tokio::test]
async fn timeouts() {
    let fixture = Fixture::with(SCHEMA, |builder| builder.statement_timeout(Duration::from_millis(50))).await;
    static SLEEP: Query =
        Query::new("t::sleep", "select pg_sleep($1)", &[Type::FLOAT8], &[("pg_sleep", "void")]);
    let error = fixture.db.fetch_one::<()>(&SLEEP, &[&60.0]).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some("57014")));

    let outside = fixture.client().await;
    outside.batch_execute("begin; lock table users").await.unwrap();
    static LOCK: Query = Query::new("t::lock", "lock table users nowait", &[], &[]);
    let error = fixture.db.transaction(async |tx| tx.execute(&LOCK, &[]).await).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Timeout, Some("55P03")));
}

#[tokio::test]
async fn deadlock() {
    let Fixture { db, .. } =
        Fixture::new("create table t (id int, n int); insert into t values (1, 0), (2, 0)").await;
    static UPDATE: Query =
        Query::new("t::update", "update t set n = n + 1 where id = $1", &[Type::INT4], &[]);
    let barrier = tokio::sync::Barrier::new(2);
    let cross = async |first: i32, second: i32| {
        db.transaction(async |tx| {
            tx.execute(&UPDATE, &[&first]).await?;
            barrier.wait().await;
            tx.execute(&UPDATE, &[&second]).await
        })
        .await
    };
    let (one, two) = tokio::join!(cross(1, 2), cross(2, 1));
    let errors: Vec<Error> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].kind() == ErrorKind::Deadlock && errors[0].is_retryable());
}

#[tokio::test]
async fn values_that_do_not_fit() {
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    static CAST: Query = Query::new("t::cast", "select $1::text::int4 as n", &[Type::TEXT], &[("n", "int4")]);
    // A parameter of the wrong type, a result of the wrong type, and a missing parameter.
    let error = db.fetch_one::<(i32,)>(&CAST, &[&1]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encode, "{error:?}");
    let error = db.fetch_one::<(String,)>(&CAST, &[&"1"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.to_string(), "t::cast: cannot read column 1 `n` of type int4");
    assert!(std::error::Error::source(&error).is_some());
    let error = db.fetch_one::<(i32,)>(&CAST, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encode);
    assert_eq!(error.to_string(), "t::cast: the statement takes 1 parameters, but 0 were given");
    // An array that a column of arrays holds, and a `Vec` does not.
    static ARRAYS: Query = Query::new("t::arrays", "select '{{1},{2}}'::int4[] as n", &[], &[("n", "_int4")]);
    let error = db.fetch_one::<(Vec<i32>,)>(&ARRAYS, &[]).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "t::arrays: cannot read column 1 `n` of type _int4: it is an array of arrays, which `to_jsonb` or `unnest` can read"
    );
    // NULL where a value was expected.
    let error = db.fetch_one::<(i32,)>(&CAST, &[&None::<&str>]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    // A value that the server rejects.
    let error = db.fetch_one::<(i32,)>(&CAST, &[&"secret"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data);
    assert!(error.server_message().unwrap().contains("secret"));
    // A text with a NUL byte is sent, and the server rejects it.
    let error = db.fetch_one::<(i32,)>(&CAST, &[&"a\0b"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data);
}

#[tokio::test]
async fn an_unknown_value_of_an_enum_is_an_error() {
    let fixture = Fixture::new(SCHEMA).await;
    fixture
        .client()
        .await
        .batch_execute("alter type mood add value 'odd'; commit; update users set mood = 'odd'")
        .await
        .unwrap();
    let error = mood_of(&fixture.db, "u1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.conversion().unwrap().to_string(), "`odd` is not a mood");
}

#[tokio::test]
async fn a_missing_privilege_is_not_drift() {
    let fixture = Fixture::new(&format!("{SCHEMA}; create role clerk_of_errors login")).await;
    let mut config = fixture.config.clone();
    config.user("clerk_of_errors");
    let (db, _) = sqlward::Database::builder(config).open();
    let error = mood_of(&db, "u1").await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Other, Some("42501")));
}

#[tokio::test]
async fn connecting() {
    let fixture = Fixture::new("").await;
    let mut config = fixture.config.clone();
    config.dbname("missing");
    let (db, _) = sqlward::Database::builder(config).open();
    let error = db.ping().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Connection, Some("3D000")));
    let text = error.to_string();
    assert!(text.starts_with("cannot connect to the database at /"), "{text}");
    assert!(text.ends_with(": database \"missing\" does not exist (SQLSTATE 3D000)"), "{text}");
    let error = sqlward::Database::open("not a connection string").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}
