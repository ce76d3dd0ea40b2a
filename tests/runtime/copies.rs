//! COPY: rows that are streamed into a table.

use std::pin::pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use sqlward::types::Type;
use sqlward::{Database, Error, ErrorKind, Executor, Query, Result, TransactionOptions, Writer, items};

use crate::support::Fixture;

const SCHEMA: &str = "
    create domain level as int check (value > 0);
    create table notes (
        n int4 not null unique,
        title varchar(10) not null check (title <> 'bad'),
        body text,
        levels level[],
        seen timestamptz not null default now()
    );
";

struct Note {
    n: i32,
    title: String,
    body: Option<String>,
    levels: Vec<i32>,
}

fn note(n: i32) -> Note {
    Note { n, title: format!("t{n}"), body: (n % 2 == 0).then(|| "x".repeat(40)), levels: vec![1, n + 1] }
}

async fn copy_notes<E: From<Error> + Send>(
    db: &impl Writer,
    items: impl Stream<Item = Result<Note, E>> + Send,
) -> Result<u64, E> {
    static QUERY: Query = Query::new(
        "notes::copy_notes",
        "copy notes (n, title, body, levels) from stdin (format binary)",
        &[Type::INT4, Type::VARCHAR, Type::TEXT, Type::INT4_ARRAY],
        &[("n", "int4"), ("title", "varchar"), ("body", "text"), ("levels", "public._level")],
    )
    .described_by("select n, title, body, levels from notes");
    db.copy(&QUERY, items, |item, row| row.write(&[&item.n, &item.title, &item.body, &item.levels])).await
}

async fn count(db: &impl Executor) -> i64 {
    static COUNT: Query = Query::new("t::count", "select count(*) from notes", &[], &[("count", "int8")]);
    db.fetch_one::<(i64,)>(&COUNT, &[]).await.unwrap().0
}

async fn single(setup: &str) -> Fixture {
    Fixture::with(setup, |builder| builder.max_connections(1)).await
}

#[tokio::test]
async fn rows_are_what_was_given() {
    let fixture = single(SCHEMA).await;
    let db = &fixture.db;
    assert_eq!(copy_notes(db, items((0..5_000).map(note))).await.unwrap(), 5_000);
    assert_eq!(copy_notes(db, items([])).await.unwrap(), 0);
    let rows = fixture
        .client()
        .await
        .query("select n, title, body, levels::int4[] from notes order by n", &[])
        .await;
    for (row, n) in rows.unwrap().iter().zip(0..5_000) {
        let Note { n, title, body, levels } = note(n);
        assert_eq!((row.get(0), row.get(1), row.get(2), row.get(3)), (n, title, body, levels));
    }
    assert_eq!(count(db).await, 5_000);
}

#[tokio::test]
async fn all_of_them_or_none() {
    let Fixture { db, .. } = &single(SCHEMA).await;
    let with =
        |n, title: &str| items((0..1_000).map(note).chain([Note { title: title.to_owned(), ..note(n) }]));
    for (n, title, kind, item) in [
        (1_000, "bad", ErrorKind::CheckViolation, Some(1_000)),
        (1_000, "much too long", ErrorKind::Data, Some(1_000)),
        (7, "twice", ErrorKind::UniqueViolation, Some(1_000)),
    ] {
        let error = copy_notes(db, with(n, title)).await.unwrap_err();
        assert_eq!((error.kind(), error.item(), error.query()), (kind, item, Some("notes::copy_notes")));
        assert!(error.to_string().starts_with("notes::copy_notes: items[1000]: "), "{error}");
        assert_eq!(count(db).await, 0);
    }
    // A value that the domain rejects is also rejected as an element of an array.
    let wrong = Note { levels: vec![0], ..note(3) };
    assert_eq!(copy_notes(db, items([note(1), wrong])).await.unwrap_err().item(), Some(1));
    assert_eq!(count(db).await, 0);
    assert_eq!(db.metrics().abandoned, 0);
}

#[tokio::test]
async fn what_a_trigger_refuses_is_told_of_its_item() {
    const REFUSES: &str = "
        create function refuse() returns trigger language plpgsql as
            'begin if new.title = ''no'' then raise check_violation; end if; return new; end';
        create trigger refuse before insert on notes for each row execute function refuse();
    ";
    let Fixture { db, .. } = &single(&format!("{SCHEMA}{REFUSES}")).await;
    let refused = Note { title: "no".to_owned(), ..note(2) };
    let error = copy_notes(db, items([note(1), refused, note(3)])).await.unwrap_err();
    assert_eq!((error.kind(), error.item()), (ErrorKind::CheckViolation, Some(1)));
    assert_eq!(count(db).await, 0);
}

#[tokio::test]
async fn items_that_end_with_an_error_are_none() {
    #[derive(Debug)]
    enum Wrong {
        Line(usize),
        Database(Error),
    }
    impl From<Error> for Wrong {
        fn from(error: Error) -> Wrong {
            Wrong::Database(error)
        }
    }
    let Fixture { db, .. } = &single(SCHEMA).await;
    let lines =
        || stream::iter((0..50_000).map(|n| if n == 40_000 { Err(Wrong::Line(7)) } else { Ok(note(n)) }));
    assert!(matches!(copy_notes(db, lines()).await, Err(Wrong::Line(7))));
    assert_eq!(count(db).await, 0);
    // It fails the transaction that it is in, but not an outer one.
    db.transaction(async |tx| {
        copy_notes(tx, items([note(1)])).await?;
        assert!(matches!(
            tx.transaction(async |tx| copy_notes(tx, lines()).await).await,
            Err(Wrong::Line(7))
        ));
        assert_eq!(count(tx).await, 1);
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let swallowed = db.transaction(async |tx| {
        assert!(copy_notes(tx, lines()).await.is_err());
        Ok::<_, Error>(())
    });
    assert_eq!(swallowed.await.unwrap_err().kind(), ErrorKind::Aborted);
    let twice = copy_notes(db, items([note(2), note(2)])).await.map_err(|error| error.kind());
    assert_eq!(twice, Err(ErrorKind::UniqueViolation));
    assert_eq!(count(db).await, 1);
    assert_eq!(db.metrics().abandoned, 0);
    let database = copy_notes(db, stream::iter([Ok::<_, Wrong>(note(1))])).await;
    assert!(matches!(database, Err(Wrong::Database(error)) if error.kind() == ErrorKind::UniqueViolation));
}

#[tokio::test]
async fn a_value_that_cannot_be_sent_is_told() {
    static NARROW: Query = Query::new(
        "notes::narrow",
        "copy notes (n, title) from stdin (format binary)",
        &[Type::INT4, Type::VARCHAR],
        &[("n", "int4"), ("title", "varchar")],
    )
    .described_by("select n, title from notes");
    let Fixture { db, .. } = &single(SCHEMA).await;
    let wide = db.copy(&NARROW, items(["a", "secret"]), |item, row| match *item {
        "a" => row.write(&[&1_i32, item]),
        _ => row.write(&[&1_i64, item]),
    });
    let error = wide.await.unwrap_err();
    assert_eq!((error.kind(), error.item()), (ErrorKind::Encode, Some(1)));
    assert_eq!(error.to_string(), "notes::narrow: items[1]: cannot send column `n` of type int4");
    let few = db.copy(&NARROW, items(["a"]), |item, row| row.write(&[item])).await.unwrap_err();
    assert_eq!(few.kind(), ErrorKind::Encode);
    assert_eq!(count(db).await, 0);
}

#[tokio::test]
async fn one_that_is_dropped_half_way_has_written_nothing() {
    let Fixture { db, .. } = &single(SCHEMA).await;
    for in_transaction in [false, true] {
        // After these items the stream never ends.
        let waiting = || items((0..10_000).map(note)).chain(stream::pending());
        let copied = async {
            match in_transaction {
                false => copy_notes(db, waiting()).await,
                true => db.transaction(async |tx| copy_notes(tx, waiting()).await).await,
            }
        };
        assert!(tokio::time::timeout(Duration::from_millis(300), copied).await.is_err());
        assert_eq!(count(db).await, 0);
    }
    // A copy that is dropped within a transaction fails the transaction.
    let swallowed = db.transaction(async |tx| {
        let waiting = pin!(copy_notes(tx, items([note(1)]).chain(stream::pending())));
        assert!(tokio::time::timeout(Duration::from_millis(300), waiting).await.is_err());
        Ok::<_, Error>(())
    });
    assert_eq!(swallowed.await.unwrap_err().kind(), ErrorKind::Aborted);
    assert_eq!(count(db).await, 0);
}

#[tokio::test]
async fn one_that_cannot_begin_leaves_no_answer_for_the_next() {
    let setup =
        format!("{SCHEMA} create function who() returns int language sql as 'select pg_backend_pid()'");
    let Fixture { db, .. } = &single(&setup).await;
    // The server refuses it only when it is executed, after the client has announced rows.
    let read_only = async || {
        db.transaction_with(TransactionOptions::new().read_only(), async |tx| {
            assert_eq!(copy_notes(tx, items([note(1)])).await.unwrap_err().code(), Some("25006"));
            Ok::<_, Error>(())
        })
        .await
    };
    for _ in 0..20 {
        assert_eq!(read_only().await.unwrap_err().kind(), ErrorKind::Connection);
        assert_eq!(count(db).await, 0);
    }
    static SET: Query =
        Query::new("t::set", "select set_config($1, 'on', false) as set", &[], &[("set", "text")]);
    db.fetch_one::<(String,)>(&SET, &[&"default_transaction_read_only"]).await.unwrap();
    assert_eq!(copy_notes(db, items([note(1)])).await.unwrap_err().code(), Some("25006"));
    for n in 0..20_i32 {
        static SAME: Query = Query::new("t::same", "select $1 as n", &[Type::INT4], &[("n", "int4")]);
        assert_eq!(db.fetch_one::<(i32,)>(&SAME, &[&n]).await.unwrap(), (n,));
    }
}

#[tokio::test]
async fn a_column_of_another_type_is_drift() {
    let fixture = single(SCHEMA).await;
    let db = &fixture.db;
    copy_notes(db, items([note(1)])).await.unwrap();
    // The bytes of an integer are also a valid date, so the changed type must be noticed.
    fixture.client().await.batch_execute("alter table notes alter n type date using now()").await.unwrap();
    let error = copy_notes(db, items([note(2)])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Drift);
    assert!(error.to_string().contains("column 1 should be `n` of type int4"), "{error}");
    assert_eq!(count(db).await, 1);
    fixture.client().await.batch_execute("alter table notes drop column body").await.unwrap();
    assert_eq!(copy_notes(db, items([note(2)])).await.unwrap_err().kind(), ErrorKind::Drift);
}

/// The resident memory of the process in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

#[tokio::test]
async fn a_million_rows_take_the_memory_of_a_few() {
    const ROWS: i32 = 1_000_000;
    static WIDE: Query = Query::new(
        "notes::wide",
        "copy wide (text) from stdin (format binary)",
        &[Type::TEXT],
        &[("text", "text")],
    )
    .described_by("select text from wide");
    let Fixture { db, .. } = &Fixture::new("create unlogged table wide (text text)").await;
    let (before, mut most) = (resident(), 0);
    let rows = items((0..ROWS).map(|n| format!("{n:0500}"))).inspect(|_| ()).enumerate().map(|(n, row)| {
        if n % 10_000 == 0 {
            most = most.max(resident());
        }
        row
    });
    assert_eq!(db.copy(&WIDE, rows, |item, row| row.write(&[item])).await.unwrap(), ROWS as u64);
    // Half a gigabyte was streamed. Other tests of this process also use some memory.
    let held = most.saturating_sub(before);
    assert!(held < 100 << 20, "{held} bytes more than before");
}

/// The same through a pooler, where other transactions can be on other server connections.
pub async fn through(db: &Database) {
    assert_eq!(copy_notes(db, items((0..1_000).map(note))).await.unwrap(), 1_000);
    let error = copy_notes(db, items([note(1_000), note(5)])).await.unwrap_err();
    assert_eq!((error.kind(), error.item()), (ErrorKind::UniqueViolation, Some(1)));
    db.transaction(async |tx| copy_notes(tx, items([note(1_000)])).await).await.unwrap();
    assert_eq!(count(db).await, 1_001);
}

/// The schema for [`through`].
pub const NOTES: &str = SCHEMA;
