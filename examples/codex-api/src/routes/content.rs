//! Content, for its creator.

use axum::Json;
use axum::extract::State;
use codex_catalog::content::{
    self, CountContentByStatusRow, CreateContent, GetContentRow, ListCreatorContent, ListCreatorContentRow,
    ListCreatorContentSort, UpdateContent,
};
use codex_catalog::{
    Content, ContentId, ContentStatus, ContentType, ContentVisibility, MediaItemId, OrganizationId,
};
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Page, Paged};

use crate::auth::Creator;
use crate::bounds::{Cents, Link, Search, Slug, Tags, Text};
use crate::extract::{Body, Created, Done, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::content::{self as service, Missing, Placed, Publication};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/content", list)
        .post("/v1/content", create)
        .get("/v1/content/counts", counts)
        .get("/v1/content/{id}", show)
        .patch("/v1/content/{id}", update)
        .delete("/v1/content/{id}", remove)
        .put("/v1/content/{id}/thumbnail", set_thumbnail)
        .delete("/v1/content/{id}/thumbnail", clear_thumbnail)
        .post("/v1/content/{id}/publish", publish)
        .post("/v1/content/{id}/unpublish", unpublish)
        .post("/v1/content/{id}/archive", archive)
        .put("/v1/content/{id}/organization", attach)
        .delete("/v1/content/{id}/organization", detach)
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    status: Option<ContentStatus>,
    content_type: Option<ContentType>,
    visibility: Option<ContentVisibility>,
    category: Option<Text<1, 100>>,
    organization_id: Option<OrganizationId>,
    #[serde(default)]
    personal: bool,
    search: Option<Search>,
    #[serde(default)]
    sort: ListCreatorContentSort,
}

async fn list(
    State(db): State<Database>,
    Creator(creator): Creator,
    Query(listing): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListCreatorContentRow>>> {
    let listing = ListCreatorContent {
        status: listing.status,
        content_type: listing.content_type,
        visibility: listing.visibility,
        category: listing.category.as_deref(),
        organization_id: listing.organization_id,
        personal: listing.personal,
        search: listing.search.as_deref(),
        sort: listing.sort,
    };
    Ok(Json(content::list_creator_content(&db, &creator, &listing, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct NewContent {
    title: Text<1, 500>,
    slug: Slug,
    description: Option<Text<0, 10_000>>,
    content_body: Option<Text<1, 100_000>>,
    thumbnail_url: Option<Link>,
    category: Option<Text<1, 100>>,
    tags: Option<Tags>,
    visibility: ContentVisibility,
    price_cents: Option<Cents>,
    organization_id: Option<OrganizationId>,
    media_item_id: Option<MediaItemId>,
}

async fn create(
    State(db): State<Database>,
    Creator(creator): Creator,
    Body(new): Body<NewContent>,
) -> Result<Created<Content>> {
    let tags = new.tags.as_ref().map(Tags::to_json);
    let new = CreateContent {
        title: &new.title,
        slug: &new.slug,
        description: new.description.as_deref(),
        thumbnail_url: new.thumbnail_url.as_deref(),
        content_body: new.content_body.as_deref(),
        category: new.category.as_deref(),
        tags: tags.as_ref(),
        visibility: new.visibility,
        price_cents: new.price_cents.map(Cents::get),
        organization_id: new.organization_id,
        media_item_id: new.media_item_id,
    };
    match service::create(&db, &creator, &new).await? {
        // The path is valid, so this is not a 404: the body refers to something that does not exist.
        Placed::OutOfReach => Err(Problem::invalid("there is no such organization or media item for you")),
        outcome => placed(outcome).map(Created),
    }
}

async fn counts(
    State(db): State<Database>,
    Creator(creator): Creator,
) -> Result<Json<Vec<CountContentByStatusRow>>> {
    Ok(Json(content::count_content_by_status(&db, &creator).await?))
}

async fn show(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
) -> Result<Json<GetContentRow>> {
    content::get_content(&db, &creator, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Only the given fields are changed. An empty description, body or category is removed, and a price of 0 makes the
/// piece free.
#[derive(Deserialize, JsonSchema)]
struct ContentChange {
    title: Option<Text<1, 500>>,
    slug: Option<Slug>,
    description: Option<Text<0, 10_000>>,
    content_body: Option<Text<0, 100_000>>,
    category: Option<Text<0, 100>>,
    tags: Option<Tags>,
    visibility: Option<ContentVisibility>,
    price_cents: Option<Cents>,
}

async fn update(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
    Body(change): Body<ContentChange>,
) -> Result<Json<Content>> {
    let tags = change.tags.as_ref().map(Tags::to_json);
    let change = UpdateContent {
        title: change.title.as_deref(),
        slug: change.slug.as_deref(),
        description: change.description.as_deref(),
        content_body: change.content_body.as_deref(),
        category: change.category.as_deref(),
        tags: tags.as_ref(),
        visibility: change.visibility,
        price_cents: change.price_cents.map(Cents::get),
        id,
    };
    placed(service::update(&db, &creator, &change).await?).map(Json)
}

async fn remove(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
) -> Result<Done> {
    Done::one(content::soft_delete_content(&db, &creator, id).await?)
}

#[derive(Deserialize, JsonSchema)]
struct Thumbnail {
    url: Link,
}

async fn set_thumbnail(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
    Body(thumbnail): Body<Thumbnail>,
) -> Result<Done> {
    Done::one(content::set_thumbnail(&db, &creator, Some(&thumbnail.url), id).await?)
}

async fn clear_thumbnail(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
) -> Result<Done> {
    Done::one(content::set_thumbnail(&db, &creator, None, id).await?)
}

async fn publish(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
) -> Result<Json<Content>> {
    published(service::publish(&db, &creator, id).await?).map(Json)
}

async fn unpublish(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
) -> Result<Json<Content>> {
    let unpublished = content::unpublish_content(&db, &creator, id).await?;
    unpublished.map(Json).ok_or_else(Problem::not_found)
}

async fn archive(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
) -> Result<Json<Content>> {
    content::archive_content(&db, &creator, id).await?.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct Home {
    organization_id: OrganizationId,
}

async fn attach(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
    Body(Home { organization_id }): Body<Home>,
) -> Result<Json<Content>> {
    placed(service::attach(&db, &creator, id, organization_id).await?).map(Json)
}

async fn detach(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<ContentId>,
) -> Result<Json<Content>> {
    placed(service::detach(&db, &creator, id).await?).map(Json)
}

fn placed(outcome: Placed) -> Result<Content> {
    match outcome {
        Placed::Done(row) => Ok(*row),
        Placed::SlugTaken => Err(Problem::conflict("slug-taken", "another piece has this slug")),
        Placed::OutOfReach => Err(Problem::not_found()),
        Placed::BodyNeeded => Err(Problem::conflict("body-missing", "what is published keeps a text")),
    }
}

/// The response to publishing, for creators and for an organization's staff.
pub(super) fn published<T>(outcome: Publication<T>) -> Result<T> {
    match outcome {
        Publication::Published(row) => Ok(row),
        Publication::NotFound => Err(Problem::not_found()),
        Publication::Not(missing) => Err(match missing {
            Missing::Archived => Problem::conflict("archived", "what is archived stays so"),
            Missing::Body => Problem::conflict("body-missing", "a written piece needs a text"),
            Missing::Media => Problem::conflict("media-missing", "it needs a media item"),
            Missing::ReadyMedia(_) => {
                Problem::conflict("media-not-ready", "its media item cannot be played yet")
            }
        }),
    }
}
