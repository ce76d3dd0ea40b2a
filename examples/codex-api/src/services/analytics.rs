//! An organization's sales figures.

use chrono::{DateTime, TimeDelta, Utc};
use codex_catalog::OrganizationManager;
use codex_catalog::analytics::{
    self, RecentActivity, RecentActivityRow, RevenueByDayRow, RevenueTotals, RevenueTotalsRow, TopContent,
    TopContentRow,
};
use schemars::JsonSchema;
use serde::Serialize;
use sqlward::{Database, Page, Paged, Result, TransactionOptions};

/// A period of time: its start is inclusive, its end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Window {
    /// The length of a window if none is given.
    pub const DEFAULT_DAYS: u16 = 30;
    /// The longest window.
    pub const MAX_DAYS: u16 = 365;

    /// The given number of days before a time, limited to between one day and a year.
    pub fn before(until: DateTime<Utc>, days: Option<u16>) -> Window {
        let days = days.unwrap_or(Window::DEFAULT_DAYS).clamp(1, Window::MAX_DAYS);
        Window { since: until - TimeDelta::days(days.into()), until }
    }

    /// The start, inclusive.
    pub fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// The end, exclusive.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// The start of the window before this one, which has the same length.
    pub fn previous_since(&self) -> DateTime<Utc> {
        self.since - (self.until - self.since)
    }
}

/// An organization's figures.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Dashboard {
    /// Sales in the window, for each currency.
    pub revenue: Vec<RevenueTotalsRow>,
    /// The currency of the figures below.
    pub currency: String,
    /// Sales for each day that has any.
    pub days: Vec<RevenueByDayRow>,
    /// How many people have ever bought something.
    pub customers: i64,
    /// How many of them bought for the first time in the window.
    pub new_customers: i64,
    /// The pieces with the highest revenue in the window, with their revenue in the window before.
    pub top_content: Vec<TopContentRow>,
    /// The latest activity, in the window or before it.
    pub activity: Paged<RecentActivityRow>,
}

/// The figures on the start page of an organization's managers. All are read in one snapshot, so totals and lists agree
/// even if someone buys meanwhile.
pub async fn dashboard(
    db: &Database,
    organization: &OrganizationManager,
    window: Window,
    currency: &str,
    top: i32,
) -> Result<Dashboard> {
    let (since, until) = (window.since, window.until);
    let snapshot = TransactionOptions::new().repeatable_read().read_only();
    db.transaction_with(snapshot, async |tx| {
        let within = RevenueTotals { since: Some(since), until: Some(until) };
        let best = TopContent { currency, since, until, previous_since: window.previous_since(), limit: top };
        Ok(Dashboard {
            revenue: analytics::revenue_totals(tx, organization, &within).await?,
            currency: currency.to_owned(),
            days: analytics::revenue_by_day(tx, organization, currency, since, until).await?,
            customers: analytics::customer_totals(tx, organization).await?,
            new_customers: analytics::new_customers_since(tx, organization, since).await?,
            top_content: analytics::top_content(tx, organization, &best).await?,
            activity: analytics::recent_activity(
                tx,
                organization,
                &RecentActivity::default(),
                Page::default(),
            )
            .await?,
        })
    })
    .await
}
