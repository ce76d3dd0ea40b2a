//! The closure's error can say what the database's was.

use sqlward::Database;

struct Refused;

async fn handler(db: &Database) -> Result<(), Refused> {
    db.transaction(async |_| Ok(())).await
}

fn main() {}
