//! What takes a database does not run in a transaction: it would commit on its own.

use sqlward::{Database, Error};

async fn charge(_: &Database) -> Result<(), Error> {
    Ok(())
}

async fn handler(db: &Database) -> Result<(), Error> {
    db.transaction(async |tx| charge(tx).await).await
}

fn main() {}
