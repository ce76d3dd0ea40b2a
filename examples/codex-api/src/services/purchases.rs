//! Processes the payment provider's events about purchases.
//!
//! The provider may deliver an event several times, concurrently and out of order. So each function changes the state
//! of a purchase with one statement that requires the previous state, and updates the access grant and the sales count
//! in the same transaction. A repeated event changes nothing and returns the current state of the purchase.

use chrono::{DateTime, Utc};
use codex_catalog::purchases::{
    self, MarkPurchaseDisputed, RecordPurchase, RecordedPurchase, RefundPurchase,
};
use codex_catalog::{ContentId, PurchaseStatus, UserId, UserScope, content, fees, grants};
use sqlward::{Database, Error, Result, ServiceKey, ServiceTransaction, Transaction};

use super::revenue::{DEFAULT_PLATFORM_FEE, ORGANIZATION_FEE, split};

/// A successful payment.
#[derive(Debug, Clone, Copy)]
pub struct Payment<'a> {
    /// The provider's id of the payment. A payment is recorded once.
    pub payment_id: &'a str,
    /// The customer.
    pub customer_id: &'a UserId,
    /// The piece that was bought.
    pub content_id: ContentId,
    /// The amount.
    pub amount_cents: i32,
    /// The currency code, three letters.
    pub currency: &'a str,
}

/// The result of recording a payment.
#[derive(Debug, Clone, PartialEq)]
pub enum Completion {
    /// It was recorded, and the customer can open the piece.
    Recorded(RecordedPurchase),
    /// It was recorded before; this is its current state.
    AlreadyRecorded(RecordedPurchase),
    /// The id belongs to a payment of another customer or for another piece.
    OtherPurchase,
    /// The piece does not exist, or has no organization to pay.
    NothingToSell,
}

/// Records a payment once, and gives the customer access to the piece.
pub async fn complete(
    db: &Database,
    key: &ServiceKey,
    payment: &Payment<'_>,
    now: DateTime<Utc>,
) -> Result<Completion> {
    sqlward::retry(3, || {
        db.transaction(async |tx| record(tx, &key.within(tx, "a payment came through"), payment, now).await)
    })
    .await
}

async fn record(
    tx: &Transaction<'_>,
    service: &ServiceTransaction<'_>,
    payment: &Payment<'_>,
    now: DateTime<Utc>,
) -> Result<Completion> {
    let fee = fees::current_platform_fee(service, now).await?;
    let fee = fee.map_or(DEFAULT_PLATFORM_FEE, |fee| fee.platform_fee_percentage);
    let parts = split(payment.amount_cents, fee, ORGANIZATION_FEE);
    let new = RecordPurchase {
        customer_id: payment.customer_id,
        amount_paid_cents: payment.amount_cents,
        currency: payment.currency,
        payment_id: payment.payment_id,
        platform_fee_cents: parts.platform_cents,
        organization_fee_cents: parts.organization_cents,
        creator_payout_cents: parts.creator_cents,
        paid_at: now,
        content_id: payment.content_id,
    };
    if let Some((customer, purchase)) = purchases::record_purchase(service, &new).await? {
        grants::grant_purchased_access(tx, &customer, purchase.id).await?;
        content::adjust_purchase_count(service, 1, purchase.content_id).await?;
        return Ok(Completion::Recorded(purchase));
    }
    let found = purchases::find_purchase_by_payment(service, payment.payment_id).await?;
    Ok(match found {
        Some(found) if found.user_id != *payment.customer_id || found.content_id != payment.content_id => {
            Completion::OtherPurchase
        }
        // The purchase cannot be completed, because its piece no longer has an organization to pay.
        Some(found) if matches!(found.status, PurchaseStatus::Pending | PurchaseStatus::Failed) => {
            Completion::NothingToSell
        }
        Some(found) => Completion::AlreadyRecorded(found),
        None => Completion::NothingToSell,
    })
}

/// A refund.
#[derive(Debug, Clone, Copy)]
pub struct Refund<'a> {
    /// The provider's id of the payment.
    pub payment_id: &'a str,
    /// The amount. `None` refunds everything.
    pub amount_cents: Option<i32>,
    /// The provider's id of the refund.
    pub refund_id: Option<&'a str>,
    /// The reason.
    pub reason: Option<&'a str>,
}

/// The result of a refund or a dispute.
#[derive(Debug, Clone, PartialEq)]
pub enum Reversal {
    /// It was recorded, and the access that the payment gave was removed.
    Done(RecordedPurchase),
    /// It was recorded before.
    AlreadyDone(RecordedPurchase),
    /// The purchase is in a state that does not allow it: it was never paid, or is already refunded.
    NotCompleted(RecordedPurchase),
    /// The amount is negative or more than was paid.
    WrongAmount(RecordedPurchase),
    /// The payment is not known: its own event has not arrived yet. Deliver this event again later, or together with
    /// the payment.
    UnknownPayment,
}

/// Records a refund once and removes the access that the payment gave.
///
/// This event can arrive before that of the payment. If `payment` is given, the purchase is recorded first; the
/// payment's own event then finds it refunded and gives no access.
pub async fn refund(
    db: &Database,
    key: &ServiceKey,
    refund: &Refund<'_>,
    payment: Option<&Payment<'_>>,
    now: DateTime<Utc>,
) -> Result<Reversal> {
    let refunded = RefundPurchase {
        now,
        amount_cents: refund.amount_cents,
        refund_id: refund.refund_id,
        reason: refund.reason,
        payment_id: refund.payment_id,
    };
    sqlward::retry(3, || {
        db.transaction(async |tx| {
            let service = key.within(tx, "a payment was refunded");
            if let Some(payment) = payment.filter(|payment| payment.payment_id == refund.payment_id) {
                record(tx, &service, payment, now).await?;
            }
            if let Some((customer, purchase)) = purchases::refund_purchase(&service, &refunded).await? {
                close(tx, &customer, purchase.content_id, now).await?;
                content::adjust_purchase_count(&service, -1, purchase.content_id).await?;
                return Ok::<_, Error>(Reversal::Done(purchase));
            }
            let found = purchases::find_purchase_by_payment(&service, refund.payment_id).await?;
            Ok(match found {
                None => Reversal::UnknownPayment,
                Some(found) => match found.status {
                    PurchaseStatus::Refunded => Reversal::AlreadyDone(found),
                    PurchaseStatus::Completed => Reversal::WrongAmount(found),
                    PurchaseStatus::Pending | PurchaseStatus::Failed => Reversal::NotCompleted(found),
                },
            })
        })
    })
    .await
}

/// A dispute: the customer's bank contests the payment.
#[derive(Debug, Clone, Copy)]
pub struct Dispute<'a> {
    /// The provider's id of the payment.
    pub payment_id: &'a str,
    /// The provider's id of the dispute.
    pub dispute_id: Option<&'a str>,
    /// The reason.
    pub reason: Option<&'a str>,
}

/// Marks a purchase as disputed, once, and removes the access that the payment gave. It still counts as a sale.
pub async fn dispute(
    db: &Database,
    key: &ServiceKey,
    dispute: &Dispute<'_>,
    now: DateTime<Utc>,
) -> Result<Reversal> {
    let Dispute { payment_id, dispute_id, reason } = *dispute;
    let disputed = MarkPurchaseDisputed { now, reason, dispute_id, payment_id };
    sqlward::retry(3, || {
        db.transaction(async |tx| {
            let service = key.within(tx, "a payment is disputed");
            if let Some((customer, purchase)) = purchases::mark_purchase_disputed(&service, &disputed).await?
            {
                close(tx, &customer, purchase.content_id, now).await?;
                return Ok::<_, Error>(Reversal::Done(purchase));
            }
            let found = purchases::find_purchase_by_payment(&service, payment_id).await?;
            Ok(match found {
                None => Reversal::UnknownPayment,
                Some(found) if found.disputed_at.is_some() => Reversal::AlreadyDone(found),
                Some(found) => Reversal::NotCompleted(found),
            })
        })
    })
    .await
}

/// Removes the access that a payment gave, unless another completed purchase gives it too. The lock waits for a
/// concurrent purchase of the same piece, so that it is seen.
async fn close(
    tx: &Transaction<'_>,
    customer: &UserScope,
    content_id: ContentId,
    now: DateTime<Utc>,
) -> Result<()> {
    grants::lock_grant(tx, customer, content_id).await?;
    grants::end_purchased_access(tx, customer, now, content_id).await?;
    Ok(())
}

/// The result of recording a failed payment.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The pending purchase is now failed.
    Recorded,
    /// The purchase is not pending: it had failed before, or was paid after all.
    NotPending(RecordedPurchase),
    /// The payment is not known, and nothing has to be done.
    UnknownPayment,
}

/// Marks a pending purchase as failed.
pub async fn fail(db: &Database, key: &ServiceKey, payment_id: &str) -> Result<Failure> {
    let service = key.over(db, "a payment failed");
    if purchases::record_failed_purchase(&service, payment_id).await? > 0 {
        return Ok(Failure::Recorded);
    }
    let found = purchases::find_purchase_by_payment(&service, payment_id).await?;
    Ok(found.map_or(Failure::UnknownPayment, Failure::NotPending))
}
