//! What runs again changes nothing outside of it: a second attempt would meet what the first one left.

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
