//! Dividing payments.

use codex_api::services::revenue::split;
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_parts_add_up_and_none_is_negative(
        amount in 0..=i32::MAX, platform in 0..=10_000, organization in 0..=10_000,
    ) {
        let parts = split(amount, platform, organization);
        let all = [parts.platform_cents, parts.organization_cents, parts.creator_cents];
        prop_assert!(all.iter().all(|part| *part >= 0), "{parts:?}");
        prop_assert_eq!(all.iter().map(|part| i64::from(*part)).sum::<i64>(), i64::from(amount));
        // A share is rounded up: never less than the exact share, and less than a cent more.
        let is_share = |part: i32, of: i32, share: i32| {
            let over = i64::from(part) * 10_000 - i64::from(of) * i64::from(share);
            (0..10_000).contains(&over)
        };
        prop_assert!(is_share(parts.platform_cents, amount, platform), "{parts:?}");
        prop_assert!(is_share(parts.organization_cents, amount - parts.platform_cents, organization), "{parts:?}");
    }

    #[test]
    fn whatever_is_asked_for_the_parts_add_up(amount: i32, platform: i32, organization: i32) {
        let parts = split(amount, platform, organization);
        let sum = [parts.platform_cents, parts.organization_cents, parts.creator_cents];
        prop_assert_eq!(sum.iter().map(|part| i64::from(*part)).sum::<i64>(), i64::from(amount));
    }
}

#[test]
fn cents_go_to_the_platform_first() {
    let parts = |amount, platform, organization| {
        let parts = split(amount, platform, organization);
        (parts.platform_cents, parts.organization_cents, parts.creator_cents)
    };
    assert_eq!(parts(999, 1000, 0), (100, 0, 899));
    assert_eq!(parts(999, 1000, 2000), (100, 180, 719));
    assert_eq!(parts(1, 1, 10_000), (1, 0, 0));
    assert_eq!(parts(1, 0, 1), (0, 1, 0));
    assert_eq!((parts(0, 1000, 1000), parts(5, 10_000, 5)), ((0, 0, 0), (5, 0, 0)));
}
