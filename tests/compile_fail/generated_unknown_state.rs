//! A state is one of those that the schema allows.

use codex_catalog::ContentStatus;

fn main() {
    let _ = ContentStatus::Publsihed;
}
