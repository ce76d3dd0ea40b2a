//! The platform's fee: one at a time.

use chrono::{DateTime, Utc};
use codex_catalog::{Constraint, PlatformFeeConfig, fees};
use sqlward::{Error, ErrorKind, Page};

use super::fixture::{Codex, page, utc, violated};

/// Ends the current fee and adds the next one.
async fn follow(
    codex: &Codex,
    basis_points: i32,
    from: DateTime<Utc>,
) -> sqlward::Result<(u64, PlatformFeeConfig)> {
    let scheduled = codex.db.transaction(async |tx| {
        let service = codex.key().within(tx, "test");
        let ended = match fees::lock_open_platform_fee(&service).await? {
            Some(open) => fees::close_platform_fee(&service, from, open.id).await?,
            None => 0,
        };
        Ok::<_, Error>((ended, fees::insert_platform_fee(&service, basis_points, from).await?))
    });
    scheduled.await
}

#[tokio::test]
async fn one_fee_is_in_force_at_a_time() {
    let codex = Codex::new().await;
    let service = codex.service();
    let at = async |day| {
        let fee = fees::current_platform_fee(&service, utc(day)).await.unwrap();
        fee.map(|fee| fee.platform_fee_percentage)
    };
    assert_eq!(at("2025-01-01").await, None);
    assert_eq!(follow(&codex, 1000, utc("2025-01-01")).await.unwrap().0, 0);
    assert_eq!(follow(&codex, 500, utc("2025-02-01")).await.unwrap().0, 1);
    assert_eq!((at("2024-12-31").await, at("2025-01-01").await), (None, Some(1000)));
    assert_eq!((at("2025-01-31").await, at("2025-02-01").await), (Some(1000), Some(500)));

    // A fee that begins before the last one did would overlap it. It is refused, and the last one is not ended.
    let refused = follow(&codex, 700, utc("2025-01-15")).await;
    assert_eq!(refused.as_ref().unwrap_err().kind(), ErrorKind::ExclusionViolation);
    assert_eq!(violated(refused), Constraint::PlatformFeeConfigNoOverlap);
    assert_eq!(
        violated(follow(&codex, 10_001, utc("2025-03-01")).await),
        Constraint::CheckPlatformFeePercentage
    );
    assert_eq!(at("2025-03-01").await, Some(500));

    let listed = fees::list_platform_fees(&service, page()).await.unwrap();
    let listed: Vec<_> =
        listed.items.iter().map(|fee| (fee.platform_fee_percentage, fee.effective_until)).collect();
    assert_eq!(listed, [(500, None), (1000, Some(utc("2025-02-01")))]);
    let second = fees::list_platform_fees(&service, Page::new(2, 1).unwrap()).await.unwrap();
    assert_eq!((second.items[0].platform_fee_percentage, second.total), (1000, 2));
}
