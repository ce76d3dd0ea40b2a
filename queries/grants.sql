-- Grants: rows that give a user access to a piece of content, with an optional expiry.
--
-- Expired grants are kept. A grant of the type 'purchased' only records for the organization what a payment gave access
-- to; whether it still gives access is decided by the purchase.
--@ scope user

--! has_active_grant
--- Whether the user has a grant that is valid at a time.
select exists (
    select from content_access
    where user_id = :user_id and content_id = :content_id and (expires_at is null or expires_at > :now)
) as granted;

--! grant_purchased_access : ContentAccess
--- Records the access that a completed purchase gives. A grant that has expired or will expire is renewed without end;
--- a complimentary one without end stays as it is.
--@ tx
insert into content_access as g (user_id, content_id, organization_id, access_type)
select p.customer_id, p.content_id, p.organization_id, 'purchased'
from purchases p
where p.id = :purchase_id and p.customer_id = :user_id and p.status = 'completed' and p.disputed_at is null
on conflict (user_id, content_id) do update
set access_type = 'purchased', expires_at = null, updated_at = now()
where g.access_type <> 'complimentary' or g.expires_at is not null
returning *;

--! lock_grant
--- Locks the user's grant. Run it before `end_purchased_access`, so that it sees a purchase that is being completed
--- concurrently.
select id, access_type, expires_at
from content_access
where user_id = :user_id and content_id = :content_id
for update;

--! end_purchased_access
--- Ends the grant that a payment gave, unless another valid purchase of the same piece exists.
--@ tx
update content_access g
set expires_at = :now, updated_at = now()
where g.user_id = :user_id
    and g.content_id = :content_id
    and g.access_type = 'purchased'
    and (g.expires_at is null or g.expires_at > :now)
    and not exists (
        select from purchases p
        where p.customer_id = :user_id
            and p.content_id = g.content_id
            and p.status = 'completed'
            and p.disputed_at is null
    );

--! expire_subscription_access
--- Ends the grants that a subscription to an organization gave. A grant that ends earlier is not extended.
--@ scope system: "the billing provider's event names a customer and carries no session"
update content_access
set expires_at = :until, updated_at = now()
where user_id = :user_id
    and organization_id = :organization_id
    and access_type = 'subscription'
    and (expires_at is null or expires_at > :until);

-- For an organization's managers. Users are identified by their public rows.

--! grant_complimentary_access : ContentAccess
--- Gives a user free access to a live piece of the organization, without end. The user has to be an active member or a
--- customer with a valid purchase. No row if the piece or the user does not qualify.
--@ scope organization as manager, public
insert into content_access as g (user_id, content_id, organization_id, access_type)
select u.id, c.id, c.organization_id, 'complimentary'
from content c
cross join users u
where c.id = :content_id
    and c.organization_id = :organization_id
    and c.deleted_at is null
    and u.id = :grantee_id
    and u.deleted_at is null
    and (
        exists (
            select from organization_memberships m
            where m.organization_id = :organization_id and m.user_id = u.id and m.status = 'active'
        )
        or exists (
            select from purchases p
            where p.organization_id = :organization_id
                and p.customer_id = u.id
                and p.status = 'completed'
                and p.disputed_at is null
        )
    )
on conflict (user_id, content_id) do update
set access_type = 'complimentary', expires_at = null, updated_at = now()
where g.organization_id = :organization_id
returning *;

--! is_content_of_organization
--- Whether the organization has a live piece with the id.
--@ scope organization
select exists (
    select from content
    where id = :content_id and organization_id = :organization_id and deleted_at is null
) as exists;

--! list_grants_for_content
--- All users with a grant for a piece, past ones included, the newest first; optionally only grants valid at a time.
--@ scope organization as manager, public
--@ page total
select
    g.id,
    g.access_type,
    g.expires_at,
    g.created_at,
    g.updated_at,
    u.id as "user.id",
    u.name as "user.name",
    u.image as "user.image"
from content_access g
join users u on u.id = g.user_id and u.deleted_at is null
where g.organization_id = :organization_id
    and g.content_id = :content_id
    and (g.expires_at is null or g.expires_at > :at)            --? at
order by g.created_at desc, g.id;

--! list_affected_users
--- The users who are affected by a change of a piece, for notifications and caches: its buyers and the organization's
--- staff.
--@ scope organization as studio
select p.customer_id as user_id
from purchases p
where p.organization_id = :organization_id
    and p.content_id = :content_id
    and p.status = 'completed'
    and p.disputed_at is null
union
select m.user_id
from organization_memberships m
join content c on c.organization_id = m.organization_id and c.deleted_at is null
where m.organization_id = :organization_id
    and m.status = 'active'
    and m.role in ('owner', 'admin', 'creator')
    and c.id = :content_id
order by user_id
limit 500;
