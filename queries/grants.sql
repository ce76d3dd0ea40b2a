-- Grants: who may see a piece of content without asking for the reason, and until when.
--
-- A grant ends by its date and stays as a row. One of the type 'purchased' records what a payment opened, for the
-- organization to see; whether it still does is for the purchase to say.
--@ scope user

--! has_active_grant
--- Whether a grant of the user's is in force at a moment.
select exists (
    select from content_access
    where user_id = :user_id and content_id = :content_id and (expires_at is null or expires_at > :now)
) as granted;

--! grant_purchased_access : ContentAccess
--- Records what a completed purchase of the user's opens. A grant that had ended, or would, is revived without end; one
--- that was given for free and for good stays what it is.
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
--- Locks the user's grant. Comes before `end_purchased_access`, so that it sees a purchase that is just being completed.
select id, access_type, expires_at
from content_access
where user_id = :user_id and content_id = :content_id
for update;

--! end_purchased_access
--- Ends what a payment opened, unless another payment for the same piece still stands.
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
--- Ends what someone's subscription to an organization opened; a date that is earlier already stays.
--@ scope system: "the billing provider's event names a customer and carries no session"
update content_access
set expires_at = :until, updated_at = now()
where user_id = :user_id
    and organization_id = :organization_id
    and access_type = 'subscription'
    and (expires_at is null or expires_at > :until);

-- For an organization's managers. People are known by their public rows.

--! grant_complimentary_access : ContentAccess
--- Gives someone a live piece of the organization's for free and for good: an active member, or a customer whose payment
--- stands. No row when the piece or the person is out of reach.
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
--- Who has or had access to a piece, the newest grant first; in force at a moment where one is given.
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
--- Whom a change of a piece concerns, for mails and caches: its buyers, and who makes the organization's content.
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
