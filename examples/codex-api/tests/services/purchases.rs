//! The payment provider's events, repeated and in any order.

use std::pin::pin;

use chrono::{DateTime, Utc};
use codex_api::services::purchases::{
    Completion, Dispute, Failure, Payment, Refund, Reversal, complete, dispute, fail, refund,
};
use codex_catalog::PurchaseStatus::{Completed, Failed, Refunded};
use codex_catalog::content::CreateContent;
use codex_catalog::purchases as catalog_purchases;
use codex_catalog::{Constraint, ContentId, UserId, access, content, fees, grants};
use futures_util::future::join_all;
use sqlward::Error;

use super::fixture::{Codex, draft, signed_in, utc, violated};

/// A published piece of alpha with a price.
async fn for_sale(codex: &Codex, slug: &str) -> ContentId {
    let id = codex.published(&codex.ann, slug).await;
    codex
        .sql(&format!(
            "update content set visibility = 'purchased_only', price_cents = 999 where slug = '{slug}'"
        ))
        .await;
    id
}

fn payment<'a>(payment_id: &'a str, customer_id: &'a UserId, content_id: ContentId) -> Payment<'a> {
    Payment { payment_id, customer_id, content_id, amount_cents: 999, currency: "usd" }
}

fn all_of(payment_id: &str) -> Refund<'_> {
    Refund { payment_id, amount_cents: None, refund_id: Some("re_1"), reason: Some("requested_by_customer") }
}

fn now() -> DateTime<Utc> {
    utc("2025-01-01")
}

async fn is_open(codex: &Codex, user: &UserId, id: ContentId) -> bool {
    access::can_access_content(&codex.db, &signed_in(user), id, now()).await.unwrap()
}

/// The number of purchases and of valid grants, and the sales count, of the piece with a slug.
async fn books(codex: &Codex, slug: &str) -> Vec<String> {
    let sql = format!(
        "select concat_ws(' ',
            (select count(*) from purchases p where p.content_id = c.id),
            (select count(*) from content_access g where g.content_id = c.id and g.expires_at is null),
            c.purchase_count)
         from content c where c.slug = '{slug}'"
    );
    codex.column(&sql).await
}

#[tokio::test]
async fn a_payment_that_is_delivered_eight_times_at_once_is_one_purchase() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = for_sale(&codex, "one").await;
    let other = for_sale(&codex, "other").await;
    assert!(!is_open(&codex, &bob.id, id).await);
    let payment = payment("pi_1", &bob.id, id);
    let delivered = join_all((0..8).map(|_| complete(db, codex.key(), &payment, now()))).await;
    let mut first = Vec::new();
    let mut later = Vec::new();
    for delivered in delivered {
        match delivered.unwrap() {
            Completion::Recorded(purchase) => first.push(purchase),
            Completion::AlreadyRecorded(purchase) => later.push(purchase),
            outcome => panic!("{outcome:?}"),
        }
    }
    assert_eq!((first.len(), later.len()), (1, 7));
    let [purchase] = &first[..] else { panic!() };
    assert!(later.iter().all(|same| same == purchase));
    assert_eq!((purchase.status, purchase.organization_id), (Completed, ann.organization_id));
    assert_eq!(
        (purchase.platform_fee_cents, purchase.organization_fee_cents, purchase.creator_payout_cents),
        (100, 0, 899)
    );
    assert_eq!(books(&codex, "one").await, ["1 1 1"]);
    assert!(is_open(&codex, &bob.id, id).await && !is_open(&codex, &bob.id, other).await);
}

#[tokio::test]
async fn the_fee_is_that_of_the_moment() {
    let codex = Codex::new().await;
    let Codex { db, bob, .. } = &codex;
    let id = for_sale(&codex, "one").await;
    db.transaction(async |tx| {
        let service = codex.key().within(tx, "test");
        fees::insert_platform_fee(&service, 2500, utc("2025-01-02")).await?;
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    for (payment_id, at, cents) in [("pi_1", "2025-01-01", 100), ("pi_2", "2025-01-02", 250)] {
        let completed = complete(db, codex.key(), &payment(payment_id, &bob.id, id), utc(at)).await.unwrap();
        let Completion::Recorded(purchase) = completed else { panic!("{completed:?}") };
        assert_eq!((purchase.platform_fee_cents, purchase.creator_payout_cents), (cents, 999 - cents));
    }
}

#[tokio::test]
async fn a_payment_is_for_what_it_says() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    let other = for_sale(&codex, "other").await;
    complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap();
    for (customer, content) in [(&ann.id, id), (&bob.id, other)] {
        let outcome = complete(db, key, &payment("pi_1", customer, content), now()).await.unwrap();
        assert_eq!(outcome, Completion::OtherPurchase);
    }
    assert!(!is_open(&codex, &bob.id, other).await);
    assert_eq!(books(&codex, "other").await, ["0 0 0"]);

    let personal = CreateContent { content_body: Some("body"), ..draft("personal") };
    let personal = codex.create(&ann.creator, &personal).await.unwrap().unwrap().id;
    let outcome = complete(db, key, &payment("pi_2", &bob.id, personal), now()).await.unwrap();
    assert_eq!(outcome, Completion::NothingToSell);
    // Pending and failed purchases cannot be completed after their piece has left the organization.
    pending(&codex, &bob.id, other, "pi_3").await;
    pending(&codex, &bob.id, other, "pi_6").await;
    assert_eq!(fail(db, key, "pi_6").await.unwrap(), Failure::Recorded);
    content::move_content_to_personal(db, &ann.creator, other).await.unwrap().unwrap();
    for payment_id in ["pi_3", "pi_6"] {
        let outcome = complete(db, key, &payment(payment_id, &bob.id, other), now()).await.unwrap();
        assert_eq!(outcome, Completion::NothingToSell);
    }
    let negative = Payment { amount_cents: -1, ..payment("pi_4", &bob.id, id) };
    let refused = violated(complete(db, key, &negative, now()).await);
    assert!(matches!(refused, Constraint::CheckAmountPositive | Constraint::CheckCreatorPayoutPositive));
    let nobody = UserId::from("nobody");
    let refused = complete(db, key, &payment("pi_5", &nobody, id), now()).await;
    assert_eq!(violated(refused), Constraint::PurchasesCustomerIdFkey);
}

async fn pending(codex: &Codex, customer: &UserId, content_id: ContentId, payment_id: &str) {
    let sql = format!(
        "insert into purchases (
            customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status)
         select '{}', id, organization_id, 0, '{payment_id}', 'pending' from content where id = '{}'",
        customer.0, content_id.0
    );
    codex.sql(&sql).await;
}

#[tokio::test]
async fn what_waits_is_paid_or_fails() {
    let codex = Codex::new().await;
    let Codex { db, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    pending(&codex, &bob.id, id, "pi_1").await;
    pending(&codex, &bob.id, id, "pi_2").await;
    assert!(!is_open(&codex, &bob.id, id).await);
    let refunded = refund(db, key, &all_of("pi_1"), None, now()).await.unwrap();
    assert!(matches!(refunded, Reversal::NotCompleted(_)), "{refunded:?}");

    assert_eq!(fail(db, key, "pi_2").await.unwrap(), Failure::Recorded);
    let again = fail(db, key, "pi_2").await.unwrap();
    assert!(matches!(&again, Failure::NotPending(purchase) if purchase.status == Failed), "{again:?}");
    assert_eq!(fail(db, key, "pi_9").await.unwrap(), Failure::UnknownPayment);
    assert!(!is_open(&codex, &bob.id, id).await);
    // A later attempt with the same payment succeeds.
    let late = complete(db, key, &payment("pi_2", &bob.id, id), now()).await.unwrap();
    assert!(matches!(&late, Completion::Recorded(purchase) if purchase.status == Completed), "{late:?}");
    assert!(is_open(&codex, &bob.id, id).await);
    assert!(matches!(fail(db, key, "pi_2").await.unwrap(), Failure::NotPending(_)));
    let again = complete(db, key, &payment("pi_2", &bob.id, id), now()).await.unwrap();
    assert!(matches!(again, Completion::AlreadyRecorded(_)), "{again:?}");
    assert_eq!(books(&codex, "one").await, ["2 1 1"]);

    let delivered = join_all(
        (0..8).map(|_| async { complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap() }),
    )
    .await;
    let first = delivered.iter().filter(|outcome| matches!(outcome, Completion::Recorded(_))).count();
    let later = delivered.iter().filter(|outcome| matches!(outcome, Completion::AlreadyRecorded(_))).count();
    assert_eq!((first, later), (1, 7));
    assert!(matches!(fail(db, key, "pi_1").await.unwrap(), Failure::NotPending(_)));
    assert!(is_open(&codex, &bob.id, id).await);
    assert_eq!(books(&codex, "one").await, ["2 1 2"]);
}

#[tokio::test]
async fn a_refund_closes_what_was_bought_once() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap();
    complete(db, key, &payment("pi_2", &ann.id, id), now()).await.unwrap();
    assert_eq!(books(&codex, "one").await, ["2 2 2"]);

    let more = Refund { amount_cents: Some(1000), ..all_of("pi_1") };
    assert!(matches!(refund(db, key, &more, None, now()).await.unwrap(), Reversal::WrongAmount(_)));
    assert!(is_open(&codex, &bob.id, id).await);

    let one = all_of("pi_1");
    let refunded = join_all((0..8).map(|_| refund(db, key, &one, None, now()))).await;
    let (mut done, mut before) = (Vec::new(), Vec::new());
    for refunded in refunded {
        match refunded.unwrap() {
            Reversal::Done(purchase) => done.push(purchase),
            Reversal::AlreadyDone(purchase) => before.push(purchase),
            outcome => panic!("{outcome:?}"),
        }
    }
    assert_eq!((done.len(), before.len()), (1, 7));
    assert!(before.iter().all(|same| *same == done[0]));
    assert_eq!((done[0].status, done[0].refund_amount_cents), (Refunded, Some(999)));
    assert!(!is_open(&codex, &bob.id, id).await);
    assert_eq!(books(&codex, "one").await, ["2 1 1"], "Ann's stands");

    // The piece can be bought again, and a repeated event of the first payment gives no access.
    let late = complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap();
    assert_eq!(late, Completion::AlreadyRecorded(done.remove(0)));
    assert!(!is_open(&codex, &bob.id, id).await);
    complete(db, key, &payment("pi_3", &bob.id, id), now()).await.unwrap();
    assert!(is_open(&codex, &bob.id, id).await);
    assert_eq!(books(&codex, "one").await, ["3 2 2"]);
}

#[tokio::test]
async fn of_two_payments_for_a_piece_the_other_keeps_it_open() {
    let codex = Codex::new().await;
    let Codex { db, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap();
    // The first purchase is refunded while the second one is being completed.
    let (first, second) = (all_of("pi_1"), payment("pi_2", &bob.id, id));
    let (refunded, completed) =
        tokio::join!(refund(db, key, &first, None, now()), complete(db, key, &second, now()));
    assert!(matches!(refunded.unwrap(), Reversal::Done(_)));
    assert!(matches!(completed.unwrap(), Completion::Recorded(_)));
    assert!(is_open(&codex, &bob.id, id).await);
    assert_eq!(books(&codex, "one").await, ["2 1 1"]);
    refund(db, key, &all_of("pi_2"), None, now()).await.unwrap();
    assert_eq!(books(&codex, "one").await, ["2 0 0"]);
}

#[tokio::test]
async fn a_refund_waits_for_the_purchase_that_is_being_completed() {
    let codex = Codex::new().await;
    let Codex { db, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap();
    let first = all_of("pi_1");
    let mut refunded = pin!(refund(db, key, &first, None, now()));
    db.transaction(async |tx| {
        let service = key.within(tx, "test");
        let second = super::fixture::payment(&bob.id, id, "pi_2");
        let (customer, bought) = catalog_purchases::record_purchase(&service, &second).await?.unwrap();
        grants::grant_purchased_access(tx, &customer, bought.id).await?.unwrap();
        tokio::select! {
            early = &mut refunded => panic!("it did not wait: {early:?}"),
            () = codex.locks_awaited(1) => Ok::<_, Error>(()),
        }
    })
    .await
    .unwrap();
    assert!(matches!(refunded.await.unwrap(), Reversal::Done(_)));
    // The grant now belongs to the second purchase.
    assert_eq!(books(&codex, "one").await, ["2 1 0"]);
}

#[tokio::test]
async fn a_refund_that_is_here_first_is_not_lost() {
    let codex = Codex::new().await;
    let Codex { db, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    let unknown = refund(db, key, &all_of("pi_1"), None, now()).await.unwrap();
    assert_eq!(unknown, Reversal::UnknownPayment);
    assert_eq!(books(&codex, "one").await, ["0 0 0"]);

    let paid = payment("pi_1", &bob.id, id);
    let (one, known) = (all_of("pi_1"), Some(&paid));
    let refunded = join_all((0..8).map(|_| refund(db, key, &one, known, now()))).await;
    let done = refunded.iter().filter(|done| matches!(done.as_ref().unwrap(), Reversal::Done(_))).count();
    assert_eq!(done, 1);
    let late = complete(db, key, &paid, now()).await.unwrap();
    assert!(
        matches!(&late, Completion::AlreadyRecorded(purchase) if purchase.status == Refunded),
        "{late:?}"
    );
    assert!(!is_open(&codex, &bob.id, id).await);
    assert_eq!(books(&codex, "one").await, ["1 0 0"]);

    // A payment that does not belong to the refund is ignored.
    let other = refund(db, key, &all_of("pi_2"), known, now()).await.unwrap();
    assert_eq!(other, Reversal::UnknownPayment);
}

#[tokio::test]
async fn a_dispute_closes_what_was_bought_once() {
    let codex = Codex::new().await;
    let Codex { db, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap();
    let of = |payment_id| Dispute { payment_id, dispute_id: Some("dp_1"), reason: Some("fraudulent") };
    let one = of("pi_1");
    let disputed = join_all((0..8).map(|_| dispute(db, key, &one, now()))).await;
    let done = disputed.iter().filter(|done| matches!(done.as_ref().unwrap(), Reversal::Done(_))).count();
    let before =
        disputed.iter().filter(|done| matches!(done.as_ref().unwrap(), Reversal::AlreadyDone(_))).count();
    assert_eq!((done, before), (1, 7));
    assert!(!is_open(&codex, &bob.id, id).await);
    assert_eq!(books(&codex, "one").await, ["1 0 1"]);
    let late = complete(db, key, &payment("pi_1", &bob.id, id), now()).await.unwrap();
    assert!(matches!(late, Completion::AlreadyRecorded(_)));
    assert!(!is_open(&codex, &bob.id, id).await);

    assert!(matches!(refund(db, key, &all_of("pi_1"), None, now()).await.unwrap(), Reversal::Done(_)));
    let refunded = dispute(db, key, &one, now()).await.unwrap();
    assert!(matches!(&refunded, Reversal::AlreadyDone(purchase) if purchase.status == Refunded));
    complete(db, key, &payment("pi_2", &bob.id, id), now()).await.unwrap();
    refund(db, key, &all_of("pi_2"), None, now()).await.unwrap();
    assert!(matches!(dispute(db, key, &of("pi_2"), now()).await.unwrap(), Reversal::NotCompleted(_)));
    assert_eq!(dispute(db, key, &of("pi_9"), now()).await.unwrap(), Reversal::UnknownPayment);
}

#[tokio::test]
async fn a_failure_on_the_way_leaves_nothing() {
    let codex = Codex::new().await;
    let Codex { db, bob, .. } = &codex;
    let key = codex.key();
    let id = for_sale(&codex, "one").await;
    // Makes the last statement of the transaction fail.
    codex.sql("alter table content add constraint no_sales check (purchase_count = 0)").await;
    let one = payment("pi_1", &bob.id, id);
    assert!(complete(db, key, &one, now()).await.is_err());
    assert_eq!(books(&codex, "one").await, ["0 0 0"]);
    assert!(!is_open(&codex, &bob.id, id).await);
    codex.sql("alter table content drop constraint no_sales").await;
    assert!(matches!(complete(db, key, &one, now()).await.unwrap(), Completion::Recorded(_)));
    codex.sql("alter table content add constraint no_refunds check (purchase_count = 1)").await;
    assert!(refund(db, key, &all_of("pi_1"), None, now()).await.is_err());
    assert!(is_open(&codex, &bob.id, id).await);
    assert_eq!(books(&codex, "one").await, ["1 1 1"]);
}
