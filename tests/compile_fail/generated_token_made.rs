//! A token is made where its caller was authenticated, and nowhere else.

use codex_catalog::{CreatorScope, UserId};

fn forged(creator_id: UserId) -> CreatorScope {
    CreatorScope { creator_id }
}

fn main() {}
