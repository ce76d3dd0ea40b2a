//! An organization's content, for its staff.

use axum::Json;
use axum::extract::State;
use codex_catalog::content::{
    self, AdminListContent, AdminListContentRow, AdminPublishContentRow, GetOrganizationContentRow,
};
use codex_catalog::{ContentId, ContentStatus};
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Page, Paged};

use super::content::published;
use crate::auth::{Manager, Studio};
use crate::extract::{Done, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::content as service;

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/organizations/{organization}/content", list)
        .get("/v1/organizations/{organization}/content/{id}", show)
        .delete("/v1/organizations/{organization}/content/{id}", remove)
        .post("/v1/organizations/{organization}/content/{id}/publish", publish)
        .post("/v1/organizations/{organization}/content/{id}/unpublish", unpublish)
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    status: Option<ContentStatus>,
}

async fn list(
    State(db): State<Database>,
    manager: Manager,
    Query(Listing { status }): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<AdminListContentRow>>> {
    Ok(Json(
        content::admin_list_content(&db, &manager.organization, &AdminListContent { status }, page).await?,
    ))
}

async fn show(
    State(db): State<Database>,
    studio: Studio,
    Path(id): Path<ContentId>,
) -> Result<Json<GetOrganizationContentRow>> {
    let piece = content::get_organization_content(&db, &studio.organization, id).await?;
    piece.map(Json).ok_or_else(Problem::not_found)
}

async fn remove(State(db): State<Database>, manager: Manager, Path(id): Path<ContentId>) -> Result<Done> {
    Done::one(content::admin_delete_content(&db, &manager.organization, id).await?)
}

async fn publish(
    State(db): State<Database>,
    manager: Manager,
    Path(id): Path<ContentId>,
) -> Result<Json<AdminPublishContentRow>> {
    published(service::publish_for(&db, &manager.organization, id).await?).map(Json)
}

async fn unpublish(
    State(db): State<Database>,
    manager: Manager,
    Path(id): Path<ContentId>,
) -> Result<Json<AdminPublishContentRow>> {
    let piece = content::admin_unpublish_content(&db, &manager.organization, id).await?;
    piece.map(Json).ok_or_else(Problem::not_found)
}
