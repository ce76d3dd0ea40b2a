//! The platform's fee.

use chrono::{DateTime, Utc};
use codex_catalog::{PlatformFeeConfig, fees};
use sqlward::{Database, Error, ErrorKind, Result, ServiceKey, TransactionOptions};

use super::revenue::BasisPoints;

/// What came of a plan for the fee.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// The fee will be in force from then on, and the one before it until then.
    Scheduled(PlatformFeeConfig),
    /// The fee that is in force or planned last begins no earlier.
    NotAfterLast(DateTime<Utc>),
    /// Another fee is in force within the time, or was being planned at this moment.
    Overlap,
}

/// Plans the fee that follows the last one. Of two plans that are made at once the second sees the first: it reads at
/// REPEATABLE READ, where waiting for a row that changed meanwhile is an error, and begins again.
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
