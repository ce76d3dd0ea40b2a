//! What an organization earns, at one moment.

use chrono::{DateTime, TimeDelta, Utc};
use codex_catalog::OrganizationManager;
use codex_catalog::analytics::{
    self, RecentActivity, RecentActivityRow, RevenueByDayRow, RevenueTotals, RevenueTotalsRow, TopContent,
    TopContentRow,
};
use schemars::JsonSchema;
use serde::Serialize;
use sqlward::{Database, Page, Paged, Result, TransactionOptions};

/// A time, from its beginning to before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    since: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Window {
    /// The days of a window where none are asked for.
    pub const DEFAULT_DAYS: u16 = 30;
    /// The most days of one.
    pub const MAX_DAYS: u16 = 365;

    /// The days before a moment: from one to a year of them, whatever is asked for.
    pub fn before(until: DateTime<Utc>, days: Option<u16>) -> Window {
        let days = days.unwrap_or(Window::DEFAULT_DAYS).clamp(1, Window::MAX_DAYS);
        Window { since: until - TimeDelta::days(days.into()), until }
    }

    /// Its first moment.
    pub fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// The first moment after it.
    pub fn until(&self) -> DateTime<Utc> {
        self.until
    }

    /// When the window before it begins, which is as long.
    pub fn previous_since(&self) -> DateTime<Utc> {
        self.since - (self.until - self.since)
    }
}

/// An organization's figures.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Dashboard {
    /// What was sold in the window, for each currency.
    pub revenue: Vec<RevenueTotalsRow>,
    /// The currency of what follows.
    pub currency: String,
    /// What was sold on each day with a sale.
    pub days: Vec<RevenueByDayRow>,
    /// How many people ever bought something.
    pub customers: i64,
    /// How many of them bought their first piece in the window.
    pub new_customers: i64,
    /// The pieces that earned most in the window, and what they earned in the one before.
    pub top_content: Vec<TopContentRow>,
    /// What happened last, in the window or before.
    pub activity: Paged<RecentActivityRow>,
}

/// Everything on the start page of those who manage an organization. All of it is read in one snapshot, so that sums and
/// lists agree while others buy.
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
