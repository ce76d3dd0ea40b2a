//! A function that needs a manager's token does not accept a weaker one.

use codex_catalog::{
    ContentId, OrganizationId, OrganizationManager, OrganizationScope, OrganizationStudio, UserScope, content,
    memberships, organizations,
};
use sqlward::Database;

async fn handler(db: &Database, user: &UserScope, member: &OrganizationScope, studio: &OrganizationStudio) {
    let _ = organizations::set_organization_logo(db, member, None).await;
    let _ = organizations::set_organization_logo(db, studio, None).await;
    let _ = organizations::set_organization_logo(db, user, None).await;
}

async fn draft(db: &Database, member: &OrganizationScope, id: ContentId) {
    let _ = content::get_organization_content(db, member, id).await;
}

// A membership grants what its query says, not more.
async fn enter(db: &Database, user: &UserScope, id: OrganizationId) -> OrganizationManager {
    memberships::get_my_membership(db, user, id).await.unwrap().unwrap().0
}

fn main() {}
