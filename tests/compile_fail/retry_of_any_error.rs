//! Only an error that knows whether its transaction can be run again is retried.

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
