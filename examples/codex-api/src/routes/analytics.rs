//! Sales figures for an organization's managers.

use axum::Json;
use axum::extract::State;
use chrono::Utc;
use codex_catalog::EmailSendStatus;
use codex_catalog::analytics::{
    self, RecentActivity, RecentActivityRow, RevenueByCreator, RevenueByCreatorRow,
};
use codex_catalog::mail::{self, EmailDeliveryStatsRow, ListEmailAudit, ListEmailAuditRow};
use codex_catalog::playback::{self, ContentPerformance, ContentPerformanceRow};
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Page, Paged};

use crate::auth::Manager;
use crate::bounds::{Currency, Text};
use crate::extract::{Period, Query};
use crate::openapi::Routes;
use crate::problem::Result;
use crate::services::analytics::{Dashboard, Window, dashboard as figures};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/organizations/{organization}/dashboard", dashboard)
        .get("/v1/organizations/{organization}/activity", activity)
        .get("/v1/organizations/{organization}/payouts", payouts)
        .get("/v1/organizations/{organization}/performance", performance)
        .get("/v1/organizations/{organization}/mails", mails)
        .get("/v1/organizations/{organization}/mails/stats", mail_stats)
}

#[derive(Deserialize, JsonSchema)]
struct Days {
    /// The length of the window in days, up to now: at most a year, by default 30.
    days: Option<u16>,
}

#[derive(Deserialize, JsonSchema)]
struct Shown {
    /// The currency of the rankings and the daily figures; by default dollars.
    #[serde(default)]
    currency: Currency,
}

async fn dashboard(
    State(db): State<Database>,
    manager: Manager,
    Query(Days { days }): Query<Days>,
    Query(Shown { currency }): Query<Shown>,
) -> Result<Json<Dashboard>> {
    let window = Window::before(Utc::now(), days);
    Ok(Json(figures(&db, &manager.organization, window, &currency, 10).await?))
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Sale,
    Publication,
    Join,
}

#[derive(Deserialize, JsonSchema)]
struct Feed {
    kind: Option<Kind>,
}

async fn activity(
    State(db): State<Database>,
    manager: Manager,
    Query(Feed { kind }): Query<Feed>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<RecentActivityRow>>> {
    let kind = kind.map(|kind| match kind {
        Kind::Sale => "sale",
        Kind::Publication => "publication",
        Kind::Join => "join",
    });
    let feed = RecentActivity { kind };
    Ok(Json(analytics::recent_activity(&db, &manager.organization, &feed, page).await?))
}

async fn payouts(
    State(db): State<Database>,
    manager: Manager,
    Query(Period { since, until }): Query<Period>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<RevenueByCreatorRow>>> {
    let period = RevenueByCreator { since, until };
    Ok(Json(analytics::revenue_by_creator(&db, &manager.organization, &period, page).await?))
}

async fn performance(
    State(db): State<Database>,
    manager: Manager,
    Query(Period { since, until }): Query<Period>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<ContentPerformanceRow>>> {
    let period = ContentPerformance { since, until };
    Ok(Json(playback::content_performance(&db, &manager.organization, &period, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct MailListing {
    status: Option<EmailSendStatus>,
    template_name: Option<Text<1, 100>>,
}

async fn mails(
    State(db): State<Database>,
    manager: Manager,
    Query(MailListing { status, template_name }): Query<MailListing>,
    Query(Period { since, until }): Query<Period>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListEmailAuditRow>>> {
    let listing = ListEmailAudit { status, template_name: template_name.as_deref(), since, until };
    Ok(Json(mail::list_email_audit(&db, &manager.organization, &listing, page).await?))
}

async fn mail_stats(
    State(db): State<Database>,
    manager: Manager,
    Query(Days { days }): Query<Days>,
) -> Result<Json<Vec<EmailDeliveryStatsRow>>> {
    let window = Window::before(Utc::now(), days);
    let stats =
        mail::email_delivery_stats(&db, &manager.organization, window.since(), window.until()).await?;
    Ok(Json(stats))
}
