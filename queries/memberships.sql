-- Memberships of organizations and their roles. Only an active membership gives rights. Memberships are never deleted.
-- The first three queries grant the tokens that all queries of organization scope take.
--@ scope organization

--! get_my_membership
--- The caller's active membership of a live organization. Grants the token for acting in the organization.
--@ scope user
--@ grants organization
select m.organization_id, m.role, m.created_at as joined_at
from organization_memberships m
join organizations o on o.id = m.organization_id and o.deleted_at is null
where m.organization_id = :organization_id and m.user_id = :user_id and m.status = 'active';

--! get_my_studio_membership
--- The same for those who may create content: owners, admins and creators.
--@ scope user
--@ grants organization as studio
select m.organization_id, m.role, m.created_at as joined_at
from organization_memberships m
join organizations o on o.id = m.organization_id and o.deleted_at is null
where m.organization_id = :organization_id
    and m.user_id = :user_id
    and m.status = 'active'
    and m.role in ('owner', 'admin', 'creator');

--! get_my_management_membership
--- The same for owners and admins only. Grants the token for managing the organization.
--@ scope user
--@ grants organization as manager
select m.organization_id, m.role, m.created_at as joined_at
from organization_memberships m
join organizations o on o.id = m.organization_id and o.deleted_at is null
where m.organization_id = :organization_id
    and m.user_id = :user_id
    and m.status = 'active'
    and m.role in ('owner', 'admin');

--! check_membership
--- A user's role in a live organization, if the membership is active.
--@ scope system: "other services ask on behalf of someone else"
select m.role
from organization_memberships m
join organizations o on o.id = m.organization_id and o.deleted_at is null
where m.organization_id = :organization_id and m.user_id = :user_id and m.status = 'active';

--! check_management
--- Whether a user is an active owner or admin of a live organization.
--@ scope system: "other services ask on behalf of someone else"
select exists (
    select from organization_memberships m
    join organizations o on o.id = m.organization_id and o.deleted_at is null
    where m.organization_id = :organization_id
        and m.user_id = :user_id
        and m.status = 'active'
        and m.role in ('owner', 'admin')
) as manages;

--! list_members
--- The organization's memberships with their users, the oldest first; optionally in one state or role.
--@ scope organization as manager
--@ page total
select
    m.id,
    m.role,
    m.status,
    m.created_at,
    m.updated_at,
    u.id as "user.id",
    u.name as "user.name",
    u.email as "user.email",
    u.image as "user.image"
from organization_memberships m
join users u on u.id = m.user_id and u.deleted_at is null
where m.organization_id = :organization_id
    and m.status = :status                                      --? status
    and m.role = :role                                          --? role
order by m.created_at, m.id;

--! count_members_by_role
--- The number of active members in each role.
select m.role, count(*) as members
from organization_memberships m
join users u on u.id = m.user_id and u.deleted_at is null
where m.organization_id = :organization_id and m.status = 'active'
group by m.role
order by m.role;

--! invite_member : OrganizationMembership
--- Invites a live user, on behalf of an active owner or admin. No row if there is a membership already; for an inactive
--- one use `reinvite_member`. Users are found by their public rows, so any of them can be invited. Invitations to the
--- roles owner and subscriber are not possible.
--@ scope organization as manager, public
--@ param role varchar
insert into organization_memberships (organization_id, user_id, role, status, invited_by)
select inviter.organization_id, u.id, :role, 'invited', inviter.user_id
from organization_memberships inviter
cross join users u
where inviter.organization_id = :organization_id
    and inviter.user_id = :inviter_id
    and inviter.status = 'active'
    and inviter.role in ('owner', 'admin')
    and :role in ('admin', 'creator', 'member')
    and u.id = :member_id
    and u.deleted_at is null
on conflict (organization_id, user_id) do nothing
returning *;

--! reinvite_member : OrganizationMembership
--- Invites a former member again, under the same conditions.
--@ scope organization as manager
--@ param role varchar
update organization_memberships m
set role = :role,
    status = 'invited',
    invited_by = inviter.user_id,
    updated_at = now()
from organization_memberships inviter
where m.organization_id = :organization_id
    and m.user_id = :member_id
    and m.status = 'inactive'
    and inviter.organization_id = :organization_id
    and inviter.user_id = :inviter_id
    and inviter.status = 'active'
    and inviter.role in ('owner', 'admin')
    and :role in ('admin', 'creator', 'member')
returning m.*;

--! lock_active_owners
--- Locks the active owners, to know who they are before a change of roles.
--@ scope organization as manager
select id, user_id
from organization_memberships
where organization_id = :organization_id and role = 'owner' and status = 'active'
order by id
for update;

--! update_member_role : OrganizationMembership
--- Changes the role of an active member. The last active owner stays owner. The owners are locked, so that if two of
--- them demote each other concurrently, the second statement sees that only one is left.
--@ scope organization as manager
with owners as (
    select id, user_id
    from organization_memberships
    where organization_id = :organization_id and role = 'owner' and status = 'active'
    order by id
    for update
)
update organization_memberships m
set role = :role, updated_at = now()
where m.organization_id = :organization_id
    and m.user_id = :member_id
    and m.status = 'active'
    and (
        m.role <> 'owner'
        or exists (
            select from owners other
            where other.user_id <> :member_id
        )
    )
returning *;

--! remove_member
--- Ends a membership or an invitation, except that of the last active owner, under the same conditions.
--@ scope organization as manager
with owners as (
    select id, user_id
    from organization_memberships
    where organization_id = :organization_id and role = 'owner' and status = 'active'
    order by id
    for update
)
update organization_memberships m
set status = 'inactive', updated_at = now()
where m.organization_id = :organization_id
    and m.user_id = :member_id
    and m.status in ('active', 'invited')
    and (
        m.role <> 'owner'
        or exists (
            select from owners other
            where other.user_id <> :member_id
        )
    );

--! list_management_user_ids
--- The users to notify: the active owners and admins.
select m.user_id
from organization_memberships m
join users u on u.id = m.user_id and u.deleted_at is null
where m.organization_id = :organization_id
    and m.status = 'active'
    and m.role in ('owner', 'admin')
order by m.created_at, m.user_id;

-- For members

--! list_my_invitations
--- The caller's open invitations.
--@ scope user, public
select
    m.id,
    m.role,
    m.created_at,
    o.id as "organization.id",
    o.name as "organization.name",
    o.slug as "organization.slug",
    o.logo_url as "organization.logo_url"
from organization_memberships m
join organizations o on o.id = m.organization_id and o.deleted_at is null
where m.user_id = :user_id and m.status = 'invited'
order by m.created_at, m.id;

--! accept_invitation
--- Accepts the caller's invitation to a live organization.
--@ scope user, public
update organization_memberships m
set status = 'active', updated_at = now()
where m.organization_id = :organization_id
    and m.user_id = :user_id
    and m.status = 'invited'
    and exists (
        select from organizations o
        where o.id = m.organization_id and o.deleted_at is null
    );

--! decline_invitation
--- Declines the caller's invitation to a live organization.
--@ scope user, public
update organization_memberships m
set status = 'inactive', updated_at = now()
where m.organization_id = :organization_id
    and m.user_id = :user_id
    and m.status = 'invited'
    and exists (
        select from organizations o
        where o.id = m.organization_id and o.deleted_at is null
    );

--! leave_organization
--- Ends the caller's membership of a live organization. An owner has to make someone else the owner first.
--@ scope user
update organization_memberships m
set status = 'inactive', updated_at = now()
where m.organization_id = :organization_id
    and m.user_id = :user_id
    and m.status = 'active'
    and m.role <> 'owner'
    and exists (
        select from organizations o
        where o.id = m.organization_id and o.deleted_at is null
    );

--! leave_all_organizations
--- Ends all memberships and invitations of the caller, when the account is closed. See `identity::close_account`.
--@ scope user
--@ tx
update organization_memberships
set status = 'inactive', updated_at = now()
where user_id = :user_id and status <> 'inactive';

-- For everyone

--! list_public_members
--- The active members of the organization with a slug, with their public profiles; optionally in one role.
--@ scope public
--@ page total
select m.role, m.created_at as joined_at, u.id, u.name, u.image, u.avatar_url
from organizations o
join organization_memberships m on m.organization_id = o.id and m.status = 'active'
join users u on u.id = m.user_id and u.deleted_at is null
where o.slug = lower(:slug)
    and o.deleted_at is null
    and m.role = :role                                          --? role
order by m.created_at, u.id;

--! list_public_creators
--- The creators who publish in an organization, with the number of their published pieces.
--@ scope public
--@ page total
select u.id, u.name, u.image, u.avatar_url, m.role, count(c.id) as published_count
from organizations o
join organization_memberships m on m.organization_id = o.id and m.status = 'active'
join users u on u.id = m.user_id and u.deleted_at is null
left join content c
    on c.creator_id = u.id
    and c.organization_id = o.id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
where o.slug = lower(:slug)
    and o.deleted_at is null
    and m.role in ('owner', 'admin', 'creator')
group by u.id, m.id
order by m.created_at, u.id;

--! other_organizations_of_users
--- The other organizations in which the given users publish, for an organization's list of creators.
--@ scope public
select m.user_id, m.role, o.id as "organization.id", o.name as "organization.name", o.slug as "organization.slug"
from organization_memberships m
join organizations o on o.id = m.organization_id and o.deleted_at is null
where m.user_id = any (:user_ids)
    and m.organization_id <> :organization_id
    and m.status = 'active'
    and m.role in ('owner', 'admin', 'creator')
order by m.user_id, o.name, o.id;

-- For the platform

--! pick_organization_owner
--- The owner who receives an organization's payments: the active owner who joined first.
--@ scope system: "the payment worker acts for no member"
select m.user_id
from organization_memberships m
join users u on u.id = m.user_id and u.deleted_at is null
where m.organization_id = :organization_id and m.role = 'owner' and m.status = 'active'
order by m.created_at, m.id
limit 1;

--! activate_subscriber_membership : OrganizationMembership
--- Makes a customer who subscribed a member. Active staff keep their role; a removed member becomes a subscriber,
--- whatever role they had before.
--@ scope system: "the payment worker acts for the customer"
insert into organization_memberships as m (organization_id, user_id, role, status)
select o.id, u.id, 'subscriber', 'active'
from organizations o
cross join users u
where o.id = :organization_id
    and o.deleted_at is null
    and u.id = :user_id
    and u.deleted_at is null
on conflict (organization_id, user_id) do update
set role = case
        when m.status = 'active' and m.role in ('owner', 'admin', 'creator') then m.role
        else 'subscriber'
    end,
    status = 'active',
    updated_at = now()
returning *;

--! deactivate_subscriber_membership
--- Ends the membership of a subscriber. Other roles are not changed.
--@ scope system: "the payment worker acts for the customer"
update organization_memberships
set status = 'inactive', updated_at = now()
where organization_id = :organization_id
    and user_id = :user_id
    and role = 'subscriber'
    and status = 'active';
