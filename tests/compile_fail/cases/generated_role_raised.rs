//! A token cannot be converted into one of a stronger role.

use codex_catalog::{OrganizationManager, OrganizationScope, OrganizationStudio};

fn by_conversion(member: OrganizationScope, studio: &OrganizationStudio) -> [OrganizationManager; 3] {
    [member.into(), studio.into(), OrganizationManager::from(studio)]
}

fn by_reference(studio: &OrganizationStudio) -> &OrganizationManager {
    studio
}

fn by_the_inside(studio: OrganizationStudio, mut manager: OrganizationManager) -> OrganizationManager {
    manager.0 = studio;
    manager
}

fn by_deref(studio: OrganizationStudio, mut manager: OrganizationManager) -> OrganizationManager {
    *manager = studio;
    manager
}

fn by_swap(mut studio: OrganizationStudio, mut manager: OrganizationManager) -> OrganizationManager {
    std::mem::swap(&mut *manager, &mut studio);
    manager
}

fn main() {}
