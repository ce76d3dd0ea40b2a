//! A batch borrows its items, so they have to live until it has run.

use sqlward::{Database, Error, Executor, Query};

static QUERY: Query = Query::new("t::t", "select $1::int4", &[sqlward::types::Type::INT4], &[("n", "int4")]);

async fn handler(db: &Database) -> Result<Vec<u64>, Error> {
    let batch = {
        let numbers = vec![1, 2, 3];
        db.batch(&QUERY, &numbers, |number| [number])
    };
    batch.execute().await
}

fn main() {}
