//! The id in a generated token cannot be changed.

use codex_catalog::{CreatorScope, OrganizationScope, UserId};

fn assigned(scope: &mut CreatorScope, other: UserId) {
    scope.creator_id = other;
}

fn borrowed(scope: &mut OrganizationScope) -> &mut codex_catalog::OrganizationId {
    scope.organization_id()
}

fn written(scope: &mut CreatorScope, other: UserId) {
    *scope.creator_id() = other;
}

fn main() {}
