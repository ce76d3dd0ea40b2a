-- Content: drafts, publication, and the public pages.
--
-- A creator works on their own content (creator scope) and an organization's staff on the organization's (organization
-- scope, by role). Everyone can read content that is published and not private. Content of a removed organization is
-- never shown.
--@ scope creator

--! create_content (organization_id?, media_item_id?) : Content
--- Adds a draft. Its type is that of the media item, which has to be the creator's own and live, or 'written' without
--- one. In an organization the creator has to be active staff. No row if the media item or the organization does not
--- qualify. The creator's row is locked, so that an account that is being closed is closed first, giving no row, or
--- sees the draft.
--@ opt
with held as (
    select id
    from users
    where id = :creator_id and deleted_at is null
    for key share
)
insert into content (
    creator_id, organization_id, media_item_id, title, slug, description, content_type, thumbnail_url,
    content_body, category, tags, visibility, price_cents
)
select
    u.id, o.id, mi.id, :title, lower(:slug), :description, coalesce(mi.media_type, 'written'), :thumbnail_url,
    :content_body, :category, :tags, :visibility, :price_cents
from held u
left join (
    organization_memberships om
    join organizations o on o.id = om.organization_id and o.deleted_at is null
) on om.user_id = u.id
    and om.organization_id = :organization_id
    and om.status = 'active'
    and om.role in ('owner', 'admin', 'creator')
left join media_items mi on mi.id = :media_item_id and mi.creator_id = u.id and mi.deleted_at is null
where o.id is not distinct from :organization_id
    and mi.id is not distinct from :media_item_id
returning *;

--! get_content
--- A piece of the creator's content, with its creator, organization and media item.
--@ scope creator, public
select
    c.id,
    c.title,
    c.slug,
    c.description,
    c.content_type,
    c.content_body,
    c.thumbnail_url,
    c.category,
    c.tags,
    c.visibility,
    c.price_cents,
    c.status,
    c.published_at,
    c.created_at,
    c.updated_at,
    u.id as "creator.id",
    u.name as "creator.name",
    o.id as "organization.id",
    o.name as "organization.name",
    o.slug as "organization.slug",
    m.id as "media_item.id",
    m.title as "media_item.title",
    m.status as "media_item.status",
    m.duration_seconds as "media_item.duration_seconds"
from content c
join users u on u.id = c.creator_id and u.deleted_at is null
left join organizations o on o.id = c.organization_id and o.deleted_at is null
left join media_items m on m.id = c.media_item_id and m.creator_id = c.creator_id and m.deleted_at is null
where c.id = :id and c.creator_id = :creator_id and c.deleted_at is null;

--! list_creator_content
--- The creator's content, with its organization and media item. Filters: state, type, visibility, category,
--- organization, personal pieces only, and a search in title and description.
--@ scope creator, public
--@ page total
select
    c.id,
    c.title,
    c.slug,
    c.content_type,
    c.category,
    c.visibility,
    c.price_cents,
    c.status,
    c.published_at,
    c.view_count,
    c.purchase_count,
    c.created_at,
    c.updated_at,
    o.id as "organization.id",
    o.name as "organization.name",
    m.id as "media_item.id",
    m.status as "media_item.status",
    m.duration_seconds as "media_item.duration_seconds"
from content c
left join organizations o on o.id = c.organization_id and o.deleted_at is null
left join media_items m on m.id = c.media_item_id and m.creator_id = c.creator_id and m.deleted_at is null
where c.creator_id = :creator_id
    and c.deleted_at is null
    and c.status = :status                                      --? status
    and c.content_type = :content_type                          --? content_type
    and c.visibility = :visibility                              --? visibility
    and c.category = :category                                  --? category
    and c.organization_id = :organization_id                    --? organization_id
    and c.organization_id is null                               --? personal
    and strpos(lower(concat_ws(' ', c.title, c.description)), lower(:search)) > 0  --? search
order by c.updated_at desc, c.id                                --? sort updated
--  order by c.created_at desc, c.id                            --? sort created
--  order by c.published_at desc nulls last, c.id               --? sort published
--  order by c.title, c.id                                      --? sort title
--  order by c.view_count desc, c.id                            --? sort views
--  order by c.purchase_count desc, c.id                        --? sort sales
;

--! count_creator_content
--- How many live pieces the creator has.
select count(*)
from content
where creator_id = :creator_id and deleted_at is null;

--! list_personal_content
--- The creator's pieces that belong to no organization, by title.
--@ page
select *
from content
where creator_id = :creator_id and organization_id is null and deleted_at is null
order by title, id;

--! list_own_content_in_organization
--- The creator's pieces in the caller's organization.
--@ scope creator, organization
--@ page
select *
from content
where creator_id = :creator_id and organization_id = :organization_id and deleted_at is null
order by created_at desc, id;

--! count_content_by_status
--- The number of the creator's pieces in each state.
select status, count(*) as pieces, count(*) filter (where price_cents > 0) as paid
from content
where creator_id = :creator_id and deleted_at is null
group by status
order by status;

--! is_personal_slug_available
--- Whether the slug is free for a personal piece of the creator. `exclude_id` is the piece that may have it already.
select not exists (
    select from content
    where creator_id = :creator_id
        and organization_id is null
        and slug = lower(:slug)
        and deleted_at is null
        and id is distinct from :exclude_id
) as available;

--! is_organization_content_slug_available
--- The same among the pieces of an organization.
--@ scope organization
select not exists (
    select from content
    where organization_id = :organization_id
        and slug = lower(:slug)
        and deleted_at is null
        and id is distinct from :exclude_id
) as available;

--! has_authored_work
--- Whether the creator has live content or media, which prevent closing the account.
select
    exists (
        select from content
        where creator_id = :creator_id and deleted_at is null
    )
    or exists (
        select from media_items
        where creator_id = :creator_id and deleted_at is null
    ) as has_work;

--! lock_content
--- Locks a piece until the transaction ends.
select *
from content
where id = :id and creator_id = :creator_id and deleted_at is null
for update;

--! hold_media_for_content
--- Reads the media item of a piece that is about to be published, and locks it against removal until the transaction
--- ends.
--@ tx
select id, media_type, status
from media_items
where id = :id and creator_id = :creator_id and media_type = :media_type and deleted_at is null
for share;

--! update_content : Content
--- Changes the given fields. An empty description, body or category becomes null, and so does a price of 0. The media
--- item and the organization cannot be changed, and the body of a published text cannot be removed.
update content
set updated_at = now()
    , title = :title                                            --? title
    , slug = lower(:slug)                                       --? slug
    , description = nullif(:description, '')                    --? description
    , content_body = nullif(:content_body, '')                  --? content_body
    , category = nullif(:category, '')                          --? category
    , tags = :tags                                              --? tags
    , visibility = :visibility                                  --? visibility
    , price_cents = nullif(:price_cents, 0)                     --? price_cents
where id = :id
    and creator_id = :creator_id
    and deleted_at is null
    and (:content_body <> '' or status <> 'published' or content_type <> 'written')  --? content_body
returning *;

--! set_thumbnail
--- Sets the thumbnail, or removes it.
update content
set thumbnail_url = :thumbnail_url, updated_at = now()
where id = :id and creator_id = :creator_id and deleted_at is null;

--! publish_content : Content
--- draft -> published. A text needs a body; other pieces need a media item of the creator that is live and ready to
--- play. The media item is locked: a removal in progress is completed first, and a later one sees that the piece is
--- published. A piece that is already published stays so.
with held as (
    select m.id
    from content p
    join media_items m
        on m.id = p.media_item_id
        and m.creator_id = p.creator_id
        and m.media_type = p.content_type
        and m.status = 'ready'
        and m.deleted_at is null
    where p.id = :id and p.creator_id = :creator_id and p.deleted_at is null
    for share of m
)
update content c
set status = 'published',
    published_at = coalesce(c.published_at, now()),
    updated_at = now()
where c.id = :id
    and c.creator_id = :creator_id
    and c.status in ('draft', 'published')
    and c.deleted_at is null
    and (
        (c.content_type = 'written' and c.content_body is not null)
        or exists (
            select from held m
            where m.id = c.media_item_id
        )
    )
returning *;

--! unpublish_content : Content
--- published -> draft. The date of the first publication is kept.
update content
set status = 'draft', updated_at = now()
where id = :id and creator_id = :creator_id and status = 'published' and deleted_at is null
returning *;

--! archive_content : Content
--- draft or published -> archived.
update content
set status = 'archived', updated_at = now()
where id = :id and creator_id = :creator_id and status in ('draft', 'published') and deleted_at is null
returning *;

--! soft_delete_content
--- Removes a piece. Purchases keep referring to it.
update content
set deleted_at = now(), updated_at = now()
where id = :id and creator_id = :creator_id and deleted_at is null;

--! move_content_to_personal : Content
--- Takes a piece out of its organization. A trigger makes it a draft.
--@ allow tenant-write content: "moving a piece between tenants is what this is for; its creator decides"
update content
set organization_id = null, updated_at = now()
where id = :id and creator_id = :creator_id and organization_id is not null and deleted_at is null
returning *;

--! attach_content_to_organization : Content
--- Moves a personal piece into a live organization in which its creator is active staff.
--@ allow tenant-write content: "moving a piece between tenants is what this is for; its creator decides"
update content c
set organization_id = o.id, updated_at = now()
from organization_memberships om
join organizations o on o.id = om.organization_id and o.deleted_at is null
where c.id = :id
    and c.creator_id = :creator_id
    and c.organization_id is null
    and c.deleted_at is null
    and om.organization_id = :organization_id
    and om.user_id = :creator_id
    and om.status = 'active'
    and om.role in ('owner', 'admin', 'creator')
returning c.*;

-- For an organization's staff

--! get_organization_content
--- A piece of the organization's content, with its creator.
--@ scope organization as studio
select
    c.id,
    c.title,
    c.slug,
    c.description,
    c.content_type,
    c.category,
    c.visibility,
    c.price_cents,
    c.status,
    c.published_at,
    u.id as "creator.id",
    u.name as "creator.name",
    u.email as "creator.email"
from content c
join users u on u.id = c.creator_id and u.deleted_at is null
where c.id = :id and c.organization_id = :organization_id and c.deleted_at is null;

--! admin_list_content
--- The organization's content with its creators; optionally in one state.
--@ scope organization as manager
--@ page total
select
    c.id,
    c.title,
    c.slug,
    c.content_type,
    c.status,
    c.published_at,
    c.view_count,
    c.purchase_count,
    u.id as "creator.id",
    u.name as "creator.name"
from content c
join users u on u.id = c.creator_id and u.deleted_at is null
where c.organization_id = :organization_id
    and c.deleted_at is null
    and c.status = :status                                      --? status
order by c.created_at desc, c.id;

--! admin_publish_content
--- draft -> published by the organization's staff, under the same conditions as `publish_content`.
--@ scope organization as manager
with held as (
    select m.id
    from content p
    join media_items m
        on m.id = p.media_item_id
        and m.creator_id = p.creator_id
        and m.media_type = p.content_type
        and m.status = 'ready'
        and m.deleted_at is null
    where p.id = :id and p.organization_id = :organization_id and p.deleted_at is null
    for share of m
)
update content c
set status = 'published',
    published_at = coalesce(c.published_at, now()),
    updated_at = now()
where c.id = :id
    and c.organization_id = :organization_id
    and c.status in ('draft', 'published')
    and c.deleted_at is null
    and (
        (c.content_type = 'written' and c.content_body is not null)
        or exists (
            select from held m
            where m.id = c.media_item_id
        )
    )
returning c.id, c.title, c.slug, c.creator_id, c.status, c.published_at;

--! admin_unpublish_content
--- published -> draft by the organization's staff. A draft stays a draft.
--@ scope organization as manager
update content
set status = 'draft', updated_at = now()
where id = :id
    and organization_id = :organization_id
    and status in ('draft', 'published')
    and deleted_at is null
returning id, title, slug, creator_id, status, published_at;

--! admin_delete_content
--- Removes a piece of the organization's content.
--@ scope organization as manager
update content
set deleted_at = now(), updated_at = now()
where id = :id and organization_id = :organization_id and deleted_at is null;

--! withdraw_organization_content
--- Makes all published content of an organization drafts. Runs together with `organizations::soft_delete_organization`.
--@ scope organization as manager
--@ tx
update content
set status = 'draft', updated_at = now()
where organization_id = :organization_id and status = 'published' and deleted_at is null;

-- For everyone

--! list_public_content
--- An organization's published content. Filters: type, and a search in title and description.
--@ scope public
--@ page total
select
    c.id,
    c.title,
    c.slug,
    c.description,
    c.content_type,
    c.thumbnail_url,
    c.category,
    c.price_cents,
    c.published_at,
    u.id as "creator.id",
    u.name as "creator.name",
    u.image as "creator.image",
    m.duration_seconds
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
left join media_items m on m.id = c.media_item_id and m.status = 'ready' and m.deleted_at is null
where c.organization_id = :organization_id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
    and c.content_type = :content_type                          --? content_type
    and strpos(lower(concat_ws(' ', c.title, c.description)), lower(:search)) > 0  --? search
order by c.published_at desc nulls last, c.id                   --? sort newest
--  order by c.published_at nulls last, c.id                    --? sort oldest
--  order by c.title, c.id                                      --? sort title
;

--! count_public_content
--- The number of pieces that an organization has published.
--@ scope public
select count(*)
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
where c.organization_id = :organization_id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null;

--! list_public_content_keyset
--- The same by keyset pagination: a page starts after a cursor, without an offset.
--@ scope public
--@ keyset
select c.id, c.title, c.slug, c.content_type, c.thumbnail_url, c.price_cents, c.published_at
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
where c.organization_id = :organization_id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.published_at is not null
    and c.deleted_at is null
    and c.content_type = :content_type                          --? content_type
order by c.published_at desc, c.id                              --? sort newest
--  order by c.title, c.id                                      --? sort title
;

--! get_public_content_by_slug
--- A published piece of a live organization, without its body.
--@ scope public
select
    c.id,
    c.title,
    c.slug,
    c.description,
    c.content_type,
    c.thumbnail_url,
    c.category,
    c.tags,
    c.visibility,
    c.price_cents,
    c.published_at,
    c.view_count,
    u.id as "creator.id",
    u.name as "creator.name",
    u.image as "creator.image",
    o.id as "organization.id",
    o.name as "organization.name",
    o.slug as "organization.slug",
    m.id as "media_item.id",
    m.media_type as "media_item.media_type",
    m.duration_seconds as "media_item.duration_seconds"
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
left join media_items m on m.id = c.media_item_id and m.status = 'ready' and m.deleted_at is null
where c.organization_id = :organization_id
    and c.slug = lower(:slug)
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null;

--! get_free_content_body
--- The body of a written piece that is public and free.
--@ scope public
--@ allow tenant-scope content: "public rows have no body; this one is of a piece published, public and free"
select c.id, c.title, c.content_body
from content c
where c.id = :id
    and c.status = 'published'
    and c.visibility = 'public'
    and coalesce(c.price_cents, 0) = 0
    and c.deleted_at is null
    and (
        c.organization_id is null
        or exists (
            select from organizations o
            where o.id = c.organization_id and o.deleted_at is null
        )
    );

--! get_content_for_checkout
--- The price of a published piece that is for sale, and the organization that is paid.
--@ scope public
select c.id, c.title, c.price_cents, c.creator_id, o.id as organization_id
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
where c.id = :id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.price_cents > 0
    and c.deleted_at is null;

--! browse_organization_content
--- An organization's published content, the best selling first. Filters: type, category, and a search in title and
--- description.
--@ scope public
--@ page total
select
    c.id,
    c.title,
    c.slug,
    c.content_type,
    c.thumbnail_url,
    c.price_cents,
    c.view_count,
    c.purchase_count,
    c.published_at,
    u.name as creator_name
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
where c.organization_id = :organization_id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
    and c.content_type = :content_type                          --? content_type
    and c.category = :category                                  --? category
    and strpos(lower(concat_ws(' ', c.title, c.description)), lower(:search)) > 0  --? search
order by c.purchase_count desc, c.view_count desc, c.id;

--! list_public_content_of_creator
--- A creator's published content, personal and in live organizations, the newest first; optionally only personal
--- pieces.
--@ scope public
--@ page total
select
    c.id,
    c.title,
    c.slug,
    c.content_type,
    c.thumbnail_url,
    c.price_cents,
    c.published_at,
    o.id as "organization.id",
    o.name as "organization.name",
    o.slug as "organization.slug"
from content c
join users u on u.id = c.creator_id and u.deleted_at is null
left join organizations o on o.id = c.organization_id and o.deleted_at is null
where u.id = :id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
    and (c.organization_id is null or o.id is not null)
    and c.organization_id is null                               --? personal
order by c.published_at desc nulls last, c.id;

--! discover_content
--- The newest published content of all organizations. Filters: type, category, and a search in title and description.
--@ scope public
--@ page total
select
    c.id,
    c.title,
    c.slug,
    c.content_type,
    c.thumbnail_url,
    c.price_cents,
    c.published_at,
    u.name as "creator.name",
    u.image as "creator.image",
    o.name as "organization.name",
    o.slug as "organization.slug"
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
where c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
    and c.content_type = :content_type                          --? content_type
    and c.category = :category                                  --? category
    and strpos(lower(concat_ws(' ', c.title, c.description)), lower(:search)) > 0  --? search
order by c.published_at desc nulls last, c.id;

--! list_content_by_tags
--- An organization's published content that has all of the given tags, or any of them.
--@ scope public
--@ page total
select c.id, c.title, c.slug, c.content_type, c.thumbnail_url, c.tags, c.price_cents, c.published_at
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
where c.organization_id = :organization_id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
    and c.tags ?& :all_of                                       --? all_of
    and c.tags ?| :any_of                                       --? any_of
order by c.published_at desc nulls last, c.id;

--! search_content
--- Full-text search in title and description of an organization's published content, the best match first.
--@ scope public
--@ page total
select
    c.id,
    c.title,
    c.slug,
    c.content_type,
    c.thumbnail_url,
    c.price_cents,
    ts_rank(
        to_tsvector('simple', c.title || ' ' || coalesce(c.description, '')),
        websearch_to_tsquery('simple', :search)
    ) as rank
from content c
join organizations o on o.id = c.organization_id and o.deleted_at is null
join users u on u.id = c.creator_id and u.deleted_at is null
where c.organization_id = :organization_id
    and to_tsvector('simple', c.title || ' ' || coalesce(c.description, ''))
        @@ websearch_to_tsquery('simple', :search)
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
order by rank desc, c.id;

--! recent_content_per_creator
--- The four newest pieces of each of the given creators in an organization.
--@ scope public
select ranked.creator_id, ranked.id, ranked.title, ranked.slug, ranked.thumbnail_url, ranked.published_at
from (
    select
        c.creator_id,
        c.id,
        c.title,
        c.slug,
        c.thumbnail_url,
        c.published_at,
        row_number() over (partition by c.creator_id order by c.published_at desc nulls last, c.id) as place
    from content c
    join organizations o on o.id = c.organization_id and o.deleted_at is null
    join users u on u.id = c.creator_id and u.deleted_at is null
    where c.organization_id = :organization_id
        and c.creator_id = any (:creator_ids)
        and c.status = 'published'
        and c.visibility <> 'private'
        and c.deleted_at is null
) ranked
where ranked.place <= 4
order by ranked.creator_id, ranked.place;

-- For the platform

--! increment_view_count
--- Counts a view of a public piece.
--@ scope system: "the counter is raised for viewers who may not change content"
update content
set view_count = view_count + 1, updated_at = now()
where id = :id and status = 'published' and visibility <> 'private' and deleted_at is null;

--! adjust_purchase_count
--- Adds a sale (+1) or a refund (-1) to the sales count, which never becomes negative.
--@ scope system: "the payment worker acts for the customer"
update content
set purchase_count = greatest(purchase_count + :delta, 0), updated_at = now()
where id = :id and deleted_at is null;

--! insert_content_batch
--- Imports drafts, many in one statement, and returns them in their order. Those whose creator or organization is
--- deleted are left out.
--@ scope system: "imports for several creators at once"
insert into content (creator_id, organization_id, title, slug, content_type, visibility, content_body)
select u.id, o.id, draft.title, lower(draft.slug), 'written', draft.visibility, draft.content_body
from unnest(
    :creator_id::text[], :organization_id::uuid[], :title::text[], :slug::text[], :visibility::text[],
    :content_body::text[]
) with ordinality as draft (creator_id, organization_id, title, slug, visibility, content_body, position)
join users u on u.id = draft.creator_id and u.deleted_at is null
join organizations o on o.id = draft.organization_id and o.deleted_at is null
order by draft.position
returning id, creator_id, slug;
