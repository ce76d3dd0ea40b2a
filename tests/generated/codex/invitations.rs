//! Invitations to organizations, and the answers to them.

use codex_catalog::OrganizationMembershipRole::{self, Admin, Creator, Member, Owner};
use codex_catalog::OrganizationMembershipStatus::Invited;
use codex_catalog::{OrganizationManager, UserId, UserScope, memberships};

use super::fixture::Codex;

type Role = OrganizationMembershipRole;

async fn invite(codex: &Codex, to: &OrganizationManager, by: &UserId, person: &UserId, role: Role) -> bool {
    let row = memberships::invite_member(&codex.db, to, role, by, person).await.unwrap();
    row.is_some_and(|row| row.status == Invited && row.invited_by.as_ref() == Some(by))
}

#[tokio::test]
async fn management_invites_live_people_once() {
    let codex = Codex::new().await;
    let Codex { ann, bob, gone, .. } = &codex;
    let [eve, dee] = [codex.person("eve").await, codex.person("dee").await];
    let alpha = &ann.organization;
    assert!(invite(&codex, alpha, &ann.id, &eve, Creator).await);
    assert!(!invite(&codex, alpha, &ann.id, &eve, Creator).await, "there is an invitation already");
    assert!(!invite(&codex, alpha, &ann.id, &gone.id, Creator).await, "the account is closed");
    assert!(!invite(&codex, alpha, &ann.id, &dee, Owner).await, "nobody is invited as an owner");
    assert!(!invite(&codex, alpha, &bob.id, &dee, Creator).await, "Bob manages another organization");
    assert!(!invite(&codex, alpha, &eve, &dee, Creator).await, "Eve is only invited herself");
    codex.join(ann, &dee, Member).await;
    assert!(!invite(&codex, alpha, &dee, &bob.id, Creator).await, "a member manages nothing");
}

#[tokio::test]
async fn an_invitation_is_answered_by_whom_it_is_for() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let eve = codex.person("eve").await;
    let user = UserScope::from_authenticated(eve.clone());
    let alpha = ann.organization_id;
    assert!(invite(&codex, &ann.organization, &ann.id, &eve, Creator).await);
    let waiting = async |user| memberships::list_my_invitations(db, user).await.unwrap();
    let invitations = waiting(&user).await;
    assert_eq!((invitations.len(), invitations[0].organization.id, invitations[0].role), (1, alpha, Creator));
    assert!(waiting(&bob.user).await.is_empty());
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    assert!(waiting(&user).await.is_empty(), "the organization was removed");
    codex.sql("update organizations set deleted_at = null where slug = 'alpha'").await;
    assert_eq!(
        memberships::get_my_membership(db, &user, alpha).await.unwrap(),
        None,
        "not before it is accepted"
    );

    assert_eq!(memberships::accept_invitation(db, &bob.user, alpha).await.unwrap(), 0);
    assert_eq!(memberships::accept_invitation(db, &user, bob.organization_id).await.unwrap(), 0);
    assert_eq!(memberships::accept_invitation(db, &user, alpha).await.unwrap(), 1);
    assert_eq!(memberships::accept_invitation(db, &user, alpha).await.unwrap(), 0);
    assert!(waiting(&user).await.is_empty());
    assert!(memberships::get_my_membership(db, &user, alpha).await.unwrap().is_some());
}

#[tokio::test]
async fn who_declined_can_be_invited_again() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let eve = codex.person("eve").await;
    let user = UserScope::from_authenticated(eve.clone());
    let again = async |role, by: &UserId| {
        memberships::reinvite_member(db, &ann.organization, role, &eve, by).await.unwrap()
    };
    assert!(invite(&codex, &ann.organization, &ann.id, &eve, Member).await);
    assert_eq!(again(Creator, &ann.id).await, None, "the first invitation waits for an answer");
    assert_eq!(memberships::decline_invitation(db, &bob.user, ann.organization_id).await.unwrap(), 0);
    assert_eq!(memberships::decline_invitation(db, &user, bob.organization_id).await.unwrap(), 0);
    assert_eq!(memberships::decline_invitation(db, &user, ann.organization_id).await.unwrap(), 1);
    assert_eq!(memberships::decline_invitation(db, &user, ann.organization_id).await.unwrap(), 0);
    assert_eq!(again(Creator, &bob.id).await, None);
    assert_eq!(again(Owner, &ann.id).await, None);
    // Leaving one organization does not allow another one to invite again.
    let of_beta = memberships::reinvite_member(db, &bob.organization, Creator, &eve, &bob.id).await.unwrap();
    assert_eq!(of_beta, None);
    let row = again(Admin, &ann.id).await.unwrap();
    assert_eq!((row.role, row.status), (Admin, Invited));
}
