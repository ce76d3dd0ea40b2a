//! Memberships, the tokens they grant, and who may change them.

use codex_catalog::OrganizationMembershipRole::{Admin, Creator, Member, Owner, Subscriber};
use codex_catalog::OrganizationMembershipStatus::{Active, Inactive, Invited};
use codex_catalog::memberships::ListMembers;
use codex_catalog::{
    OrganizationMembershipRole, UserId, UserScope, content, media, memberships, organizations,
};
use sqlward::Page;

use super::fixture::{Codex, Tenant, page};

#[tokio::test]
async fn an_active_membership_grants_a_token() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, dead, .. } = &codex;
    let (token, membership) =
        memberships::get_my_membership(db, &ann.user, ann.organization_id).await.unwrap().unwrap();
    assert_eq!((membership.organization_id, membership.role), (ann.organization_id, Owner));
    // The token gives access to the organization's rows.
    let managers = memberships::list_management_user_ids(db, &token).await.unwrap();
    assert_eq!(managers, std::slice::from_ref(&ann.id));
    assert!(media::list_organization_media(db, &token, page()).await.unwrap().is_empty());

    let granted = async |user: &UserScope, organization| {
        memberships::get_my_membership(db, user, organization).await.unwrap().is_some()
    };
    assert!(!granted(&bob.user, ann.organization_id).await, "a stranger");
    assert!(!granted(&ann.user, *dead).await, "the organization was removed");
}

#[tokio::test]
async fn a_role_is_granted_to_those_who_have_it() {
    let codex = Codex::new().await;
    let Codex { db, ann, dead, .. } = &codex;
    let [creator, member] = [codex.person("creator").await, codex.person("member").await];
    codex.join(ann, &creator, Creator).await;
    codex.join(ann, &member, Member).await;
    let studio = async |id: &UserId, organization| {
        let user = UserScope::from_authenticated(id.clone());
        memberships::get_my_studio_membership(db, &user, organization).await.unwrap()
    };
    let (token, membership) = studio(&creator, ann.organization_id).await.unwrap();
    assert_eq!(membership.role, Creator);
    assert!(studio(&member, ann.organization_id).await.is_none(), "a member makes no content");
    assert!(studio(&ann.id, *dead).await.is_none());
    // The token gives access to queries for its role and to those for all members.
    let piece = codex.piece(ann, "one").await;
    assert!(content::get_organization_content(db, &token, piece).await.unwrap().is_some());
    assert_eq!(memberships::list_management_user_ids(db, &token).await.unwrap().len(), 1);
    // A manager's token can be used in place of it.
    let manager = memberships::get_my_management_membership(db, &ann.user, ann.organization_id).await;
    let (manager, _) = manager.unwrap().unwrap();
    assert!(content::get_organization_content(db, &manager, piece).await.unwrap().is_some());
    assert_eq!(content::admin_delete_content(db, &manager, piece).await.unwrap(), 1);
    assert_eq!((token.organization_id(), &*manager), (&ann.organization_id, &token));
}

#[tokio::test]
async fn only_management_is_granted_management() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, dead, .. } = &codex;
    let [admin, member] = [codex.person("admin").await, codex.person("member").await];
    codex.join(ann, &admin, Admin).await;
    codex.join(ann, &member, Member).await;
    let manages = async |id: &UserId, organization| {
        let user = UserScope::from_authenticated(id.clone());
        let granted = memberships::get_my_management_membership(db, &user, organization).await.unwrap();
        // The query for the service has the same result.
        let managing = memberships::check_management(&codex.service(), organization, id).await.unwrap();
        assert_eq!(granted.is_some(), managing);
        managing
    };
    assert!(manages(&ann.id, ann.organization_id).await && manages(&admin, ann.organization_id).await);
    assert!(!manages(&member, ann.organization_id).await);
    assert!(!manages(&bob.id, ann.organization_id).await);
    assert!(!manages(&ann.id, *dead).await);

    let role = async |id: &UserId, organization| {
        memberships::check_membership(&codex.service(), organization, id).await.unwrap()
    };
    assert_eq!(role(&member, ann.organization_id).await, Some(Member));
    assert_eq!(role(&bob.id, ann.organization_id).await, None);
    assert_eq!(role(&ann.id, *dead).await, None);
    let managers = memberships::list_management_user_ids(db, &ann.organization).await.unwrap();
    assert_eq!(managers, [ann.id.clone(), admin]);
    let of_gone = memberships::list_management_user_ids(db, &codex.gone.organization).await.unwrap();
    assert!(of_gone.is_empty(), "the only owner is deleted");
}

#[tokio::test]
async fn members_are_listed_page_by_page_and_counted() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, gone, .. } = &codex;
    for number in 1..=4 {
        let person = codex.person(&format!("m{number}")).await;
        codex.join(ann, &person, if number < 4 { Member } else { Creator }).await;
    }
    codex
        .sql(&format!(
            "insert into organization_memberships (organization_id, user_id) values ('{}', '{}')",
            ann.organization_id, gone.id
        ))
        .await;
    let list = async |tenant: &Tenant, number| {
        let page = Page::new(number, 2).unwrap();
        let active = ListMembers { status: Some(Active), role: None };
        let found = memberships::list_members(db, &tenant.organization, &active, page).await.unwrap();
        found.items.into_iter().map(|row| row.user.id.0).collect::<Vec<_>>()
    };
    assert_eq!(list(ann, 1).await, ["ann", "m1"]);
    assert_eq!(list(ann, 2).await, ["m2", "m3"]);
    assert_eq!(list(ann, 3).await, ["m4"], "who is deleted is no member any more");
    assert_eq!(list(bob, 1).await, ["bob"]);

    let count = async |status, role| {
        let members = ListMembers { status: Some(status), role };
        memberships::list_members(db, &ann.organization, &members, Page::new(3, 2).unwrap())
            .await
            .unwrap()
            .total
    };
    assert_eq!(count(Active, None).await, 5);
    assert_eq!((count(Active, Some(Member)).await, count(Invited, None).await), (3, 0));
    let roles = memberships::count_members_by_role(db, &ann.organization).await.unwrap();
    let roles: Vec<_> = roles.iter().map(|row| (row.role, row.members)).collect();
    assert_eq!(roles, [(Creator, 1), (Member, 3), (Owner, 1)]);
}

/// Changes a role after locking the owners, as an application does that has to know who they are.
async fn set_role(codex: &Codex, of: &Tenant, member: &UserId, role: OrganizationMembershipRole) -> bool {
    let changed = codex.db.transaction(async |tx| {
        let owners = memberships::lock_active_owners(tx, &of.organization).await?;
        assert!(owners.iter().all(|owner| owner.user_id != codex.bob.id || of.id == codex.bob.id));
        memberships::update_member_role(tx, &of.organization, role, member).await
    });
    changed.await.unwrap().is_some_and(|membership| membership.role == role)
}

async fn remove(codex: &Codex, of: &Tenant, member: &UserId) -> u64 {
    let removed = codex.db.transaction(async |tx| {
        memberships::lock_active_owners(tx, &of.organization).await?;
        memberships::remove_member(tx, &of.organization, member).await
    });
    removed.await.unwrap()
}

#[tokio::test]
async fn the_last_owner_stays() {
    let codex = Codex::new().await;
    let Codex { ann, bob, .. } = &codex;
    let eve = codex.person("eve").await;
    codex.join(ann, &eve, Member).await;
    assert!(!set_role(&codex, ann, &ann.id, Member).await);
    assert_eq!(remove(&codex, ann, &ann.id).await, 0);
    assert_eq!(memberships::leave_organization(&codex.db, &ann.user, ann.organization_id).await.unwrap(), 0);

    assert!(!set_role(&codex, bob, &eve, Owner).await, "no member of Bob's");
    assert!(set_role(&codex, ann, &eve, Owner).await);
    assert!(set_role(&codex, ann, &ann.id, Admin).await);
    assert_eq!(remove(&codex, ann, &eve).await, 0, "the last owner now");
    assert_eq!(remove(&codex, bob, &ann.id).await, 0);
    assert_eq!(remove(&codex, ann, &ann.id).await, 1);
    assert_eq!(remove(&codex, ann, &ann.id).await, 0);
}

#[tokio::test]
async fn two_owners_cannot_demote_each_other() {
    let codex = Codex::new().await;
    let Codex { ann, .. } = &codex;
    let eve = codex.person("eve").await;
    codex.join(ann, &eve, Member).await;
    assert!(set_role(&codex, ann, &eve, Owner).await);
    for _ in 0..10 {
        let (first, second) =
            tokio::join!(set_role(&codex, ann, &ann.id, Member), set_role(&codex, ann, &eve, Member));
        assert!(first != second, "one of them stays owner");
        let demoted = if first { &ann.id } else { &eve };
        assert!(set_role(&codex, ann, demoted, Owner).await);
    }
}

#[tokio::test]
async fn subscribers_come_and_go_without_touching_staff() {
    let codex = Codex::new().await;
    let Codex { ann, gone, dead, .. } = &codex;
    let service = codex.service();
    let [eve, staff] = [codex.person("eve").await, codex.person("staff").await];
    codex.join(ann, &staff, Creator).await;
    let activate = async |organization, user: &UserId| {
        let row = memberships::activate_subscriber_membership(&service, organization, user).await.unwrap();
        row.map(|row| (row.role, row.status))
    };
    let deactivate = async |user: &UserId| {
        memberships::deactivate_subscriber_membership(&service, ann.organization_id, user).await.unwrap()
    };
    assert_eq!(activate(ann.organization_id, &eve).await, Some((Subscriber, Active)));
    assert_eq!(activate(ann.organization_id, &staff).await, Some((Creator, Active)));
    assert_eq!(activate(ann.organization_id, &gone.id).await, None);
    assert_eq!(activate(*dead, &eve).await, None);
    assert_eq!((deactivate(&staff).await, deactivate(&eve).await, deactivate(&eve).await), (0, 1, 0));
    let inactive = ListMembers { status: Some(Inactive), role: None };
    let found = memberships::list_members(&codex.db, &ann.organization, &inactive, page()).await.unwrap();
    assert_eq!(found.items[0].user.id, eve);
    assert_eq!(activate(ann.organization_id, &eve).await, Some((Subscriber, Active)));
}

#[tokio::test]
async fn payments_go_to_the_first_owner_alive() {
    let codex = Codex::new().await;
    let service = codex.service();
    let owner =
        async |of: &Tenant| memberships::pick_organization_owner(&service, of.organization_id).await.unwrap();
    assert_eq!(owner(&codex.ann).await, Some(codex.ann.id.clone()));
    assert_eq!(owner(&codex.gone).await, None);
}

#[tokio::test]
async fn people_see_the_live_organizations_they_are_active_in() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let eve = codex.person("eve").await;
    codex.join(ann, &eve, Member).await;
    codex.join(bob, &eve, Creator).await;
    let user = UserScope::from_authenticated(eve);
    let list = async |user: &UserScope| {
        let rows = organizations::list_my_organizations(db, user).await.unwrap();
        rows.into_iter().map(|row| (row.organization.slug, row.role)).collect::<Vec<_>>()
    };
    assert_eq!(list(&user).await, [("alpha".to_owned(), Member), ("beta".to_owned(), Creator)]);
    assert_eq!(list(&ann.user).await, [("alpha".to_owned(), Owner)], "and not the one that was removed");
    assert_eq!(memberships::leave_organization(db, &user, ann.organization_id).await.unwrap(), 1);
    assert_eq!(memberships::leave_organization(db, &user, ann.organization_id).await.unwrap(), 0);
    assert_eq!(list(&user).await, [("beta".to_owned(), Creator)]);
}
