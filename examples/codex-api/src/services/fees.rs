//! The platform's fee.

use chrono::{DateTime, Utc};
use codex_catalog::{PlatformFeeConfig, fees};
use sqlward::{Database, Error, ErrorKind, Result, ServiceKey, TransactionOptions};

use super::revenue::BasisPoints;

/// The result of scheduling a fee.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// The fee will apply from that time on, and the fee before it until then.
    Scheduled(PlatformFeeConfig),
    /// The last fee, current or scheduled, does not begin before this time.
    NotAfterLast(DateTime<Utc>),
    /// Another fee applies at some time in the period, or was scheduled concurrently.
    Overlap,
}

/// Schedules the fee that follows the last one. It runs at REPEATABLE READ, where waiting for a row that was then
/// changed is a serialization failure. So of two concurrent calls, the second is retried and sees the fee of the first.
pub async fn schedule(
    db: &Database,
    key: &ServiceKey,
    fee: BasisPoints,
    from: DateTime<Utc>,
) -> Result<Schedule> {
    let scheduled = sqlward::retry(10, || {
        db.transaction_with(TransactionOptions::new().repeatable_read(), async |tx| {
            let service = key.within(tx, "the platform's fee is planned");
            if let Some(last) = fees::lock_open_platform_fee(&service).await?
                && fees::close_platform_fee(&service, from, last.id).await? == 0
            {
                return Ok(Schedule::NotAfterLast(last.effective_from));
            }
            let next = fees::insert_platform_fee(&service, fee, from).await?;
            Ok::<_, Error>(Schedule::Scheduled(next))
        })
    })
    .await;
    match scheduled {
        Err(error) if error.kind() == ErrorKind::ExclusionViolation => Ok(Schedule::Overlap),
        scheduled => scheduled,
    }
}
