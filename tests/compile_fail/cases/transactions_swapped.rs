//! Two transactions cannot be swapped with each other.

use sqlward::{Database, Error};

async fn of_two_databases(one: &Database, two: &Database) -> Result<(), Error> {
    one.transaction(async |a| {
        two.transaction(async |b| {
            std::mem::swap(a, b);
            Ok::<_, Error>(())
        })
        .await
    })
    .await
}

fn main() {}
