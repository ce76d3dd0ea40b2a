//! A stream of a transaction cannot outlive it.

use sqlward::{Database, Error, Executor, Query, RowStream};

static QUERY: Query = Query::new("t::t", "select 1 as n", &[], &[("n", "int4")]);

async fn handler<'a>(db: &'a Database) -> Result<RowStream<'a, (i32,)>, Error> {
    db.transaction(async |tx| tx.fetch_stream::<(i32,)>(&QUERY, &[]).await).await
}

fn main() {}
