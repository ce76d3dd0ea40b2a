//! A query in system scope needs the service's role; a `Database` is not accepted.

use codex_catalog::identity;
use sqlward::Database;

async fn handler(db: &Database) {
    let _ = identity::find_user_by_email(db, "ada@example.org").await;
}

fn main() {}
