//! The user's library, and playback.

use axum::Json;
use axum::extract::State;
use chrono::Utc;
use codex_catalog::access::{
    self, ContinueWatching, ContinueWatchingRow, GetBodyRow, GetStreamingSourceForStaffRow,
    GetStreamingSourceRow, SavePositionsItem,
};
use codex_catalog::library::{self, ListUserLibrary, ListUserLibraryRow, ListUserLibrarySort};
use codex_catalog::playback::{self, GetPlaybackRow};
use codex_catalog::{ContentId, ContentType, OrganizationId, Playback};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlward::{Database, Page, Paged};

use crate::auth::{Caller, Studio};
use crate::bounds::Search;
use crate::extract::{Body, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::access::{Streaming, stream as stream_to};
use crate::services::playback::{Progress, Stored, store};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/me/library", list)
        .get("/v1/me/watching", watching)
        .post("/v1/me/playback", playback_of)
        .put("/v1/me/playback", store_positions)
        .get("/v1/me/content/{id}/access", may_open)
        .get("/v1/me/content/{id}/body", body)
        .get("/v1/me/content/{id}/stream", stream)
        .get("/v1/me/content/{id}/playback", playback)
        .put("/v1/me/content/{id}/playback", store_playback)
        .get("/v1/organizations/{organization}/content/{id}/stream", stream_for_staff)
}

#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Played {
    NotStarted,
    InProgress,
    Completed,
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    content_type: Option<ContentType>,
    organization_id: Option<OrganizationId>,
    search: Option<Search>,
    played: Option<Played>,
    #[serde(default)]
    sort: ListUserLibrarySort,
}

async fn list(
    State(db): State<Database>,
    caller: Caller,
    Query(listing): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListUserLibraryRow>>> {
    let listing = ListUserLibrary {
        now: Utc::now(),
        content_type: listing.content_type,
        organization_id: listing.organization_id,
        search: listing.search.as_deref(),
        completed: listing.played == Some(Played::Completed),
        in_progress: listing.played == Some(Played::InProgress),
        not_started: listing.played == Some(Played::NotStarted),
        sort: listing.sort,
    };
    Ok(Json(library::list_user_library(&db, &caller.user, &listing, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Shelf {
    organization_id: Option<OrganizationId>,
    #[serde(default = "a_row")]
    #[schemars(range(min = 1, max = 100))]
    limit: u8,
}

fn a_row() -> u8 {
    10
}

async fn watching(
    State(db): State<Database>,
    caller: Caller,
    Query(Shelf { organization_id, limit }): Query<Shelf>,
) -> Result<Json<Vec<ContinueWatchingRow>>> {
    let shelf = ContinueWatching { now: Utc::now(), organization_id, how_many: limit.into() };
    Ok(Json(access::continue_watching(&db, &caller.user, &shelf).await?))
}

/// The ids of the pieces on a page.
#[derive(Deserialize, JsonSchema)]
struct Pieces {
    #[schemars(length(max = 100))]
    content_ids: Vec<ContentId>,
}

async fn playback_of(
    State(db): State<Database>,
    caller: Caller,
    Body(Pieces { content_ids }): Body<Pieces>,
) -> Result<Json<Vec<Playback>>> {
    if content_ids.len() > 100 {
        return Err(Problem::invalid("expected up to 100 pieces").at("/content_ids"));
    }
    Ok(Json(playback::list_playback_for(&db, &caller.user, &content_ids).await?))
}

#[derive(Serialize, JsonSchema)]
struct Access {
    allowed: bool,
}

async fn may_open(
    State(db): State<Database>,
    caller: Caller,
    Path(id): Path<ContentId>,
) -> Result<Json<Access>> {
    let allowed = access::can_access_content(&db, &caller.user, id, Utc::now()).await?;
    Ok(Json(Access { allowed }))
}

/// The text of a written piece that the user may open.
async fn body(
    State(db): State<Database>,
    caller: Caller,
    Path(id): Path<ContentId>,
) -> Result<Json<GetBodyRow>> {
    let body = access::get_body(&db, &caller.user, id, Utc::now()).await?;
    body.map(Json).ok_or_else(Problem::not_found)
}

async fn stream(
    State(db): State<Database>,
    caller: Caller,
    Path(id): Path<ContentId>,
) -> Result<Json<GetStreamingSourceRow>> {
    match stream_to(&db, &caller.user, id, Utc::now()).await? {
        Streaming::Source(source) => Ok(Json(source)),
        Streaming::NothingToPlay => Err(Problem::conflict("nothing-to-play", "there is nothing to play")),
        Streaming::Closed => Err(Problem::not_found()),
    }
}

async fn stream_for_staff(
    State(db): State<Database>,
    studio: Studio,
    Path(id): Path<ContentId>,
) -> Result<Json<GetStreamingSourceForStaffRow>> {
    let source = access::get_streaming_source_for_staff(&db, &studio.organization, id).await?;
    source.map(Json).ok_or_else(Problem::not_found)
}

async fn playback(
    State(db): State<Database>,
    caller: Caller,
    Path(id): Path<ContentId>,
) -> Result<Json<GetPlaybackRow>> {
    playback::get_playback(&db, &caller.user, id).await?.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct Position {
    position_seconds: i32,
    duration_seconds: i32,
}

async fn store_playback(
    State(db): State<Database>,
    caller: Caller,
    Path(content_id): Path<ContentId>,
    Body(Position { position_seconds, duration_seconds }): Body<Position>,
) -> Result<Json<Playback>> {
    let progress = Progress { content_id, position_seconds, duration_seconds };
    match store(&db, &caller.user, progress, Utc::now()).await? {
        Stored::Stored(playback) => Ok(Json(playback)),
        Stored::Impossible => Err(Problem::invalid("no player is there")),
        Stored::Closed => Err(Problem::not_found()),
    }
}

/// The positions that a player collected while it was offline.
#[derive(Deserialize, JsonSchema)]
struct Positions {
    #[schemars(length(max = 100))]
    positions: Vec<PositionIn>,
}

#[derive(Deserialize, JsonSchema)]
struct PositionIn {
    content_id: ContentId,
    position_seconds: i32,
    duration_seconds: i32,
}

/// Stores the user's positions in several pieces. Pieces that the user may no longer open are left out of the response.
async fn store_positions(
    State(db): State<Database>,
    caller: Caller,
    Body(Positions { positions }): Body<Positions>,
) -> Result<Json<Vec<Playback>>> {
    if positions.len() > 100 {
        return Err(Problem::invalid("expected up to 100 positions").at("/positions"));
    }
    let item = |PositionIn { content_id, position_seconds, duration_seconds }| SavePositionsItem {
        position_seconds,
        duration_seconds,
        content_id,
    };
    let items: Vec<_> = positions.into_iter().map(item).collect();
    let stored = access::save_positions(&db, &caller.user, Utc::now(), &items).await?;
    Ok(Json(stored.into_iter().flatten().collect()))
}
