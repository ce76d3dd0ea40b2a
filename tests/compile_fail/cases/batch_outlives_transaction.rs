//! A batch that was created in a transaction cannot run after the transaction.

use sqlward::{Database, Error, Executor, Query};

static QUERY: Query = Query::new("t::t", "select $1::int4", &[sqlward::types::Type::INT4], &[("n", "int4")]);

async fn handler(db: &Database, numbers: &[i32]) -> Result<Vec<u64>, Error> {
    let batch = db.transaction(async |tx| Ok::<_, Error>(tx.batch(&QUERY, numbers, |number| [number]))).await?;
    batch.execute().await
}

fn main() {}
