//! A function that needs a transaction does not accept a `Database`.

use sqlward::{Database, ServiceKey, ServiceTransaction, Transaction};

async fn lock_media(_: &Transaction<'_>) {}
async fn lock_user(_: &ServiceTransaction<'_>) {}

async fn handler(db: &Database, key: &ServiceKey) {
    lock_media(db).await;
    lock_user(&key.over(db, "locks")).await;
    lock_user(&key.within(db, "locks")).await;
}

fn main() {}
