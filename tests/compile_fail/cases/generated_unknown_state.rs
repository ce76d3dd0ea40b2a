//! An enum has no variants besides the values that the schema allows.

use codex_catalog::ContentStatus;

fn main() {
    let _ = ContentStatus::Publsihed;
}
