//! What the payment provider tells of purchases.
//!
//! It delivers an event as often as it likes, in any order and at once. So each function moves a purchase from one state
//! to the next by one statement that names both, and what follows, the grant and the number of sales, is in the same
//! transaction: whoever is not the first changes nothing, and is told what the first has made of the purchase.

use chrono::{DateTime, Utc};
use codex_catalog::purchases::{
    self, MarkPurchaseDisputed, RecordPurchase, RecordedPurchase, RefundPurchase,
};
use codex_catalog::{ContentId, PurchaseStatus, UserId, UserScope, content, fees, grants};
use sqlward::{Database, Error, Result, ServiceKey, ServiceTransaction, Transaction};

use super::revenue::{DEFAULT_PLATFORM_FEE, ORGANIZATION_FEE, split};

/// A payment that came through.
#[derive(Debug, Clone, Copy)]
pub struct Payment<'a> {
    /// The provider's id of the payment. It is recorded once.
    pub payment_id: &'a str,
    /// Who paid.
    pub customer_id: &'a UserId,
    /// What for.
    pub content_id: ContentId,
    /// How much.
    pub amount_cents: i32,
    /// In which currency, by its three letters.
    pub currency: &'a str,
}

/// What came of a payment.
#[derive(Debug, Clone, PartialEq)]
pub enum Completion {
    /// It is recorded now, and the piece open.
    Recorded(RecordedPurchase),
    /// It was recorded before, and is what became of it since.
    AlreadyRecorded(RecordedPurchase),
    /// The id stands for a payment of somebody else or for something else.
    OtherPurchase,
    /// There is no such piece, or no organization that could be paid.
    NothingToSell,
}

/// Records a payment and opens the piece that it is for, once.
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
        // It waits for a piece that no organization is paid for any more.
        Some(found) if matches!(found.status, PurchaseStatus::Pending | PurchaseStatus::Failed) => {
            Completion::NothingToSell
        }
        Some(found) => Completion::AlreadyRecorded(found),
        None => Completion::NothingToSell,
    })
}

/// Money that went back.
#[derive(Debug, Clone, Copy)]
pub struct Refund<'a> {
    /// Of which payment.
    pub payment_id: &'a str,
    /// How much, where it is not all.
    pub amount_cents: Option<i32>,
    /// The provider's id of the refund.
    pub refund_id: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
}

/// What came of an event that takes a payment back.
#[derive(Debug, Clone, PartialEq)]
pub enum Reversal {
    /// It is done now, and what the payment opened is closed.
    Done(RecordedPurchase),
    /// It was done before.
    AlreadyDone(RecordedPurchase),
    /// The purchase is in a state that it cannot be done in: nothing was paid, or the money is back already.
    NotCompleted(RecordedPurchase),
    /// More would go back than was paid, or less than nothing.
    WrongAmount(RecordedPurchase),
    /// Nothing is known of the payment: its own event is still to come. Deliver this one again, or with the payment.
    UnknownPayment,
}

/// Refunds a purchase and closes what it opened, once.
///
/// The event can be here before that of the payment itself. With the `payment`, as the provider knows it, the purchase is
/// recorded first; its own event then finds it refunded, and opens nothing.
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

/// A payment that the customer's bank disputes.
#[derive(Debug, Clone, Copy)]
pub struct Dispute<'a> {
    /// Which.
    pub payment_id: &'a str,
    /// The provider's id of the dispute.
    pub dispute_id: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
}

/// Marks a purchase as disputed and closes what it opened, once. It still counts as sold.
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

/// Ends what a payment opened, unless another one stands. The lock lets a purchase of the same piece that is just being
/// completed come first, so that it is seen.
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

/// What came of a payment that failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// The purchase that waited for it has failed.
    Recorded,
    /// No purchase waits for it: it has failed before, or was paid after all.
    NotPending(RecordedPurchase),
    /// Nothing is known of the payment, and nothing to be done.
    UnknownPayment,
}

/// Ends the wait of a purchase whose payment failed.
pub async fn fail(db: &Database, key: &ServiceKey, payment_id: &str) -> Result<Failure> {
    let service = key.over(db, "a payment failed");
    if purchases::record_failed_purchase(&service, payment_id).await? > 0 {
        return Ok(Failure::Recorded);
    }
    let found = purchases::find_purchase_by_payment(&service, payment_id).await?;
    Ok(found.map_or(Failure::UnknownPayment, Failure::NotPending))
}
