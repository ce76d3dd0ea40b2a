//! A token of a role comes only from a query that grants it.

use codex_catalog::{OrganizationId, OrganizationManager, OrganizationScope, OrganizationStudio};

fn of_parts(studio: OrganizationStudio) {
    let _ = OrganizationManager(studio);
}

fn of_functions(organization_id: OrganizationId) {
    let _ = OrganizationScope::from_authenticated(organization_id);
    let _ = OrganizationScope::granted(organization_id);
    let _ = OrganizationManager::granted(organization_id);
}

fn main() {}
