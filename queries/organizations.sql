-- Organizations. Their rows are public; only managers can change them.
--@ scope public

--! create_organization_with_owner : Organization
--- Creates an organization with its first owner, in one statement. No row if the user was deleted. The user's row is
--- locked, so that the account cannot be closed meanwhile.
--@ scope system: "nobody holds a scope over an organization that does not exist yet"
--@ opt
with founder as (
    select u.id
    from users u
    where u.id = :founder_id and u.deleted_at is null
    for key share
), founded as (
    insert into organizations (name, slug, description, logo_url, website_url)
    select :name, lower(:slug), :description, :logo_url, :website_url
    from founder
    returning *
), ownership as (
    insert into organization_memberships (organization_id, user_id, role, status)
    select founded.id, founder.id, 'owner', 'active'
    from founded
    cross join founder
)
select *
from founded;

--! get_organization : Organization
--- A live organization.
select *
from organizations
where id = :id and deleted_at is null;

--! get_organization_by_slug : Organization
--- The live organization with a subdomain.
select *
from organizations
where slug = lower(:slug) and deleted_at is null;

--! resolve_organization_id
--- The id of the organization with a subdomain.
select id
from organizations
where slug = lower(:slug) and deleted_at is null;

--! is_organization_slug_available
--- Whether no live organization has the slug. The application has to check reserved slugs first.
select not exists (
    select from organizations
    where slug = lower(:slug) and deleted_at is null
) as available;

--! list_organizations : Organization
--- All live organizations; optionally those whose name or description contains a text, which has no wildcards.
--@ page total
select *
from organizations
where deleted_at is null
    and strpos(lower(concat_ws(' ', name, description)), lower(:search)) > 0  --? search
order by created_at desc, id                                    --? sort created
--  order by created_at, id                                     --? sort oldest
--  order by name, id                                           --? sort name
--  order by name desc, id                                      --? sort name_desc
;

--! public_organization_stats
--- Figures for an organization's public page: published pieces by type, views, playing time, the 20 largest categories,
--- and the number of members who can publish.
select
    count(*) filter (where c.content_type = 'video') as videos,
    count(*) filter (where c.content_type = 'audio') as audios,
    count(*) filter (where c.content_type = 'written') as written_pieces,
    coalesce(sum(c.view_count), 0) as views,
    coalesce(sum(m.duration_seconds), 0) as duration_seconds,
    (
        select count(*)
        from organization_memberships s
        join organizations o on o.id = s.organization_id and o.deleted_at is null
        join users u on u.id = s.user_id and u.deleted_at is null
        where s.organization_id = :id and s.status = 'active' and s.role in ('owner', 'admin', 'creator')
    ) as creators,
    array(
        select k from (
            select c.category, count(*) as pieces
            from content c
            join organizations o on o.id = c.organization_id and o.deleted_at is null
            join users u on u.id = c.creator_id and u.deleted_at is null
            where o.id = :id
                and c.status = 'published'
                and c.visibility <> 'private'
                and c.category is not null
                and c.deleted_at is null
            group by c.category
            order by pieces desc, c.category
            limit 20
        ) k
    ) as categories
from organizations o
join content c
    on c.organization_id = o.id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
left join media_items m on m.id = c.media_item_id and m.status = 'ready' and m.deleted_at is null
where o.id = :id and o.deleted_at is null;

--! public_category_counts
--- The 20 categories with the most published pieces of an organization.
select c.category, count(*) as pieces
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
where o.id = :id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.category is not null
    and c.deleted_at is null
group by c.category
order by pieces desc, c.category
limit 20;

-- For managers

--! update_organization : Organization
--- Changes the given texts of an organization. An empty one becomes null.
--@ scope organization as manager
update organizations
set updated_at = now()
    , name = :name                                              --? name
    , description = nullif(:description, '')                    --? description
    , website_url = nullif(:website_url, '')                    --? website_url
where id = :organization_id and deleted_at is null
returning *;

--! change_organization_slug
--- Changes the slug of an organization. A slug that is taken violates `organizations_slug_unique`.
--@ scope organization as manager
update organizations
set slug = lower(:slug), updated_at = now()
where id = :organization_id and deleted_at is null
returning id, slug;

--! set_organization_logo
--- Sets the logo, or removes it.
--@ scope organization as manager
update organizations
set logo_url = :logo_url, updated_at = now()
where id = :organization_id and deleted_at is null;

--! lock_organization
--- Locks the organization's row, so that it is not removed before the transaction ends.
--@ scope organization as manager
select id, slug, name
from organizations
where id = :organization_id and deleted_at is null
for update;

--! soft_delete_organization
--- Removes an organization, which frees its slug. Foreign keys do not act on a soft delete, so
--- `content::withdraw_organization_content` has to run in the same transaction.
--@ scope organization as manager
--@ tx
update organizations
set deleted_at = now(), updated_at = now()
where id = :organization_id and deleted_at is null;

--! get_organization_with_members : OrganizationWithMembers
--- An organization with its active members and their users, the oldest first. It has no e-mail addresses: subscribers
--- are members too, and only managers may see the addresses of others.
--@ scope organization
select
    o.id,
    o.name,
    o.slug,
    coalesce(
        jsonb_agg(
            jsonb_build_object(
                'id', m.id,
                'role', m.role,
                'joined_at', m.created_at,
                'user', jsonb_build_object('id', u.id, 'name', u.name, 'image', u.image)
            )
            order by m.created_at, m.id
        ) filter (where u.id is not null),
        '[]'
    ) as members
from organizations o
left join (
    organization_memberships m
    join users u on u.id = m.user_id and u.deleted_at is null
) on m.organization_id = o.id and m.status = 'active'
where o.id = :organization_id and o.deleted_at is null
group by o.id;

--! organization_overview
--- Figures for an organization's internal start page.
--@ scope organization
select
    o.id,
    o.name,
    (
        select count(*)
        from organization_memberships m
        where m.organization_id = o.id and m.status = 'active'
    ) as active_members,
    (
        select count(*)
        from content c
        where c.organization_id = o.id and c.status = 'published' and c.deleted_at is null
    ) as published_pieces,
    (
        select max(c.published_at)
        from content c
        where c.organization_id = o.id and c.deleted_at is null
    ) as last_published_at
from organizations o
where o.id = :organization_id and o.deleted_at is null;

-- For users with several organizations

--! list_my_organizations
--- The live organizations in which the caller is an active member, by name, with the caller's role.
--@ scope user
select
    m.role,
    m.created_at as joined_at,
    o.id as "organization.id",
    o.name as "organization.name",
    o.slug as "organization.slug",
    o.logo_url as "organization.logo_url"
from organization_memberships m
join organizations o on o.id = m.organization_id and o.deleted_at is null
where m.user_id = :user_id and m.status = 'active'
order by o.name, o.id;

--! list_organizations_in_scope : Organization
--- Those of the caller's organizations that are live.
--@ scope organizations
select *
from organizations
where id = any (:organization_ids) and deleted_at is null
order by name, id;

--! content_counts_per_organization
--- The amount of live content in each of the caller's organizations, by state.
--@ scope organizations
select
    o.id,
    o.name,
    count(c.id) filter (where c.status = 'draft') as drafts,
    count(c.id) filter (where c.status = 'published') as published,
    count(c.id) filter (where c.status = 'archived') as archived
from organizations o
left join content c on c.organization_id = o.id and c.deleted_at is null
where o.id = any (:organization_ids) and o.deleted_at is null
group by o.id
order by o.name, o.id;

-- For the platform

--! platform_counts
--- The number of live rows in the main tables.
--@ scope system: "overview for the platform's staff"
select
    (select count(*) from organizations where deleted_at is null) as organizations,
    (select count(*) from media_items where deleted_at is null) as media_items,
    (select count(*) from content where deleted_at is null) as content;
