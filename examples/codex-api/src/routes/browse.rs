//! The public pages. No sign-in is needed.

use axum::Json;
use axum::extract::State;
use codex_catalog::content::{
    self, BrowseOrganizationContent, BrowseOrganizationContentRow, DiscoverContent, DiscoverContentRow,
    GetFreeContentBodyRow, GetPublicContentBySlugRow, ListContentByTags, ListContentByTagsRow,
    ListPublicContent, ListPublicContentKeyset, ListPublicContentKeysetRow, ListPublicContentKeysetSort,
    ListPublicContentOfCreator, ListPublicContentOfCreatorRow, ListPublicContentRow, ListPublicContentSort,
    SearchContentRow,
};
use codex_catalog::identity::{self, GetPublicProfileRow};
use codex_catalog::memberships::{self, ListPublicCreatorsRow, ListPublicMembers, ListPublicMembersRow};
use codex_catalog::organizations::{self, PublicCategoryCountsRow, PublicOrganizationStatsRow};
use codex_catalog::{ContentId, ContentType, OrganizationMembershipRole, UserId};
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Keyset, KeysetPage, Page, Paged};

use crate::app::Service;
use crate::auth::Organization;
use crate::bounds::{Search, Slug, Text};
use crate::extract::{Done, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/browse", discover)
        .get("/v1/browse/content/{id}/body", body)
        .post("/v1/browse/content/{id}/views", count_view)
        .get("/v1/browse/creators/{creator}", creator)
        .get("/v1/browse/creators/{creator}/content", of_creator)
        .get("/v1/browse/slugs/{slug}/members", members)
        .get("/v1/browse/slugs/{slug}/creators", creators)
        .get("/v1/browse/organizations/{organization}/stats", stats)
        .get("/v1/browse/organizations/{organization}/categories", categories)
        .get("/v1/browse/organizations/{organization}/content", list)
        .get("/v1/browse/organizations/{organization}/content/{slug}", show)
        .get("/v1/browse/organizations/{organization}/newest", newest)
        .get("/v1/browse/organizations/{organization}/popular", popular)
        .get("/v1/browse/organizations/{organization}/search", search)
        .get("/v1/browse/organizations/{organization}/tagged", tagged)
}

/// The filters of lists of content.
#[derive(Deserialize, JsonSchema)]
struct Filter {
    content_type: Option<ContentType>,
    category: Option<Text<1, 100>>,
    search: Option<Search>,
}

async fn discover(
    State(db): State<Database>,
    Query(filter): Query<Filter>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<DiscoverContentRow>>> {
    let filter = DiscoverContent {
        content_type: filter.content_type,
        category: filter.category.as_deref(),
        search: filter.search.as_deref(),
    };
    Ok(Json(content::discover_content(&db, &filter, page).await?))
}

async fn body(State(db): State<Database>, Path(id): Path<ContentId>) -> Result<Json<GetFreeContentBodyRow>> {
    content::get_free_content_body(&db, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// The service counts views itself, because viewers may not change content.
async fn count_view(State(acting): State<Service>, Path(id): Path<ContentId>) -> Result<Done> {
    Done::one(content::increment_view_count(&acting.role("count of a view"), id).await?)
}

async fn creator(State(db): State<Database>, Path(id): Path<UserId>) -> Result<Json<GetPublicProfileRow>> {
    identity::get_public_profile(&db, &id).await?.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct Works {
    /// Only pieces that belong to no organization.
    #[serde(default)]
    personal: bool,
}

async fn of_creator(
    State(db): State<Database>,
    Path(id): Path<UserId>,
    Query(Works { personal }): Query<Works>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListPublicContentOfCreatorRow>>> {
    let works = ListPublicContentOfCreator { id: &id, personal };
    Ok(Json(content::list_public_content_of_creator(&db, &works, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Members {
    role: Option<OrganizationMembershipRole>,
}

async fn members(
    State(db): State<Database>,
    Path(slug): Path<Slug>,
    Query(Members { role }): Query<Members>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListPublicMembersRow>>> {
    let members = ListPublicMembers { slug: &slug, role };
    Ok(Json(memberships::list_public_members(&db, &members, page).await?))
}

async fn creators(
    State(db): State<Database>,
    Path(slug): Path<Slug>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListPublicCreatorsRow>>> {
    Ok(Json(memberships::list_public_creators(&db, &slug, page).await?))
}

async fn stats(
    State(db): State<Database>,
    Organization(id): Organization,
) -> Result<Json<PublicOrganizationStatsRow>> {
    Ok(Json(organizations::public_organization_stats(&db, id).await?))
}

async fn categories(
    State(db): State<Database>,
    Organization(id): Organization,
) -> Result<Json<Vec<PublicCategoryCountsRow>>> {
    Ok(Json(organizations::public_category_counts(&db, id).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    content_type: Option<ContentType>,
    search: Option<Search>,
    #[serde(default)]
    sort: ListPublicContentSort,
}

async fn list(
    State(db): State<Database>,
    Organization(organization_id): Organization,
    Query(listing): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListPublicContentRow>>> {
    let Listing { content_type, search, sort } = &listing;
    let listing = ListPublicContent {
        organization_id,
        content_type: *content_type,
        search: search.as_deref(),
        sort: *sort,
    };
    Ok(Json(content::list_public_content(&db, &listing, page).await?))
}

async fn show(
    State(db): State<Database>,
    Organization(id): Organization,
    Path(slug): Path<Slug>,
) -> Result<Json<GetPublicContentBySlugRow>> {
    let piece = content::get_public_content_by_slug(&db, id, &slug).await?;
    piece.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct Feed {
    content_type: Option<ContentType>,
    #[serde(default)]
    sort: ListPublicContentKeysetSort,
}

/// Continues after the cursor of the previous page, without an offset.
async fn newest(
    State(db): State<Database>,
    Organization(organization_id): Organization,
    Query(Feed { content_type, sort }): Query<Feed>,
    Query(page): Query<Keyset>,
) -> Result<Json<KeysetPage<ListPublicContentKeysetRow>>> {
    let feed = ListPublicContentKeyset { organization_id, content_type, sort };
    Ok(Json(content::list_public_content_keyset(&db, &feed, &page).await?))
}

async fn popular(
    State(db): State<Database>,
    Organization(organization_id): Organization,
    Query(filter): Query<Filter>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<BrowseOrganizationContentRow>>> {
    let filter = BrowseOrganizationContent {
        organization_id,
        content_type: filter.content_type,
        category: filter.category.as_deref(),
        search: filter.search.as_deref(),
    };
    Ok(Json(content::browse_organization_content(&db, &filter, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Words {
    q: Search,
}

async fn search(
    State(db): State<Database>,
    Organization(id): Organization,
    Query(Words { q }): Query<Words>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<SearchContentRow>>> {
    Ok(Json(content::search_content(&db, &q, id, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Tagged {
    /// Tags, separated by commas, all of which a piece must have.
    all_of: Option<Text<1, 1000>>,
    /// Tags, separated by commas, one of which a piece must have.
    any_of: Option<Text<1, 1000>>,
}

async fn tagged(
    State(db): State<Database>,
    Organization(organization_id): Organization,
    Query(Tagged { all_of, any_of }): Query<Tagged>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListContentByTagsRow>>> {
    let tags = |list: Option<Text<1, 1000>>| {
        list.map(|list| list.split(',').take(20).map(|tag| tag.trim().to_owned()).collect::<Vec<_>>())
    };
    let (all_of, any_of) = (tags(all_of), tags(any_of));
    let tagged = ListContentByTags { organization_id, all_of: all_of.as_deref(), any_of: any_of.as_deref() };
    Ok(Json(content::list_content_by_tags(&db, &tagged, page).await?))
}
