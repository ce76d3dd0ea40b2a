//! The error type of a transaction's closure has to be made from `sqlward::Error`.

use sqlward::Database;

struct Refused;

async fn handler(db: &Database) -> Result<(), Refused> {
    db.transaction(async |_| Ok(())).await
}

fn main() {}
