//! A transaction stays the one of its closure.

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
