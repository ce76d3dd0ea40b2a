//! The outer transaction cannot be used while a nested one is open.

use sqlward::{Database, Error, Executor, Query};

static QUERY: Query = Query::new("t::t", "select 1", &[], &[]);

async fn handler(db: &Database) -> Result<(), Error> {
    db.transaction(async |tx| {
        tx.transaction(async |_| tx.execute(&QUERY, &[]).await).await?;
        Ok(())
    })
    .await
}

fn main() {}
