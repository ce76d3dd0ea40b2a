//! Members of organizations, and invitations.

use axum::Json;
use axum::extract::State;
use codex_catalog::memberships::{
    self, CountMembersByRoleRow, ListMembers, ListMembersRow, ListMyInvitationsRow,
};
use codex_catalog::{
    OrganizationId, OrganizationMembership, OrganizationMembershipRole as Role,
    OrganizationMembershipStatus as Status, UserId,
};
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Page, Paged};

use crate::app::Service;
use crate::auth::{Caller, Manager, Member};
use crate::bounds::Email;
use crate::extract::{Body, Created, Done, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::memberships::{self as service, Change, Invitation};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/organizations/{organization}/members", list)
        .post("/v1/organizations/{organization}/members", invite)
        .put("/v1/organizations/{organization}/members/{user}/role", change_role)
        .delete("/v1/organizations/{organization}/members/{user}", remove)
        .get("/v1/organizations/{organization}/member-counts", counts)
        .get("/v1/me/invitations", invitations)
        .put("/v1/me/invitations/{organization_id}", accept)
        .delete("/v1/me/invitations/{organization_id}", decline)
        .delete("/v1/me/organizations/{organization_id}", leave)
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    status: Option<Status>,
    role: Option<Role>,
}

async fn list(
    State(db): State<Database>,
    manager: Manager,
    Query(Listing { status, role }): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<ListMembersRow>>> {
    let listing = ListMembers { status, role };
    Ok(Json(memberships::list_members(&db, &manager.organization, &listing, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct Invitee {
    email: Email,
    role: Role,
}

async fn invite(
    State(acting): State<Service>,
    manager: Manager,
    Body(Invitee { email, role }): Body<Invitee>,
) -> Result<Created<OrganizationMembership>> {
    if !matches!(role, Role::Admin | Role::Creator | Role::Member) {
        return Err(Problem::invalid("nobody is invited to this role").at("/role"));
    }
    let (organization, inviter) = (&manager.organization, &manager.caller.user);
    match service::invite(acting.db(), acting.key(), organization, inviter, &email, role).await? {
        Invitation::Invited(membership) => Ok(Created(membership)),
        Invitation::AlreadyThere => Err(Problem::conflict("already-there", "they are invited, or a member")),
        Invitation::NoSuchUser => Err(Problem::invalid("nobody has this address").at("/email")),
    }
}

#[derive(Deserialize, JsonSchema)]
struct NewRole {
    role: Role,
}

async fn change_role(
    State(db): State<Database>,
    manager: Manager,
    Path(user): Path<UserId>,
    Body(NewRole { role }): Body<NewRole>,
) -> Result<Json<OrganizationMembership>> {
    let caller = &manager.caller.user;
    changed(service::change_role(&db, &manager.organization, caller, &user, role).await?).map(Json)
}

async fn remove(State(db): State<Database>, manager: Manager, Path(user): Path<UserId>) -> Result<Done> {
    changed(service::remove(&db, &manager.organization, &manager.caller.user, &user).await?)?;
    Ok(Done)
}

fn changed<T>(change: Change<T>) -> Result<T> {
    match change {
        Change::Done(done) => Ok(done),
        Change::LastOwner => {
            Err(Problem::conflict("last-owner", "the organization would be without an owner"))
        }
        Change::OwnersOnly => Err(Problem::forbidden("what owners are is for owners to say")),
        Change::NotManager | Change::NotMember => Err(Problem::not_found()),
    }
}

async fn counts(State(db): State<Database>, member: Member) -> Result<Json<Vec<CountMembersByRoleRow>>> {
    Ok(Json(memberships::count_members_by_role(&db, &member.organization).await?))
}

async fn invitations(State(db): State<Database>, caller: Caller) -> Result<Json<Vec<ListMyInvitationsRow>>> {
    Ok(Json(memberships::list_my_invitations(&db, &caller.user).await?))
}

async fn accept(State(db): State<Database>, caller: Caller, Path(id): Path<OrganizationId>) -> Result<Done> {
    Done::one(memberships::accept_invitation(&db, &caller.user, id).await?)
}

async fn decline(State(db): State<Database>, caller: Caller, Path(id): Path<OrganizationId>) -> Result<Done> {
    Done::one(memberships::decline_invitation(&db, &caller.user, id).await?)
}

async fn leave(State(db): State<Database>, caller: Caller, Path(id): Path<OrganizationId>) -> Result<Done> {
    if memberships::leave_organization(&db, &caller.user, id).await? > 0 {
        return Ok(Done);
    }
    match memberships::get_my_membership(&db, &caller.user, id).await? {
        Some(_) => Err(Problem::conflict("owner", "an owner has to hand the organization over first")),
        None => Err(Problem::not_found()),
    }
}
