//! A nested transaction cannot begin while rows of a stream are still to be read.

use sqlward::{Database, Error, Executor, Query};

static QUERY: Query = Query::new("t::t", "select 1 as n", &[], &[("n", "int4")]);

async fn handler(db: &Database) -> Result<(), Error> {
    db.transaction(async |tx| {
        let rows = tx.fetch_stream::<(i32,)>(&QUERY, &[]).await?;
        tx.transaction(async |_| Ok::<_, Error>(())).await?;
        drop(rows);
        Ok(())
    })
    .await
}

fn main() {}
