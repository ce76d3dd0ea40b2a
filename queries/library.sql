-- The library: what the user bought, was granted, or can see as staff. These are the reasons of the fragment in
-- `access` that are about single users; pieces that are free for everyone or for members are not listed.
--
-- The scope is the user's, together with the public's, since the names of organizations and the duration of ready media
-- are public.
--@ scope user, public

--! list_user_library
--- The pieces in the user's library, each once, with the playback position. Filters: type, organization, a search in
--- the title, and progress (completed, begun or not begun).
--@ page total
select
    l.id,
    l.title,
    l.slug,
    l.content_type,
    l.thumbnail_url,
    l.acquired_at,
    o.id as "organization.id",
    o.name as "organization.name",
    o.slug as "organization.slug",
    m.duration_seconds,
    v.position_seconds as "playback.position_seconds",
    v.completed as "playback.completed",
    v.updated_at as "playback.updated_at"
from (
    select distinct on (a.id) a.*
    from (
        select
            c.id, c.title, c.slug, c.content_type, c.thumbnail_url, c.organization_id, c.media_item_id,
            coalesce(p.purchased_at, p.created_at) as acquired_at
        from purchases p
        join content c on c.id = p.content_id and c.deleted_at is null
        where p.customer_id = :user_id and p.status = 'completed' and p.disputed_at is null
        union all
        select
            c.id, c.title, c.slug, c.content_type, c.thumbnail_url, c.organization_id, c.media_item_id,
            g.created_at
        from content_access g
        join content c on c.id = g.content_id and c.deleted_at is null
        where g.user_id = :user_id
            and g.access_type in ('subscription', 'complimentary', 'preview')
            and (g.expires_at is null or g.expires_at > :now)
        union all
        select
            c.id, c.title, c.slug, c.content_type, c.thumbnail_url, c.organization_id, c.media_item_id,
            s.created_at
        from organization_memberships s
        join organizations h on h.id = s.organization_id and h.deleted_at is null
        join content c on c.organization_id = h.id and c.deleted_at is null
        where s.user_id = :user_id
            and s.status = 'active'
            and s.role in ('owner', 'admin', 'creator')
            and c.status = 'published'
            and c.visibility <> 'private'
    ) a
    order by a.id, a.acquired_at desc
) l
left join organizations o on o.id = l.organization_id and o.deleted_at is null
left join media_items m on m.id = l.media_item_id and m.status = 'ready' and m.deleted_at is null
left join video_playback v on v.content_id = l.id and v.user_id = :user_id
where true
    and l.content_type = :content_type                          --? content_type
    and l.organization_id = :organization_id                    --? organization_id
    and strpos(lower(l.title), lower(:search)) > 0              --? search
    and v.completed                                             --? completed
    and not v.completed                                         --? in_progress
    and v.id is null                                            --? not_started
order by l.acquired_at desc, l.id                               --? sort recent
--  order by l.title, l.id                                      --? sort title
--  order by m.duration_seconds desc nulls last, l.id           --? sort duration
;
