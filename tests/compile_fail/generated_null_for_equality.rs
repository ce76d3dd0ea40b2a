//! A column that can be NULL is compared by `=` with what is not: NULL equals nothing.

use codex_catalog::content;
use sqlward::Database;

async fn handler(db: &Database) {
    let _ = content::recent_content_per_creator(db, None, &[]).await;
}

fn main() {}
