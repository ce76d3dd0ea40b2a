//! Grants: recorded for purchases, given by managers, and expiring.

use codex_catalog::ContentAccessType::{Complimentary, Purchased, Subscription};
use codex_catalog::OrganizationMembershipRole::{Creator, Member};
use codex_catalog::grants::{self, ListGrantsForContent};
use codex_catalog::{
    ContentAccess, ContentAccessType, ContentId, PurchaseId, UserId, UserScope, access, content,
};
use sqlward::{Error, Page};

use super::fixture::{Codex, Tenant, page, signed_in, utc};

async fn record(codex: &Codex, user: &UserScope, purchase: PurchaseId) -> Option<ContentAccess> {
    let recorded = codex.db.transaction(async |tx| grants::grant_purchased_access(tx, user, purchase).await);
    recorded.await.unwrap()
}

async fn end(codex: &Codex, user: &UserScope, id: ContentId) -> u64 {
    let ended = codex.db.transaction(async |tx| {
        grants::lock_grant(tx, user, id).await?;
        grants::end_purchased_access(tx, user, utc("2025-01-05"), id).await
    });
    ended.await.unwrap()
}

async fn give(codex: &Codex, from: &Tenant, id: ContentId, to: &UserId) -> Option<ContentAccessType> {
    let given = grants::grant_complimentary_access(&codex.db, &from.organization, id, to).await.unwrap();
    let given = given
        .inspect(|given| assert_eq!((&given.user_id, given.content_id, given.expires_at), (to, id, None)));
    given.map(|given| given.access_type)
}

#[tokio::test]
async fn what_a_purchase_opened_ends_with_its_payment() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let bought = codex.bought(&bob.id, id, "pi_1").await;
    codex.bought(&ann.id, id, "pi_2").await;
    let active = async |user, day| grants::has_active_grant(db, user, id, utc(day)).await.unwrap();
    assert!(active(&bob.user, "2030-01-01").await);
    assert_eq!(end(&codex, &bob.user, id).await, 0, "the payment stands");
    assert_eq!(record(&codex, &ann.user, bought).await, None, "it is Bob's purchase");

    codex.sql("update purchases set disputed_at = now()").await;
    assert_eq!(record(&codex, &bob.user, bought).await, None);
    assert_eq!((end(&codex, &bob.user, id).await, end(&codex, &bob.user, id).await), (1, 0));
    assert!(active(&bob.user, "2025-01-04").await && !active(&bob.user, "2025-01-05").await);
    assert!(active(&ann.user, "2030-01-01").await, "of others nothing is ended");

    // A new purchase renews the grant. Ending that of the first payment again does not end it.
    codex.bought(&bob.id, id, "pi_3").await;
    assert!(active(&bob.user, "2030-01-01").await);
    assert_eq!(end(&codex, &bob.user, id).await, 0);
    for status in ["pending", "failed", "refunded"] {
        codex.sql(&format!("update purchases set disputed_at = null, status = '{status}'")).await;
        assert_eq!(record(&codex, &bob.user, bought).await, None, "{status}");
    }
    assert_eq!(codex.column("select count(*) from content_access").await, ["2"]);
}

#[tokio::test]
async fn what_was_given_for_free_is_neither_sold_nor_ended() {
    let codex = Codex::new().await;
    let Codex { ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    codex.join(ann, &bob.id, Member).await;
    assert_eq!(give(&codex, ann, id, &bob.id).await, Some(Complimentary));
    let bought = codex.db.transaction(async |tx| {
        let service = codex.key().within(tx, "test");
        let payment = super::fixture::payment(&bob.id, id, "pi_1");
        let recorded = codex_catalog::purchases::record_purchase(&service, &payment).await?;
        Ok::<_, Error>(recorded.unwrap().1.id)
    });
    assert_eq!(record(&codex, &bob.user, bought.await.unwrap()).await, None);
    codex.sql("update purchases set status = 'refunded'").await;
    assert_eq!(end(&codex, &bob.user, id).await, 0);
    assert_eq!(
        codex.column("select access_type from content_access where expires_at is null").await,
        ["complimentary"]
    );
}

#[tokio::test]
async fn managers_give_to_members_and_customers() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let deleted = codex.published(ann, "deleted").await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    let foreign = codex.published(bob, "foreign").await;
    let member = codex.person("member").await;
    let customer = codex.person("customer").await;
    codex.join(ann, &member, Member).await;
    codex.bought(&customer, codex.published(ann, "two").await, "pi_1").await;

    assert_eq!(give(&codex, ann, id, &bob.id).await, None, "Bob has nothing to do with alpha");
    assert_eq!(give(&codex, bob, id, &bob.id).await, None, "and nothing of it to give");
    for wrong in [deleted, foreign] {
        assert_eq!(give(&codex, ann, wrong, &member).await, None);
    }
    for person in [&member, &customer, &member] {
        assert_eq!(give(&codex, ann, id, person).await, Some(Complimentary));
    }
    assert_eq!(
        codex.column("select count(*) from content_access where access_type = 'complimentary'").await,
        ["2"]
    );
    let is_of =
        async |of: &Tenant, id| grants::is_content_of_organization(db, &of.organization, id).await.unwrap();
    assert!(
        is_of(ann, id).await
            && !is_of(ann, deleted).await
            && !is_of(ann, foreign).await
            && !is_of(bob, id).await
    );

    // An expired grant is renewed.
    codex.sql("update content_access set access_type = 'subscription', expires_at = '2025-01-01'").await;
    assert_eq!(give(&codex, ann, id, &member).await, Some(Complimentary));

    // Not for users who are no longer or not yet members, never paid, were refunded, or are deleted.
    codex.sql("delete from content_access").await;
    for change in ["status = 'inactive'", "status = 'invited'"] {
        codex.sql(&format!("update organization_memberships set {change} where user_id = 'member'")).await;
        assert_eq!(give(&codex, ann, id, &member).await, None, "{change}");
    }
    for change in ["disputed_at = now()", "status = 'pending'", "status = 'failed'", "status = 'refunded'"] {
        codex
            .sql(&format!(
                "update purchases set status = 'completed', disputed_at = null; update purchases set {change}"
            ))
            .await;
        assert_eq!(give(&codex, ann, id, &customer).await, None, "{change}");
    }
    codex.sql("update purchases set status = 'completed', disputed_at = null").await;
    assert_eq!(give(&codex, ann, id, &customer).await, Some(Complimentary));
    codex.sql("delete from content_access; update users set deleted_at = now() where id = 'customer'").await;
    assert_eq!(give(&codex, ann, id, &customer).await, None);
}

#[tokio::test]
async fn a_grant_of_another_organization_is_left_alone() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let member = codex.person("member").await;
    codex.join(ann, &member, Member).await;
    codex.join(bob, &member, Member).await;
    codex.join(bob, &ann.id, Creator).await;
    assert_eq!(give(&codex, ann, id, &member).await, Some(Complimentary));
    codex.sql("update content_access set expires_at = '2025-01-01'").await;
    content::move_content_to_personal(db, &ann.creator, id).await.unwrap().unwrap();
    content::attach_content_to_organization(db, &ann.creator, id, bob.organization_id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((give(&codex, ann, id, &member).await, give(&codex, bob, id, &member).await), (None, None));
    assert_eq!(codex.column("select count(*) from content_access where expires_at is null").await, ["0"]);
}

#[tokio::test]
async fn a_subscription_opens_until_it_ends() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    codex.sql("update content set visibility = 'purchased_only'").await;
    codex
        .sql(
            "insert into content_access (user_id, content_id, organization_id, access_type)
         select u, c.id, c.organization_id, 'subscription' from content c, unnest(array['bob', 'ann']) u",
        )
        .await;
    let expire = async |until, organization_id| {
        grants::expire_subscription_access(&codex.service(), utc(until), &bob.id, organization_id)
            .await
            .unwrap()
    };
    assert_eq!(expire("2025-01-02", bob.organization_id).await, 0);
    assert_eq!(expire("2025-01-02", ann.organization_id).await, 1);
    assert_eq!(expire("2025-01-03", ann.organization_id).await, 0, "an earlier date stays");
    let open = async |day| access::can_access_content(db, &bob.user, id, utc(day)).await.unwrap();
    assert!(open("2025-01-01").await && !open("2025-01-02").await);
    assert_eq!(codex.column("select user_id from content_access where expires_at is null").await, ["ann"]);
    codex.sql("update content_access set access_type = 'complimentary'").await;
    assert_eq!(expire("2025-01-01", ann.organization_id).await, 0, "only subscriptions end so");
}

#[tokio::test]
async fn managers_see_who_has_access_and_whom_a_change_concerns() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let eve = codex.person("eve").await;
    let closed = codex.person("closed").await;
    let maker = codex.person("maker").await;
    codex.join(ann, &maker, Creator).await;
    codex.join(ann, &codex.person("member").await, Member).await;
    codex.bought(&eve, id, "pi_1").await;
    codex.bought(&closed, id, "pi_2").await;
    codex.bought(&bob.id, id, "pi_3").await;
    codex.sql("update users set deleted_at = now() where id = 'closed'").await;
    codex
        .sql(
            "update content_access set expires_at = '2025-01-02', access_type = 'subscription',
                   created_at = created_at - interval '1 day' where user_id = 'bob'",
        )
        .await;
    let list = async |of: &Tenant, at: Option<&str>, page: Page| {
        let wanted = ListGrantsForContent { content_id: id, at: at.map(utc) };
        let found = grants::list_grants_for_content(db, &of.organization, &wanted, page).await.unwrap();
        let rows = found.items.into_iter().map(|row| (row.user.id.0, row.access_type)).collect::<Vec<_>>();
        (rows, found.total)
    };
    let both = vec![("eve".to_owned(), Purchased), ("bob".to_owned(), Subscription)];
    assert_eq!(list(ann, None, page()).await, (both.clone(), 2));
    assert_eq!(list(ann, None, Page::new(2, 1).unwrap()).await, (vec![both[1].clone()], 2));
    assert_eq!(list(ann, Some("2025-01-01"), page()).await.1, 2);
    assert_eq!(list(ann, Some("2025-01-02"), page()).await, (vec![both[0].clone()], 1));
    assert_eq!(list(bob, None, page()).await, (vec![], 0));

    codex.sql("update purchases set disputed_at = now() where customer_id = 'bob'").await;
    let concerned = async |of: &Tenant| {
        let rows = grants::list_affected_users(db, &of.organization, id).await.unwrap();
        rows.into_iter().map(|user| user.0).collect::<Vec<_>>()
    };
    assert_eq!(concerned(ann).await, ["ann", "closed", "eve", "maker"]);
    assert!(concerned(bob).await.is_empty());
    assert!(!grants::has_active_grant(db, &signed_in(&maker), id, utc("2025-01-01")).await.unwrap());
}
