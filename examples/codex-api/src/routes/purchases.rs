//! Purchases: lists for customers, and the payment provider's webhook.

use axum::Json;
use axum::extract::State;
use chrono::Utc;
use codex_catalog::content::{self, GetContentForCheckoutRow};
use codex_catalog::purchases::{self, GetPurchaseRow, ListPurchaseHistory, ListPurchaseHistoryRow};
use codex_catalog::{ContentId, PurchaseId, PurchaseStatus, UserId};
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Page, Paged};

use crate::app::Service;
use crate::auth::Caller;
use crate::bounds::{Cents, Currency, Text};
use crate::extract::{Done, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::purchases::{self as service, Completion, Dispute, Failure, Payment, Refund, Reversal};
use crate::signature::{Payments, Signed};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/browse/content/{id}/price", price)
        .get("/v1/me/purchases", history)
        .get("/v1/me/purchases/{id}", show)
        .get("/v1/me/payments/{payment}", of_payment)
        .post("/v1/webhooks/payments", event)
}

async fn price(
    State(db): State<Database>,
    Path(id): Path<ContentId>,
) -> Result<Json<GetContentForCheckoutRow>> {
    content::get_content_for_checkout(&db, id).await?.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    status: Option<PurchaseStatus>,
    content_id: Option<ContentId>,
}

async fn history(
    State(db): State<Database>,
    caller: Caller,
    Query(Listing { status, content_id }): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListPurchaseHistoryRow>>> {
    let listing = ListPurchaseHistory { status, content_id };
    Ok(Json(purchases::list_purchase_history(&db, &caller.user, &listing, page).await?))
}

async fn show(
    State(db): State<Database>,
    caller: Caller,
    Path(id): Path<PurchaseId>,
) -> Result<Json<GetPurchaseRow>> {
    purchases::get_purchase(&db, &caller.user, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// For the page to which the payment provider redirects a customer after a payment.
async fn of_payment(
    State(db): State<Database>,
    caller: Caller,
    Path(payment): Path<String>,
) -> Result<Json<ListPurchaseHistoryRow>> {
    let purchase = purchases::get_purchase_by_payment_for_user(&db, &caller.user, &payment).await?;
    purchase.map(Json).ok_or_else(Problem::not_found)
}

/// An event of the payment provider. It is delivered repeatedly until the response is a success.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Event {
    Paid(Paid),
    Failed {
        payment_id: Text<1, 255>,
    },
    Refunded {
        payment_id: Text<1, 255>,
        amount_cents: Option<Cents>,
        refund_id: Option<Text<1, 255>>,
        reason: Option<Text<1, 1000>>,
        /// The payment itself, in case its own event has not arrived yet.
        payment: Option<Paid>,
    },
    Disputed {
        payment_id: Text<1, 255>,
        dispute_id: Option<Text<1, 255>>,
        reason: Option<Text<1, 1000>>,
    },
}

#[derive(Deserialize, JsonSchema)]
struct Paid {
    payment_id: Text<1, 255>,
    customer_id: UserId,
    content_id: ContentId,
    amount_cents: Cents,
    currency: Currency,
}

impl Paid {
    fn payment(&self) -> Payment<'_> {
        Payment {
            payment_id: &self.payment_id,
            customer_id: &self.customer_id,
            content_id: self.content_id,
            amount_cents: self.amount_cents.get(),
            currency: &self.currency,
        }
    }
}

async fn event(State(acting): State<Service>, signed: Signed<Payments, Event>) -> Result<Done> {
    let (db, key, now) = (acting.db(), acting.key(), Utc::now());
    match &signed.message {
        Event::Paid(paid) => completed(service::complete(db, key, &paid.payment(), now).await?),
        Event::Failed { payment_id } => match service::fail(db, key, payment_id).await? {
            Failure::Recorded | Failure::NotPending(_) | Failure::UnknownPayment => Ok(Done),
        },
        Event::Refunded { payment_id, amount_cents, refund_id, reason, payment } => {
            let refund = Refund {
                payment_id,
                amount_cents: amount_cents.map(Cents::get),
                refund_id: refund_id.as_deref(),
                reason: reason.as_deref(),
            };
            let payment = payment.as_ref().map(Paid::payment);
            reversed(service::refund(db, key, &refund, payment.as_ref(), now).await?)
        }
        Event::Disputed { payment_id, dispute_id, reason } => {
            let dispute =
                Dispute { payment_id, dispute_id: dispute_id.as_deref(), reason: reason.as_deref() };
            reversed(service::dispute(db, key, &dispute, now).await?)
        }
    }
}

fn completed(outcome: Completion) -> Result<Done> {
    match outcome {
        Completion::Recorded(_) | Completion::AlreadyRecorded(_) => Ok(Done),
        Completion::OtherPurchase => Err(Problem::conflict("other-purchase", "the payment is another one")),
        Completion::NothingToSell => Err(Problem::conflict("nothing-to-sell", "nobody sells this")),
    }
}

fn reversed(outcome: Reversal) -> Result<Done> {
    match outcome {
        Reversal::Done(_) | Reversal::AlreadyDone(_) => Ok(Done),
        Reversal::NotCompleted(_) => Err(Problem::conflict("not-completed", "the payment does not stand")),
        Reversal::WrongAmount(_) => Err(Problem::invalid("this is more than was paid").at("/amount_cents")),
        // The provider delivers the event again, and the payment may be known by then.
        Reversal::UnknownPayment => Err(Problem::conflict("unknown-payment", "the payment is not known yet")),
    }
}
