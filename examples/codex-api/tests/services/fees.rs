//! The platform's fee, scheduled concurrently.

use codex_api::services::fees::{Schedule, schedule};
use codex_catalog::{Constraint, fees};
use futures_util::future::join_all;

use super::fixture::{Codex, page, utc, violated};

/// All fees with their periods, the earliest first.
async fn windows(codex: &Codex) -> Vec<(i32, String, Option<String>)> {
    let listed = fees::list_platform_fees(&codex.service(), page()).await.unwrap().items;
    let day = |at: chrono::DateTime<chrono::Utc>| at.date_naive().to_string();
    let window = |fee: fees::ListPlatformFeesRow| {
        (fee.platform_fee_percentage, day(fee.effective_from), fee.effective_until.map(day))
    };
    listed.into_iter().rev().map(window).collect()
}

#[tokio::test]
async fn a_fee_ends_where_the_next_begins() {
    let codex = Codex::new().await;
    let plan = async |fee, from| schedule(&codex.db, codex.key(), fee, utc(from)).await;
    assert!(matches!(plan(1000, "2025-01-01").await.unwrap(), Schedule::Scheduled(_)));
    let Schedule::Scheduled(next) = plan(500, "2025-02-01").await.unwrap() else { panic!() };
    assert_eq!((next.platform_fee_percentage, next.effective_until), (500, None));
    for from in ["2025-02-01", "2025-01-15", "2024-01-01"] {
        assert_eq!(plan(700, from).await.unwrap(), Schedule::NotAfterLast(utc("2025-02-01")));
    }
    let refused = plan(10_001, "2025-03-01").await;
    assert_eq!(violated(refused), Constraint::CheckPlatformFeePercentage);
    let line = |fee, from: &str, until: Option<&str>| (fee, from.to_owned(), until.map(str::to_owned));
    let planned = [line(1000, "2025-01-01", Some("2025-02-01")), line(500, "2025-02-01", None)];
    assert_eq!(windows(&codex).await, planned, "what was refused has ended nothing");

    // If the last fee has ended, the next one must not begin before that end.
    codex
        .sql("update platform_fee_config set effective_until = '2025-03-01' where effective_until is null")
        .await;
    assert_eq!(plan(700, "2025-02-15").await.unwrap(), Schedule::Overlap);
    assert!(matches!(plan(700, "2025-03-01").await.unwrap(), Schedule::Scheduled(_)));
}

#[tokio::test]
async fn of_plans_that_are_made_at_once_no_two_overlap() {
    let codex = Codex::new().await;
    for round in ["2025-01-01", "2025-02-01"] {
        let from = utc(round);
        let plans = (0..6).map(|fee| schedule(&codex.db, codex.key(), fee, from));
        let planned: Vec<_> = join_all(plans).await.into_iter().map(Result::unwrap).collect();
        let scheduled = planned.iter().filter(|plan| matches!(plan, Schedule::Scheduled(_))).count();
        assert_eq!(scheduled, 1, "{planned:?}");
    }
    let windows = windows(&codex).await;
    assert_eq!(windows.len(), 2);
    assert_eq!((windows[0].2.as_deref(), windows[1].2.as_deref()), (Some("2025-02-01"), None));
}
