//! Who holds a `Database` alone cannot do what needs the role of the service.

use sqlward::{Database, ServiceRole};

async fn find_session(_: &ServiceRole<'_>) {}

async fn handler(db: &Database) {
    find_session(db).await;
    find_session(&db.into()).await;
}

fn main() {}
