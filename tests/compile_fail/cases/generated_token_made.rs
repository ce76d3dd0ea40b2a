//! A generated token cannot be made by a literal.

use codex_catalog::{CreatorScope, OrganizationId, OrganizationScope, UserId};

fn forged(creator_id: UserId) -> CreatorScope {
    CreatorScope { creator_id }
}

fn granted_by_nobody(organization_id: OrganizationId) -> OrganizationScope {
    OrganizationScope { organization_id }
}

fn updated(creator_id: UserId, of: CreatorScope) -> CreatorScope {
    CreatorScope { creator_id, ..of }
}

fn main() {}
