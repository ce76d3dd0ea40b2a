//! A retried closure cannot change captured variables, which a second attempt would find changed.

use sqlward::{Database, Error};

async fn handler(db: &Database) -> Result<Vec<u32>, Error> {
    let mut seen = Vec::new();
    sqlward::retry(3, || {
        db.transaction(async |_| {
            seen.push(1);
            Ok::<_, Error>(())
        })
    })
    .await?;
    Ok(seen)
}

fn main() {}
