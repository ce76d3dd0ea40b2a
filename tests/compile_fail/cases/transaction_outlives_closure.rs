//! A transaction cannot outlive its closure.

use sqlward::{Database, Error, Transaction};

async fn returned(db: &Database) {
    let tx = db.transaction(async |tx| Ok::<_, Error>(tx)).await;
    drop(tx);
}

async fn stored(db: &Database) {
    let mut kept: Option<&mut Transaction<'_>> = None;
    let _ = db
        .transaction(async |tx| {
            kept = Some(tx);
            Ok::<_, Error>(())
        })
        .await;
    drop(kept);
}

fn main() {}
