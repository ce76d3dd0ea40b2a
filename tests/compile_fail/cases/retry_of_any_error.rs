//! An error type can be retried only if it implements the trait that tells whether a retry may help.

use sqlward::Database;

struct Refused;

impl From<sqlward::Error> for Refused {
    fn from(_: sqlward::Error) -> Self {
        Refused
    }
}

async fn handler(db: &Database) -> Result<(), Refused> {
    sqlward::retry(3, || db.transaction(async |_| Ok(()))).await
}

fn main() {}
