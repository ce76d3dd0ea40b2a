//! The dashboard: the limits of its window, and that all figures are from one snapshot.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use codex_api::services::analytics::{Dashboard, Window, dashboard};

use super::fixture::{Codex, Tenant};

/// A sale of Ann on the first of each month of 2024, and a few sales of Bob.
const SALES: &str = "
insert into users (id, name, email) select 'u' || n, 'u' || n, 'u' || n || '@x.org' from generate_series(1, 12) n;
insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents,
    stripe_payment_intent_id, status, purchased_at)
select 'u' || n, c.id, c.organization_id, 100 * n, 100 * n, c.slug || n, 'completed', make_timestamptz(2024, n, 1, 0, 0, 0, 'UTC')
from generate_series(1, 12) n, content c;
";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn codex() -> Codex {
    let codex = Codex::new().await;
    codex.published(&codex.ann, "one").await;
    codex.published(&codex.bob, "foreign").await;
    codex.sql(SALES).await;
    codex
}

async fn shown(codex: &Codex, to: &Tenant, window: Window) -> Dashboard {
    dashboard(&codex.db, &to.organization, window, "usd", 10).await.unwrap()
}

#[test]
fn a_window_is_a_day_to_a_year_long() {
    let now = at("2025-01-01T00:00:00Z");
    for (asked, days) in
        [(None, 30), (Some(0), 1), (Some(1), 1), (Some(365), 365), (Some(366), 365), (Some(u16::MAX), 365)]
    {
        let window = Window::before(now, asked);
        assert_eq!((window.since(), window.until()), (now - TimeDelta::days(days), now), "{asked:?}");
        assert_eq!(window.previous_since(), now - TimeDelta::days(2 * days));
    }
}

#[tokio::test]
async fn the_parts_are_of_the_window() {
    let codex = codex().await;
    let Codex { ann, bob, .. } = &codex;
    // The window begins on 2 November and contains the sale of 1 December. That of 1 November is in the previous
    // window.
    let window = Window::before(at("2024-12-02T00:00:00Z"), None);
    let found = shown(&codex, ann, window).await;
    assert_eq!((found.revenue.len(), found.revenue[0].sales, found.revenue[0].revenue_cents), (1, 1, 1200));
    assert_eq!(found.days.iter().map(|day| day.revenue_cents).collect::<Vec<_>>(), [1200]);
    assert_eq!((found.customers, found.new_customers), (12, 1));
    let top = &found.top_content[0];
    assert_eq!(
        (top.title.as_deref(), top.revenue_cents, top.previous_revenue_cents),
        (Some("one"), 1200, 1100)
    );
    assert_eq!(found.activity.total, 14, "twelve sales, a publication, and Ann herself");
    // The start is inclusive, the end exclusive.
    let window = Window::before(at("2024-12-01T00:00:00Z"), Some(30));
    assert_eq!(shown(&codex, ann, window).await.revenue[0].revenue_cents, 1100);

    codex.sql("update purchases set amount_paid_cents = 1, creator_payout_cents = 1 where stripe_payment_intent_id like 'foreign%'").await;
    assert_eq!(shown(&codex, ann, Window::before(at("2024-12-02T00:00:00Z"), None)).await, found);
    assert_eq!(
        shown(&codex, bob, Window::before(at("2024-12-02T00:00:00Z"), None)).await.revenue[0].revenue_cents,
        1
    );
}

#[tokio::test]
async fn the_parts_agree_while_others_buy() {
    let codex = codex().await;
    let Codex { ann, .. } = &codex;
    let window = Window::before(at("2025-01-01T00:00:00Z"), Some(365));
    let client = codex.client().await;
    let done = AtomicBool::new(false);
    let buy = async {
        for n in 0..150 {
            let sale = "insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents,
                    stripe_payment_intent_id, status, purchased_at)
                select 'u1', id, organization_id, 7, 7, $1, 'completed', '2024-06-05' from content where slug = 'one'";
            client.execute(sale, &[&format!("more{n}")]).await.unwrap();
        }
        done.store(true, Ordering::Relaxed);
    };
    let look = async {
        let mut seen = 0;
        loop {
            let is_last = done.load(Ordering::Relaxed);
            let found = shown(&codex, ann, window).await;
            let days =
                found.days.iter().fold((0, 0), |sum, day| (sum.0 + day.sales, sum.1 + day.revenue_cents));
            assert_eq!((found.revenue[0].sales, found.revenue[0].revenue_cents), days);
            assert_eq!((found.top_content[0].sales, found.top_content[0].revenue_cents), days);
            // 1 January 2024 is a day before the window, but recent activity is not limited to the window.
            assert_eq!(found.activity.total as i64, days.0 + 3);
            seen += 1;
            if is_last {
                return seen;
            }
        }
    };
    let ((), seen) = tokio::join!(buy, look);
    assert!(seen > 2, "it was looked at only {seen} times");
}
