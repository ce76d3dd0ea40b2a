use sqlward::{Database, ServiceRole};

async fn find_session(_: &ServiceRole<'_>) {}

async fn handler(db: &Database) {
    find_session(db).await;
    find_session(&ServiceRole::from(db)).await;
    find_session(&ServiceRole { place: db, reason: "none".into() }).await;
}

fn main() {}
