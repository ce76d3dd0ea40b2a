//! A function that takes a `Database` does not accept a transaction, since it begins and commits its own.

use sqlward::{Database, Error};

async fn charge(_: &Database) -> Result<(), Error> {
    Ok(())
}

async fn handler(db: &Database) -> Result<(), Error> {
    db.transaction(async |tx| charge(tx).await).await
}

fn main() {}
