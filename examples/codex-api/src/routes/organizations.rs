//! Organizations: public pages and management.

use axum::Json;
use axum::extract::State;
use codex_catalog::organizations::{
    self, ChangeOrganizationSlugRow, ListMyOrganizationsRow, ListOrganizations, ListOrganizationsSort,
    OrganizationOverviewRow, OrganizationWithMembers, UpdateOrganization,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlward::{Database, Page, Paged};

use crate::app::Service;
use crate::auth::{Caller, Manager, Member, Organization};
use crate::bounds::{Link, Search, Slug, Text};
use crate::extract::{Body, Created, Done, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::organizations::{self as service, Addressed, Founding, Removal};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/organizations", list)
        .post("/v1/organizations", found)
        .get("/v1/organization-slugs/{slug}", slug_availability)
        .get("/v1/organizations/{organization}", show)
        .patch("/v1/organizations/{organization}", update)
        .delete("/v1/organizations/{organization}", remove)
        .put("/v1/organizations/{organization}/slug", change_slug)
        .put("/v1/organizations/{organization}/logo", set_logo)
        .delete("/v1/organizations/{organization}/logo", clear_logo)
        .get("/v1/organizations/{organization}/overview", overview)
        .get("/v1/organizations/{organization}/team", team)
        .get("/v1/me/organizations", mine)
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    search: Option<Search>,
    #[serde(default)]
    sort: ListOrganizationsSort,
}

async fn list(
    State(db): State<Database>,
    Query(listing): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<codex_catalog::Organization>>> {
    let listing = ListOrganizations { search: listing.search.as_deref(), sort: listing.sort };
    Ok(Json(organizations::list_organizations(&db, &listing, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct NewOrganization {
    name: Text<1, 255>,
    slug: Slug,
    description: Option<Text<0, 10_000>>,
    website_url: Option<Link>,
}

async fn found(
    State(acting): State<Service>,
    caller: Caller,
    Body(new): Body<NewOrganization>,
) -> Result<Created<codex_catalog::Organization>> {
    let new = Founding {
        name: &new.name,
        slug: &new.slug,
        description: new.description.as_deref(),
        website_url: new.website_url.as_deref(),
    };
    let founded = service::found(acting.db(), acting.key(), &caller.user, new).await?;
    addressed(founded).map(Created)
}

fn addressed<T>(outcome: Addressed<T>) -> Result<T> {
    match outcome {
        Addressed::Done(row) => Ok(row),
        Addressed::SlugTaken => Err(Problem::conflict("slug-taken", "this address is taken")),
        Addressed::Gone => Err(Problem::not_found()),
    }
}

#[derive(Serialize, JsonSchema)]
struct Availability {
    available: bool,
}

async fn slug_availability(State(db): State<Database>, Path(slug): Path<Slug>) -> Result<Json<Availability>> {
    let available =
        !service::is_reserved(&slug) && organizations::is_organization_slug_available(&db, &slug).await?;
    Ok(Json(Availability { available }))
}

async fn show(
    State(db): State<Database>,
    Organization(id): Organization,
) -> Result<Json<codex_catalog::Organization>> {
    organizations::get_organization(&db, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Only the given fields are changed. An empty text is removed.
#[derive(Deserialize, JsonSchema)]
struct Texts {
    name: Option<Text<1, 255>>,
    description: Option<Text<0, 10_000>>,
    website_url: Option<Link>,
}

async fn update(
    State(db): State<Database>,
    manager: Manager,
    Body(texts): Body<Texts>,
) -> Result<Json<codex_catalog::Organization>> {
    let change = UpdateOrganization {
        name: texts.name.as_deref(),
        description: texts.description.as_deref(),
        website_url: texts.website_url.as_deref(),
    };
    let updated = organizations::update_organization(&db, &manager.organization, &change).await?;
    updated.map(Json).ok_or_else(Problem::not_found)
}

async fn remove(State(db): State<Database>, manager: Manager) -> Result<Done> {
    match service::remove(&db, &manager.organization, &manager.caller.user).await? {
        Removal::Removed { .. } => Ok(Done),
        Removal::OwnersOnly => Err(Problem::forbidden("this is for owners")),
        Removal::Gone => Err(Problem::not_found()),
    }
}

#[derive(Deserialize, JsonSchema)]
struct NewSlug {
    slug: Slug,
}

async fn change_slug(
    State(db): State<Database>,
    manager: Manager,
    Body(NewSlug { slug }): Body<NewSlug>,
) -> Result<Json<ChangeOrganizationSlugRow>> {
    addressed(service::move_to(&db, &manager.organization, &slug).await?).map(Json)
}

#[derive(Deserialize, JsonSchema)]
struct Logo {
    url: Link,
}

async fn set_logo(State(db): State<Database>, manager: Manager, Body(logo): Body<Logo>) -> Result<Done> {
    Done::one(organizations::set_organization_logo(&db, &manager.organization, Some(&logo.url)).await?)
}

async fn clear_logo(State(db): State<Database>, manager: Manager) -> Result<Done> {
    Done::one(organizations::set_organization_logo(&db, &manager.organization, None).await?)
}

async fn overview(State(db): State<Database>, member: Member) -> Result<Json<OrganizationOverviewRow>> {
    let overview = organizations::organization_overview(&db, &member.organization).await?;
    overview.map(Json).ok_or_else(Problem::not_found)
}

async fn team(State(db): State<Database>, member: Member) -> Result<Json<OrganizationWithMembers>> {
    let team = organizations::get_organization_with_members(&db, &member.organization).await?;
    team.map(Json).ok_or_else(Problem::not_found)
}

async fn mine(State(db): State<Database>, caller: Caller) -> Result<Json<Vec<ListMyOrganizationsRow>>> {
    Ok(Json(organizations::list_my_organizations(&db, &caller.user).await?))
}
