//! The members of an organization.
//!
//! A change of roles first locks the active owners and then checks the caller's own membership again. So if two owners
//! demote each other concurrently, the second is no longer an owner when its turn comes.

use codex_catalog::memberships::{self, GetMyMembershipRow, LockActiveOwnersRow};
use codex_catalog::{
    OrganizationManager, OrganizationMembership, OrganizationMembershipRole as Role, UserId, UserScope,
    identity,
};
use sqlward::{Database, Error, Result, ServiceKey, Transaction};

use super::ATTEMPTS;

/// The result of an invitation.
pub enum Invitation {
    /// The invitation was stored and waits for an answer.
    Invited(OrganizationMembership),
    /// The user already has a membership or an invitation.
    AlreadyThere,
    /// No user has this address.
    NoSuchUser,
}

/// Invites the user with an address, also one who was a member before.
pub async fn invite(
    db: &Database,
    key: &ServiceKey,
    organization: &OrganizationManager,
    inviter: &UserScope,
    email: &str,
    role: Role,
) -> Result<Invitation> {
    db.transaction(async |tx| {
        let service = key.within(tx, "look-up of someone who is invited");
        let Some(user) = identity::find_user_by_email(&service, email).await? else {
            return Ok(Invitation::NoSuchUser);
        };
        let inviter = inviter.user_id();
        let invited = memberships::invite_member(tx, organization, role, inviter, &user.id).await?;
        if let Some(membership) = invited {
            return Ok(Invitation::Invited(membership));
        }
        let again = memberships::reinvite_member(tx, organization, role, &user.id, inviter).await?;
        Ok(again.map_or(Invitation::AlreadyThere, Invitation::Invited))
    })
    .await
}

/// The result of changing or ending a membership.
#[derive(Debug, PartialEq)]
pub enum Change<T> {
    /// The change was made.
    Done(T),
    /// The organization would have no owner left.
    LastOwner,
    /// Only owners may do this.
    OwnersOnly,
    /// The caller is no longer a manager of the organization.
    NotManager,
    /// The user is not a member.
    NotMember,
}

/// Changes the role of an active member.
pub async fn change_role(
    db: &Database,
    organization: &OrganizationManager,
    caller: &UserScope,
    member: &UserId,
    role: Role,
) -> Result<Change<OrganizationMembership>> {
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            let owners = match Owners::lock(tx, organization, caller).await? {
                Ok(owners) => owners,
                Err(refused) => return Ok(refused),
            };
            if !owners.caller_is_one && (role == Role::Owner || owners.include(member)) {
                return Ok::<_, Error>(Change::OwnersOnly);
            }
            let changed = memberships::update_member_role(tx, &owners.organization, role, member).await?;
            Ok(changed.map_or_else(|| owners.why_not(member), Change::Done))
        })
    })
    .await
}

/// Ends a membership or an invitation.
pub async fn remove(
    db: &Database,
    organization: &OrganizationManager,
    caller: &UserScope,
    member: &UserId,
) -> Result<Change<()>> {
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            let owners = match Owners::lock(tx, organization, caller).await? {
                Ok(owners) => owners,
                Err(refused) => return Ok(refused),
            };
            if !owners.caller_is_one && owners.include(member) {
                return Ok::<_, Error>(Change::OwnersOnly);
            }
            match memberships::remove_member(tx, &owners.organization, member).await? {
                0 => Ok(owners.why_not(member)),
                _ => Ok(Change::Done(())),
            }
        })
    })
    .await
}

/// The active owners, locked until the transaction ends.
struct Owners {
    locked: Vec<LockActiveOwnersRow>,
    /// The caller's token, granted under the lock.
    organization: OrganizationManager,
    caller_is_one: bool,
}

impl Owners {
    async fn lock<T>(
        tx: &Transaction<'_>,
        organization: &OrganizationManager,
        caller: &UserScope,
    ) -> Result<std::result::Result<Owners, Change<T>>> {
        let locked = memberships::lock_active_owners(tx, organization).await?;
        let id = *organization.organization_id();
        let Some((organization, GetMyMembershipRow { role, .. })) =
            memberships::get_my_management_membership(tx, caller, id).await?
        else {
            return Ok(Err(Change::NotManager));
        };
        Ok(Ok(Owners { locked, organization, caller_is_one: role == Role::Owner }))
    }

    fn include(&self, user: &UserId) -> bool {
        self.locked.iter().any(|owner| owner.user_id == *user)
    }

    /// Why nothing was changed. An owner is kept only if it is the last one.
    fn why_not<T>(&self, member: &UserId) -> Change<T> {
        if self.include(member) { Change::LastOwner } else { Change::NotMember }
    }
}
