//! Two nested transactions of one transaction cannot be open at the same time.

use sqlward::{Database, Error};

async fn handler(db: &Database) -> Result<(), Error> {
    db.transaction(async |tx| {
        let one = tx.transaction(async |_| Ok::<_, Error>(()));
        let two = tx.transaction(async |_| Ok::<_, Error>(()));
        one.await?;
        two.await
    })
    .await
}

fn main() {}
