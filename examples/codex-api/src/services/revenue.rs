//! Divides payments between platform, organization and creator.

/// A share in hundredths of a percent: 1000 is 10 %.
pub type BasisPoints = i32;

/// The platform's share if no fee is configured.
pub const DEFAULT_PLATFORM_FEE: BasisPoints = 1000;

/// The organization's share of what is left after the platform's. No agreement sets another one yet.
pub const ORGANIZATION_FEE: BasisPoints = 0;

/// A divided payment. The parts add up to the amount paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The platform's part.
    pub platform_cents: i32,
    /// The organization's part.
    pub organization_cents: i32,
    /// The creator's part.
    pub creator_cents: i32,
}

/// Divides a payment: the platform gets its share of the whole amount, the organization its share of the rest, both
/// rounded up to the cent, and the creator gets what remains.
///
/// The database's constraints ensure that shares are between 0 and 10000 and amounts are not negative. For other values
/// the parts still add up.
pub fn split(amount_cents: i32, platform: BasisPoints, organization: BasisPoints) -> Split {
    let platform_cents = share(amount_cents, platform);
    let organization_cents = share(amount_cents - platform_cents, organization);
    Split {
        platform_cents,
        organization_cents,
        creator_cents: amount_cents - platform_cents - organization_cents,
    }
}

/// A share of an amount, rounded up, and never more than the amount.
fn share(amount_cents: i32, share: BasisPoints) -> i32 {
    let amount = i64::from(amount_cents.max(0));
    let share = i64::from(share.clamp(0, 10_000));
    i32::try_from((amount * share + 9_999) / 10_000).expect("a part of an i32 is one")
}
