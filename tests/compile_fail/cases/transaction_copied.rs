//! A transaction cannot be cloned or copied.

use sqlward::{Database, Error};

async fn handler(db: &Database) -> Result<(), Error> {
    db.transaction(async |tx| {
        let other = tx.clone();
        other.transaction(async |_| Ok::<_, Error>(())).await
    })
    .await
}

fn main() {}
