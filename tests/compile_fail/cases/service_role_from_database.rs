//! A function that needs the service's role does not accept a `Database`.

use sqlward::{Database, ServiceRole};

async fn find_session(_: &ServiceRole<'_>) {}

async fn handler(db: &Database) {
    find_session(db).await;
    find_session(&db.into()).await;
}

fn main() {}
