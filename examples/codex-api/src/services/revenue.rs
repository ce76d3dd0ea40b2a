//! Who gets how much of a payment.

/// A share in hundredths of a percent: 1000 is 10 %.
pub type BasisPoints = i32;

/// The platform's share while no fee is configured.
pub const DEFAULT_PLATFORM_FEE: BasisPoints = 1000;

/// An organization's share of what is left of its creators' sales. No agreement says another one yet.
pub const ORGANIZATION_FEE: BasisPoints = 0;

/// A payment, divided: the parts add up to what was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// For the platform.
    pub platform_cents: i32,
    /// For the organization.
    pub organization_cents: i32,
    /// For the creator.
    pub creator_cents: i32,
}

/// Divides a payment: the platform takes its share of the whole, the organization its share of what is left, both
/// rounded up to the cent, and the creator gets the rest.
///
/// Shares are between 0 and 10000 and the amount is not negative, which the constraints of the database see to; for others
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

/// A share of an amount that is never more than all of it, rounded up.
fn share(amount_cents: i32, share: BasisPoints) -> i32 {
    let amount = i64::from(amount_cents.max(0));
    let share = i64::from(share.clamp(0, 10_000));
    i32::try_from((amount * share + 9_999) / 10_000).expect("a part of an i32 is one")
}
