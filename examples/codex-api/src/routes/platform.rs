//! Administration, for the platform's staff.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use codex_catalog::PlatformFeeConfig;
use codex_catalog::fees::{self, CurrentPlatformFeeRow, ListPlatformFeesRow};
use codex_catalog::identity::{self, CountUsersByRoleRow};
use codex_catalog::organizations::{self, PlatformCountsRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlward::{Page, Paged};

use crate::app::Service;
use crate::auth::Operator;
use crate::extract::{Body, Created, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::fees::{Schedule, schedule as plan};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/platform/counts", counts)
        .get("/v1/platform/fees", list)
        .post("/v1/platform/fees", schedule)
        .get("/v1/platform/fees/current", current)
}

#[derive(Serialize, JsonSchema)]
struct Counts {
    rows: PlatformCountsRow,
    users: Vec<CountUsersByRoleRow>,
}

async fn counts(State(acting): State<Service>, _: Operator) -> Result<Json<Counts>> {
    let role = acting.role("overview for the platform's staff");
    let rows = organizations::platform_counts(&role).await?;
    Ok(Json(Counts { rows, users: identity::count_users_by_role(&role).await? }))
}

async fn list(
    State(acting): State<Service>,
    _: Operator,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListPlatformFeesRow>>> {
    Ok(Json(fees::list_platform_fees(&acting.role("list of the platform's fees"), page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Moment {
    /// The time to look up; by default now.
    at: Option<DateTime<Utc>>,
}

async fn current(
    State(acting): State<Service>,
    _: Operator,
    Query(Moment { at }): Query<Moment>,
) -> Result<Json<CurrentPlatformFeeRow>> {
    let role = acting.role("look-up of the platform's fee");
    let fee = fees::current_platform_fee(&role, at.unwrap_or_else(Utc::now)).await?;
    fee.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct Plan {
    /// In hundredths of a percent: 1000 is 10 %.
    #[schemars(range(min = 0, max = 10_000))]
    basis_points: u16,
    /// When the fee begins. Earlier sales keep the fee they were made with.
    from: DateTime<Utc>,
}

async fn schedule(
    State(acting): State<Service>,
    _: Operator,
    Body(Plan { basis_points, from }): Body<Plan>,
) -> Result<Created<PlatformFeeConfig>> {
    if from < Utc::now() {
        return Err(Problem::invalid("expected a time to come").at("/from"));
    }
    match plan(acting.db(), acting.key(), basis_points.into(), from).await? {
        Schedule::Scheduled(fee) => Ok(Created(fee)),
        Schedule::NotAfterLast(_) => {
            Err(Problem::conflict("not-after-last", "the last fee that is planned begins no earlier"))
        }
        Schedule::Overlap => Err(Problem::conflict("overlap", "another fee is in force within the time")),
    }
}
