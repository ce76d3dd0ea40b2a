//! Compares four ways to write 10,000 rows: one statement per row, a batch of statements, one statement with arrays,
//! and COPY. It starts a PostgreSQL server of its own.
//!
//! ```console
//! $ cargo run --release --example bulk
//! ```

use std::time::{Duration, Instant};

use sqlward::types::{Each, Type};
use sqlward::{Database, Executor, Query, Result, Writer, items, testing};

const ROWS: i32 = 10_000;

/// The number of rounds. The fastest of each way counts.
const ROUNDS: usize = 7;

const SCHEMA: &str = "
    create table owners (id text primary key);
    insert into owners values ('one');
    create table notes (
        id uuid primary key default gen_random_uuid(),
        owner_id text not null references owners,
        number int not null,
        title varchar(100) not null,
        body text,
        made_at timestamptz not null default now()
    );
    create index notes_owner on notes (owner_id, number);
";

struct Note {
    number: i32,
    title: String,
    body: Option<String>,
}

fn notes() -> Vec<Note> {
    let note = |number| Note {
        number,
        title: format!("Note {number}"),
        body: (number % 2 == 0).then(|| "some words that say what it is about ".repeat(3)),
    };
    (0..ROWS).map(note).collect()
}

const INSERT: &str = "insert into notes (owner_id, number, title, body) values ($1, $2, $3, $4)";
const TYPES: &[Type] = &[Type::TEXT, Type::INT4, Type::VARCHAR, Type::TEXT];
static ONE: Query = Query::new("bulk::one", INSERT, TYPES, &[]);
static OF_BATCH: Query = Query::new("bulk::of_batch", INSERT, TYPES, &[]);
static UNNEST: Query = Query::new(
    "bulk::unnest",
    "insert into notes (owner_id, number, title, body)
     select $1, i.number, i.title, i.body from unnest($2::int4[], $3::text[], $4::text[]) i (number, title, body)",
    &[Type::TEXT, Type::INT4_ARRAY, Type::TEXT_ARRAY, Type::TEXT_ARRAY],
    &[],
);
static COPY: Query = Query::new(
    "bulk::copy",
    "copy notes (owner_id, number, title, body) from stdin (format binary)",
    TYPES,
    &[("owner_id", "text"), ("number", "int4"), ("title", "varchar"), ("body", "text")],
)
.described_by("select owner_id, number, title, body from notes");
static EMPTY: Query = Query::new("bulk::empty", "truncate notes", &[], &[]);
static COUNT: Query = Query::new("bulk::count", "select count(*) from notes", &[], &[("count", "int8")]);

async fn one_by_one(db: &Database, notes: &[Note]) -> Result<()> {
    db.transaction(async |tx| {
        for note in notes {
            tx.execute(&ONE, &[&"one", &note.number, &note.title, &note.body]).await?;
        }
        Ok(())
    })
    .await
}

async fn batch(db: &Database, notes: &[Note]) -> Result<()> {
    let owner = "one";
    let batch = db.batch(&OF_BATCH, notes, |note| [&owner, &note.number, &note.title, &note.body]);
    batch.execute().await.map(drop)
}

async fn unnest(db: &Database, notes: &[Note]) -> Result<()> {
    let numbers = Each::new(notes, |note: &Note| note.number);
    let titles: Vec<&str> = notes.iter().map(|note| &*note.title).collect();
    let bodies: Vec<Option<&str>> = notes.iter().map(|note| note.body.as_deref()).collect();
    db.execute(&UNNEST, &[&"one", &numbers, &titles, &bodies]).await.map(drop)
}

async fn copy(db: &Database, notes: &[Note]) -> Result<()> {
    let write = |note: &&Note, row: &mut sqlward::CopyRow<'_>| {
        row.write(&[&"one", &note.number, &note.title, &note.body])
    };
    db.copy(&COPY, items(notes), write).await.map(drop)
}

/// The fastest of several rounds.
async fn fastest(
    db: &Database,
    notes: &[Note],
    way: impl AsyncFn(&Database, &[Note]) -> Result<()>,
) -> Duration {
    let mut fastest = Duration::MAX;
    for _ in 0..ROUNDS {
        db.execute(&EMPTY, &[]).await.expect("the table is there");
        let since = Instant::now();
        way(db, notes).await.expect("nothing is wrong with the rows");
        fastest = fastest.min(since.elapsed());
        let (count,) = db.fetch_one::<(i64,)>(&COUNT, &[]).await.expect("it can be read");
        assert_eq!(count, i64::from(ROWS));
    }
    fastest
}

#[tokio::main]
async fn main() {
    let test = testing::database(SCHEMA).await.expect("a server");
    let (db, notes) = (&test.db, &notes()[..]);
    let ways = [
        ("COPY", fastest(db, notes, copy).await),
        ("unnest", fastest(db, notes, unnest).await),
        ("batch", fastest(db, notes, batch).await),
        ("one by one", fastest(db, notes, one_by_one).await),
    ];
    for (name, took) in ways {
        let ratio = took.as_secs_f64() / ways[0].1.as_secs_f64();
        println!("{name:<12} {:>8.1} ms {ratio:>6.1}", took.as_secs_f64() * 1e3);
    }
}
