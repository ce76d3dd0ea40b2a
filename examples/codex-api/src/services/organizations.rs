//! Organizations: their beginning, their address, and their end.

use codex_catalog::organizations::{self, ChangeOrganizationSlugRow, CreateOrganizationWithOwner};
use codex_catalog::{
    Constraint, Organization, OrganizationManager, OrganizationMembershipRole as Role, UserScope, content,
    memberships,
};
use sqlward::{Database, Error, Result, ServiceKey};

use super::ATTEMPTS;

/// Addresses that the platform keeps for itself.
const RESERVED: &[&str] =
    &["admin", "api", "app", "auth", "help", "mail", "static", "status", "support", "www"];

/// What came of asking for an address.
pub enum Addressed<T> {
    /// It is theirs.
    Done(T),
    /// Another organization has it, or the platform.
    SlugTaken,
    /// The account or the organization is gone.
    Gone,
}

/// What a new organization says of itself.
pub struct Founding<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its address.
    pub slug: &'a str,
    /// What it is.
    pub description: Option<&'a str>,
    /// Where else it is.
    pub website_url: Option<&'a str>,
}

/// Founds an organization, which the caller owns. The service does it: nobody has a scope over what is not there yet.
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

/// Moves an organization to another address.
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

/// Whether the platform keeps an address for itself.
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

/// What came of removing an organization.
#[derive(Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is gone, and so many of its pieces are drafts again.
    Removed {
        /// How many.
        withdrawn: u64,
    },
    /// This is for owners.
    OwnersOnly,
    /// It was gone before.
    Gone,
}

/// Removes an organization. Foreign keys do not fire on a soft delete, so that what it has published is withdrawn here.
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
