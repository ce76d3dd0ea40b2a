//! An organization's sales, customers and access grants.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use codex_catalog::analytics::{self, CustomerDetails};
use codex_catalog::commerce::{
    self, ListCustomers, ListCustomersRow, ListCustomersSort, ListOrganizationSales,
    ListOrganizationSalesRow, OrganizationSalesStats, OrganizationSalesStatsRow,
};
use codex_catalog::exports::{self, ExportSalesRow};
use codex_catalog::grants::{self, ListGrantsForContent, ListGrantsForContentRow};
use codex_catalog::{ContentAccess, ContentId, PurchaseStatus, UserId};
use futures_util::TryStreamExt;
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Page, Paged};

use crate::auth::Manager;
use crate::bounds::{Currency, Search};
use crate::extract::{Body, Path, Period, Query};
use crate::lines::Lines;
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::access::{Gift, give};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/organizations/{organization}/sales", list)
        .get("/v1/organizations/{organization}/sales/stats", stats)
        .get("/v1/organizations/{organization}/sales/export", export)
        .get("/v1/organizations/{organization}/customers", customers)
        .get("/v1/organizations/{organization}/customers/{user}", customer)
        .get("/v1/organizations/{organization}/content/{id}/grants", list_grants)
        .put("/v1/organizations/{organization}/content/{id}/grants", grant)
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    status: Option<PurchaseStatus>,
    content_id: Option<ContentId>,
    customer_id: Option<UserId>,
    #[serde(default)]
    disputed: bool,
}

async fn list(
    State(db): State<Database>,
    manager: Manager,
    Query(listing): Query<Listing>,
    Query(Period { since, until }): Query<Period>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListOrganizationSalesRow>>> {
    let listing = ListOrganizationSales {
        status: listing.status,
        content_id: listing.content_id,
        customer_id: listing.customer_id.as_ref(),
        since,
        until,
        disputed: listing.disputed,
    };
    Ok(Json(commerce::list_organization_sales(&db, &manager.organization, &listing, page).await?))
}

async fn stats(
    State(db): State<Database>,
    manager: Manager,
    Query(Period { since, until }): Query<Period>,
) -> Result<Json<Vec<OrganizationSalesStatsRow>>> {
    let period = OrganizationSalesStats { since, until };
    Ok(Json(commerce::organization_sales_stats(&db, &manager.organization, &period).await?))
}

/// All sales, streamed, so that the export can be of any length.
async fn export(State(db): State<Database>, manager: Manager) -> Result<Lines<ExportSalesRow>> {
    Lines::of(|send| async move {
        let mut sales = exports::export_sales(&db, &manager.organization).await?;
        while let Some(sale) = sales.try_next().await? {
            if !send.line(sale).await {
                break;
            }
        }
        Ok(())
    })
    .await
}

#[derive(Deserialize, JsonSchema)]
struct CustomerListing {
    search: Option<Search>,
    content_id: Option<ContentId>,
    since: Option<DateTime<Utc>>,
    min_spent_cents: Option<i64>,
    max_spent_cents: Option<i64>,
    /// The currency of the sums; by default dollars.
    #[serde(default)]
    currency: Currency,
    #[serde(default)]
    sort: ListCustomersSort,
}

async fn customers(
    State(db): State<Database>,
    manager: Manager,
    Query(listing): Query<CustomerListing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListCustomersRow>>> {
    let listing = ListCustomers {
        search: listing.search.as_deref(),
        content_id: listing.content_id,
        since: listing.since,
        min_spent_cents: listing.min_spent_cents,
        max_spent_cents: listing.max_spent_cents,
        currency: &listing.currency,
        sort: listing.sort,
    };
    Ok(Json(commerce::list_customers(&db, &manager.organization, &listing, page).await?))
}

async fn customer(
    State(db): State<Database>,
    manager: Manager,
    Path(id): Path<UserId>,
) -> Result<Json<CustomerDetails>> {
    let customer = analytics::get_customer_details(&db, &manager.organization, &id).await?;
    customer.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct InForce {
    /// Only grants that are valid at this time.
    at: Option<DateTime<Utc>>,
}

async fn list_grants(
    State(db): State<Database>,
    manager: Manager,
    Path(content_id): Path<ContentId>,
    Query(InForce { at }): Query<InForce>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListGrantsForContentRow>>> {
    let listing = ListGrantsForContent { content_id, at };
    Ok(Json(grants::list_grants_for_content(&db, &manager.organization, &listing, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Grantee {
    user_id: UserId,
}

/// Gives a user free access to a piece, without end.
async fn grant(
    State(db): State<Database>,
    manager: Manager,
    Path(content_id): Path<ContentId>,
    Body(Grantee { user_id }): Body<Grantee>,
) -> Result<Json<ContentAccess>> {
    match give(&db, &manager.organization, content_id, &user_id).await? {
        Gift::Given(grant) => Ok(Json(grant)),
        Gift::NoSuchContent => Err(Problem::not_found()),
        Gift::Unrelated => Err(Problem::invalid("they are neither members nor customers").at("/user_id")),
    }
}
