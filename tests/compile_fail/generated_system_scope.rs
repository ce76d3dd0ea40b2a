//! Who holds only the database cannot call what is the service's own work.

use codex_catalog::identity;
use sqlward::Database;

async fn handler(db: &Database) {
    let _ = identity::find_user_by_email(db, "ada@example.org").await;
}

fn main() {}
