//! A parameter that is compared by `=` is not an `Option`, since nothing equals NULL.

use codex_catalog::content;
use sqlward::Database;

async fn handler(db: &Database) {
    let _ = content::recent_content_per_creator(db, None, &[]).await;
}

fn main() {}
