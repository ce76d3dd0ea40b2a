//! Purchases: recorded once, however often the payment is delivered, and changed only by the queries for each state.

use codex_catalog::PurchaseStatus::{Completed, Failed, Pending, Refunded};
use codex_catalog::content::CreateContent;
use codex_catalog::purchases::{
    self, ListPurchaseHistory, MarkPurchaseDisputed, RecordPurchase, RecordedPurchase, RefundPurchase,
};
use codex_catalog::{Constraint, ContentId, PurchaseStatus, UserId, UserScope, content};
use futures_util::future::join_all;
use sqlward::Page;

use super::fixture::{Codex, draft, page, payment, signed_in, utc, violated};

async fn record(
    codex: &Codex,
    payment: &RecordPurchase<'_>,
) -> sqlward::Result<Option<(UserScope, RecordedPurchase)>> {
    let recorded = codex
        .db
        .transaction(async |tx| purchases::record_purchase(&codex.key().within(tx, "test"), payment).await);
    recorded.await
}

async fn refund(codex: &Codex, refund: &RefundPurchase<'_>) -> sqlward::Result<Option<RecordedPurchase>> {
    let refunded = codex
        .db
        .transaction(async |tx| purchases::refund_purchase(&codex.key().within(tx, "test"), refund).await);
    Ok(refunded.await?.map(|(_, purchase)| purchase))
}

async fn dispute(codex: &Codex, payment_id: &str) -> Option<RecordedPurchase> {
    let dispute = MarkPurchaseDisputed {
        now: utc("2025-01-03"),
        reason: Some("fraudulent"),
        dispute_id: Some("dp_1"),
        payment_id,
    };
    let disputed = codex.db.transaction(async |tx| {
        purchases::mark_purchase_disputed(&codex.key().within(tx, "test"), &dispute).await
    });
    disputed.await.unwrap().map(|(_, purchase)| purchase)
}

/// A refund of the full amount.
fn back(payment_id: &str) -> RefundPurchase<'_> {
    RefundPurchase {
        now: utc("2025-01-02"),
        amount_cents: None,
        refund_id: Some("re_1"),
        reason: Some("changed my mind"),
        payment_id,
    }
}

/// Inserts a pending purchase. The catalog has no query for this.
async fn pending(codex: &Codex, customer: &UserId, content_id: ContentId, payment_id: &str) {
    codex
        .sql(&format!(
            "insert into purchases (
                customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status)
             select '{}', id, organization_id, 0, '{payment_id}', 'pending' from content where id = '{}'",
            customer.0, content_id.0
        ))
        .await;
}

#[tokio::test]
async fn a_payment_is_recorded_once_and_for_the_organization_of_the_piece() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let (customer, bought) = record(&codex, &payment(&bob.id, id, "pi_1")).await.unwrap().unwrap();
    assert!(purchases::get_purchase(db, &customer, bought.id).await.unwrap().is_some(), "the token is Bob's");
    assert_eq!((&bought.user_id, bought.organization_id), (&bob.id, ann.organization_id));
    assert_eq!((bought.status, &*bought.currency), (Completed, "usd"));
    assert_eq!((bought.amount_paid_cents, bought.purchased_at), (1000, Some(utc("2025-01-01"))));
    assert!(record(&codex, &payment(&bob.id, id, "pi_1")).await.unwrap().is_none());
    // Also not for another customer or another piece.
    let other = codex.published(bob, "other").await;
    assert!(record(&codex, &payment(&ann.id, other, "pi_1")).await.unwrap().is_none());
    let found =
        async |payment_id| purchases::find_purchase_by_payment(&codex.service(), payment_id).await.unwrap();
    assert_eq!((found("pi_1").await, found("pi_2").await), (Some(bought), None));

    let wrong = RecordPurchase { creator_payout_cents: 901, ..payment(&bob.id, id, "pi_2") };
    assert_eq!(violated(record(&codex, &wrong).await), Constraint::CheckRevenueSplitEqualsTotal);
}

#[tokio::test]
async fn who_paid_has_bought_even_what_was_removed_meanwhile() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    content::soft_delete_content(db, &ann.creator, id).await.unwrap();
    assert!(record(&codex, &payment(&bob.id, id, "pi_1")).await.unwrap().is_some());
    let personal = CreateContent { content_body: Some("body"), ..draft("personal") };
    let personal = codex.create(&ann.creator, &personal).await.unwrap().unwrap().id;
    assert!(record(&codex, &payment(&bob.id, personal, "pi_2")).await.unwrap().is_none(), "nobody is paid");
    let nothing = ContentId("00000000-0000-4000-8000-0000000000ff".parse().unwrap());
    assert!(record(&codex, &payment(&bob.id, nothing, "pi_3")).await.unwrap().is_none());
    let nobody = UserId::from("nobody");
    let refused = record(&codex, &payment(&nobody, id, "pi_4")).await;
    assert_eq!(violated(refused), Constraint::PurchasesCustomerIdFkey);
}

#[tokio::test]
async fn of_many_deliveries_at_once_one_records() {
    let codex = Codex::new().await;
    let Codex { ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let payment = payment(&bob.id, id, "pi_1");
    let recorded = join_all((0..8).map(|_| record(&codex, &payment))).await;
    assert_eq!(recorded.into_iter().filter(|recorded| recorded.as_ref().unwrap().is_some()).count(), 1);
    assert_eq!(codex.column("select count(*) from purchases").await, ["1"]);
}

#[tokio::test]
async fn purchases_go_by_their_steps() {
    let codex = Codex::new().await;
    let Codex { ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let status = async |payment_id| {
        let found = purchases::find_purchase_by_payment(&codex.service(), payment_id).await.unwrap();
        found.unwrap().status
    };
    let fail =
        async |payment_id| purchases::record_failed_purchase(&codex.service(), payment_id).await.unwrap();

    // A pending purchase can be completed or fail, but not be refunded or disputed.
    pending(&codex, &bob.id, id, "pi_1").await;
    pending(&codex, &bob.id, id, "pi_2").await;
    assert!(
        refund(&codex, &back("pi_1")).await.unwrap().is_none() && dispute(&codex, "pi_1").await.is_none()
    );
    assert!(record(&codex, &payment(&ann.id, id, "pi_1")).await.unwrap().is_none(), "it is Bob's");
    let completed = record(&codex, &payment(&bob.id, id, "pi_1")).await.unwrap().unwrap().1;
    assert_eq!((completed.status, completed.amount_paid_cents), (Completed, 1000));
    assert_eq!(
        (fail("pi_1").await, fail("pi_2").await, fail("pi_2").await, fail("pi_9").await),
        (0, 1, 0, 0)
    );
    assert_eq!((status("pi_1").await, status("pi_2").await), (Completed, Failed));

    // It can be refunded once, and not by more than was paid.
    for amount_cents in [-1, 1001] {
        let wrong = RefundPurchase { amount_cents: Some(amount_cents), ..back("pi_1") };
        assert!(refund(&codex, &wrong).await.unwrap().is_none());
    }
    let refunded = refund(&codex, &back("pi_1")).await.unwrap().unwrap();
    assert_eq!((refunded.status, refunded.refund_amount_cents), (Refunded, Some(1000)));
    assert_eq!(refunded.refunded_at, Some(utc("2025-01-02")));
    assert!(
        refund(&codex, &back("pi_1")).await.unwrap().is_none() && dispute(&codex, "pi_1").await.is_none()
    );
    assert!(refund(&codex, &back("pi_2")).await.unwrap().is_none(), "it failed");
    // A later attempt with the same payment can still succeed, once.
    let late = record(&codex, &payment(&bob.id, id, "pi_2")).await.unwrap().unwrap().1;
    assert_eq!((late.status, late.purchased_at.is_some(), fail("pi_2").await), (Completed, true, 0));
    assert!(record(&codex, &payment(&bob.id, id, "pi_2")).await.unwrap().is_none());
    assert!(refund(&codex, &back("pi_9")).await.unwrap().is_none());
    assert!(record(&codex, &payment(&bob.id, id, "pi_1")).await.unwrap().is_none());

    // A dispute is recorded once. The purchase can still be refunded.
    record(&codex, &payment(&bob.id, id, "pi_3")).await.unwrap().unwrap();
    assert_eq!(dispute(&codex, "pi_3").await.unwrap().disputed_at, Some(utc("2025-01-03")));
    assert!(dispute(&codex, "pi_3").await.is_none());
    assert_eq!(status("pi_3").await, Completed);
    let some = RefundPurchase { amount_cents: Some(400), ..back("pi_3") };
    assert_eq!(refund(&codex, &some).await.unwrap().unwrap().refund_amount_cents, Some(400));
}

#[tokio::test]
async fn of_many_refunds_at_once_one_is_made() {
    let codex = Codex::new().await;
    let Codex { ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    codex.bought(&bob.id, id, "pi_1").await;
    let refunded = join_all((0..8).map(|_| async { refund(&codex, &back("pi_1")).await })).await;
    assert_eq!(refunded.into_iter().filter(|refunded| refunded.as_ref().unwrap().is_some()).count(), 1);
}

#[tokio::test]
async fn customers_see_their_own_purchases_whatever_became_of_the_piece() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let eve = signed_in(&codex.person("eve").await);
    let one = codex.published(ann, "one").await;
    let two = codex.published(ann, "two").await;
    let first = codex.bought(&bob.id, one, "pi_1").await;
    let second = codex.bought(&bob.id, two, "pi_2").await;
    codex.bought(&ann.id, one, "pi_3").await;
    pending(&codex, &bob.id, two, "pi_4").await;
    refund(&codex, &back("pi_2")).await.unwrap().unwrap();
    content::soft_delete_content(db, &ann.creator, one).await.unwrap();
    content::unpublish_content(db, &ann.creator, two).await.unwrap();

    let bought = async |user, id| purchases::verify_purchase(db, user, id).await.unwrap();
    assert!(bought(&bob.user, one).await && !bought(&bob.user, two).await && !bought(&eve, one).await);
    let latest = async |user, id| {
        let found = purchases::find_completed_purchase(db, user, id).await.unwrap();
        found.map(|found| found.id)
    };
    assert_eq!((latest(&bob.user, one).await, latest(&bob.user, two).await), (Some(first), None));
    let get = async |user, id| purchases::get_purchase(db, user, id).await.unwrap().map(|found| found.status);
    assert_eq!(
        (get(&bob.user, first).await, get(&bob.user, second).await),
        (Some(Completed), Some(Refunded))
    );
    assert_eq!((get(&ann.user, first).await, get(&eve, first).await), (None, None));
    let receipt = async |user, payment_id| {
        let found = purchases::get_purchase_by_payment_for_user(db, user, payment_id).await.unwrap();
        found.map(|found| (found.status, found.content.slug))
    };
    assert_eq!(receipt(&bob.user, "pi_1").await, Some((Completed, "one".to_owned())));
    assert_eq!(receipt(&bob.user, "pi_2").await, Some((Refunded, "two".to_owned())));
    assert_eq!((receipt(&bob.user, "pi_3").await, receipt(&ann.user, "pi_1").await), (None, None));

    let history = async |user, status, content_id, page: Page| {
        let wanted = ListPurchaseHistory { status, content_id };
        let found = purchases::list_purchase_history(db, user, &wanted, page).await.unwrap();
        let rows = found.items.into_iter().map(|row| (row.content.slug, row.status)).collect::<Vec<_>>();
        (rows, found.total)
    };
    let line = |slug: &str, status: PurchaseStatus| (slug.to_owned(), status);
    let whole = vec![line("two", Pending), line("two", Refunded), line("one", Completed)];
    assert_eq!(history(&bob.user, None, None, page()).await, (whole.clone(), 3));
    assert_eq!(history(&bob.user, None, None, Page::new(2, 2).unwrap()).await, (vec![whole[2].clone()], 3));
    assert_eq!(history(&bob.user, Some(Refunded), None, page()).await.0, [line("two", Refunded)]);
    assert_eq!(history(&bob.user, None, Some(one), page()).await.0, [line("one", Completed)]);
    assert_eq!(history(&ann.user, None, None, page()).await.0, [line("one", Completed)]);
    assert_eq!(history(&eve, None, None, page()).await, (vec![], 0));

    // A disputed purchase no longer counts, and the piece can be bought again.
    dispute(&codex, "pi_1").await.unwrap();
    assert!(!bought(&bob.user, one).await);
    assert_eq!(latest(&bob.user, one).await, None);
    let again = codex.bought(&bob.id, one, "pi_5").await;
    assert_eq!(latest(&bob.user, one).await, Some(again));
}
