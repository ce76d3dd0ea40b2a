//! A transaction cannot be moved into a task that may outlive it.

use sqlward::{Database, Error, Executor, Query};

static QUERY: Query = Query::new("t::t", "select 1", &[], &[]);

fn spawn(_: impl Future + Send + 'static) {}

async fn handler(db: &Database) -> Result<(), Error> {
    db.transaction(async |tx| {
        spawn(async { tx.execute(&QUERY, &[]).await });
        Ok(())
    })
    .await
}

fn main() {}
