//! Organizations: creation, slug, removal.

use codex_catalog::organizations::{self, ChangeOrganizationSlugRow, CreateOrganizationWithOwner};
use codex_catalog::{
    Constraint, Organization, OrganizationManager, OrganizationMembershipRole as Role, UserScope, content,
    memberships,
};
use sqlward::{Database, Error, Result, ServiceKey};

use super::ATTEMPTS;

/// Slugs that the platform reserves.
const RESERVED: &[&str] =
    &["admin", "api", "app", "auth", "help", "mail", "static", "status", "support", "www"];

/// The result of creating an organization or changing its slug.
pub enum Addressed<T> {
    /// It was stored.
    Done(T),
    /// Another organization has the slug, or the platform reserves it.
    SlugTaken,
    /// The account or the organization no longer exists.
    Gone,
}

/// The fields of a new organization.
pub struct Founding<'a> {
    /// The name.
    pub name: &'a str,
    /// The slug.
    pub slug: &'a str,
    /// The description.
    pub description: Option<&'a str>,
    /// The website.
    pub website_url: Option<&'a str>,
}

/// Creates an organization that the caller owns. The service role is needed, since nobody has a scope for an
/// organization that does not exist yet.
pub async fn found(
    db: &Database,
    key: &ServiceKey,
    founder: &UserScope,
    new: Founding<'_>,
) -> Result<Addressed<Organization>> {
    if is_reserved(new.slug) {
        return Ok(Addressed::SlugTaken);
    }
    let new = CreateOrganizationWithOwner {
        founder_id: founder.user_id(),
        name: new.name,
        slug: new.slug,
        description: new.description,
        logo_url: None,
        website_url: new.website_url,
    };
    let founded = sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            let role = key.within(tx, "founding of an organization");
            organizations::create_organization_with_owner(&role, &new).await
        })
    });
    addressed(founded.await)
}

/// Changes the slug of an organization.
pub async fn move_to(
    db: &Database,
    organization: &OrganizationManager,
    slug: &str,
) -> Result<Addressed<ChangeOrganizationSlugRow>> {
    if is_reserved(slug) {
        return Ok(Addressed::SlugTaken);
    }
    addressed(organizations::change_organization_slug(db, organization, slug).await)
}

/// Whether the platform reserves a slug.
pub fn is_reserved(slug: &str) -> bool {
    RESERVED.contains(&slug)
}

fn addressed<T>(result: Result<Option<T>>) -> Result<Addressed<T>> {
    match result {
        Ok(row) => Ok(row.map_or(Addressed::Gone, Addressed::Done)),
        Err(error) if error.constraint() == Some(Constraint::OrganizationsSlugUnique) => {
            Ok(Addressed::SlugTaken)
        }
        Err(error) => Err(error),
    }
}

/// The result of removing an organization.
#[derive(Debug, PartialEq, Eq)]
pub enum Removal {
    /// It was removed, and its published pieces became drafts.
    Removed {
        /// How many pieces became drafts.
        withdrawn: u64,
    },
    /// Only owners may do this.
    OwnersOnly,
    /// It no longer exists.
    Gone,
}

/// Removes an organization. Foreign keys do not act on a soft delete, so its published content is withdrawn here.
pub async fn remove(
    db: &Database,
    organization: &OrganizationManager,
    caller: &UserScope,
) -> Result<Removal> {
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            if organizations::lock_organization(tx, organization).await?.is_none() {
                return Ok::<_, Error>(Removal::Gone);
            }
            let id = *organization.organization_id();
            match memberships::get_my_management_membership(tx, caller, id).await? {
                Some((organization, mine)) if mine.role == Role::Owner => {
                    let withdrawn = content::withdraw_organization_content(tx, &organization).await?;
                    organizations::soft_delete_organization(tx, &organization).await?;
                    Ok(Removal::Removed { withdrawn })
                }
                Some(_) => Ok(Removal::OwnersOnly),
                None => Ok(Removal::Gone),
            }
        })
    })
    .await
}
