-- What a user may open, and the queries that depend on it.
--
-- The queries of user scope use the fragment below. It returns the piece `asked.content_id` if the user may open it.
-- Each arm of the union is one reason; without any of them, access is denied:
--
--   1. The piece is published for everyone and free.
--   2. The user bought it, and the purchase is completed and not disputed. It stays open after the piece is unpublished.
--   3. The user has a grant other than 'purchased' that has not expired. A purchase gives access by arm 2 alone; if its
--      grant counted too, access would outlive a refund or a dispute.
--   4. The piece is published in a live organization, and the user makes its content, or is a member and the piece is
--      free for members.
--
-- Access is checked at the time `:now`, which an operation reads once and passes to each of its queries, so that all of
-- them use the same time and a check can be repeated later. The service passes its own clock: if a client could choose
-- the time, it could use grants that have expired.
--
-- The scope is the user's, together with the public's, since organizations are public.
--@ scope user, public

--@ fragment open_to_user
-- (
--     select c.id, c.creator_id, c.organization_id, c.media_item_id, c.title, c.slug, c.content_type, c.thumbnail_url
--     from content c
--     where c.id = asked.content_id
--         and c.status = 'published'
--         and c.visibility = 'public'
--         and coalesce(c.price_cents, 0) = 0
--         and c.deleted_at is null
--         and (
--             c.organization_id is null
--             or exists (
--                 select from organizations o
--                 where o.id = c.organization_id and o.deleted_at is null
--             )
--         )
--     union all
--     select c.id, c.creator_id, c.organization_id, c.media_item_id, c.title, c.slug, c.content_type, c.thumbnail_url
--     from purchases p
--     join content c on c.id = p.content_id and c.deleted_at is null
--     where p.content_id = asked.content_id
--         and p.customer_id = :user_id
--         and p.status = 'completed'
--         and p.disputed_at is null
--     union all
--     select c.id, c.creator_id, c.organization_id, c.media_item_id, c.title, c.slug, c.content_type, c.thumbnail_url
--     from content_access g
--     join content c on c.id = g.content_id and c.deleted_at is null
--     where g.content_id = asked.content_id
--         and g.user_id = :user_id
--         and g.access_type in ('subscription', 'complimentary', 'preview')
--         and (g.expires_at is null or g.expires_at > :now)
--     union all
--     select c.id, c.creator_id, c.organization_id, c.media_item_id, c.title, c.slug, c.content_type, c.thumbnail_url
--     from organization_memberships s
--     join organizations o on o.id = s.organization_id and o.deleted_at is null
--     join content c on c.organization_id = o.id and c.deleted_at is null
--     where c.id = asked.content_id
--         and c.status = 'published'
--         and c.visibility <> 'private'
--         and s.user_id = :user_id
--         and s.status = 'active'
--         and (
--             s.role in ('owner', 'admin', 'creator')
--             or (c.visibility = 'members_only' and coalesce(c.price_cents, 0) = 0)
--         )
--     limit 1
-- )

--! can_access_content
--- Whether the user may open a piece at the time `now`.
select exists (
    select from (select :content_id::uuid as content_id) asked
    cross join lateral :open_to_user c
) as allowed;

--! get_body
--- The body of a written piece that the user may open.
--@ allow tenant-scope content: "bodies are sold; this one is of the piece that the user may open"
select b.id, b.title, b.content_body
from (select :content_id::uuid as content_id) asked
cross join lateral :open_to_user c
join content b on b.id = c.id and b.deleted_at is null
where b.content_type = 'written' and b.content_body is not null;

--! get_streaming_source
--- What a player needs to play a piece that the user may open, if its media item is ready. The keys are not signed yet.
--@ allow tenant-scope media_items: "media belong to creators; these keys are of the piece that the user may open"
select
    c.id as content_id,
    c.title,
    m.id as media_item_id,
    m.media_type,
    m.hls_master_playlist_key,
    m.waveform_key,
    m.duration_seconds
from (select :content_id::uuid as content_id) asked
cross join lateral :open_to_user c
join media_items m on m.id = c.media_item_id and m.creator_id = c.creator_id and m.deleted_at is null
where m.status = 'ready' and m.hls_master_playlist_key is not null;

--! get_streaming_source_for_staff
--- The same for those who make an organization's content, including drafts and private pieces.
--@ scope organization as studio
select
    c.id as content_id,
    c.title,
    m.id as media_item_id,
    m.media_type,
    m.hls_master_playlist_key,
    m.waveform_key,
    m.duration_seconds
from content c
join media_items m on m.id = c.media_item_id and m.creator_id = c.creator_id and m.deleted_at is null
where c.id = :content_id
    and c.organization_id = :organization_id
    and c.deleted_at is null
    and m.status = 'ready'
    and m.hls_master_playlist_key is not null;

--! upsert_playback : Playback
--- Stores the user's position in a piece that they may open. The position never moves back, so that with two devices
--- the later position is kept, unless the piece has become shorter. Once 95 % are played, the piece stays completed. No
--- row if the user may not open the piece or the numbers are impossible.
--@ opt
--@ param position_seconds integer
--@ param duration_seconds integer
insert into video_playback as v (user_id, content_id, position_seconds, duration_seconds, completed)
select
    :user_id,
    c.id,
    least(:position_seconds, :duration_seconds),
    :duration_seconds,
    :position_seconds::bigint * 100 >= :duration_seconds::bigint * 95
from (select :content_id::uuid as content_id) asked
cross join lateral :open_to_user c
where :position_seconds >= 0 and :duration_seconds > 0
on conflict (user_id, content_id) do update
set position_seconds = least(greatest(v.position_seconds, excluded.position_seconds), excluded.duration_seconds),
    duration_seconds = excluded.duration_seconds,
    completed = v.completed or excluded.completed,
    updated_at = now()
returning content_id, position_seconds, duration_seconds, completed, updated_at;

--! save_positions : Playback
--- The same for several pieces, for a player that was offline. Each is stored as if it were sent alone; there is no row
--- for pieces that the user may not open at the time `now`.
--@ opt
--@ batch with now
--@ param position_seconds integer
--@ param duration_seconds integer
insert into video_playback as v (user_id, content_id, position_seconds, duration_seconds, completed)
select
    :user_id,
    c.id,
    least(:position_seconds, :duration_seconds),
    :duration_seconds,
    :position_seconds::bigint * 100 >= :duration_seconds::bigint * 95
from (select :content_id::uuid as content_id) asked
cross join lateral :open_to_user c
where :position_seconds >= 0 and :duration_seconds > 0
on conflict (user_id, content_id) do update
set position_seconds = least(greatest(v.position_seconds, excluded.position_seconds), excluded.duration_seconds),
    duration_seconds = excluded.duration_seconds,
    completed = v.completed or excluded.completed,
    updated_at = now()
returning content_id, position_seconds, duration_seconds, completed, updated_at;

--! continue_watching
--- The pieces that the user has begun but not completed and may still open, the latest first; optionally of one
--- organization.
select
    c.id,
    c.title,
    c.slug,
    c.content_type,
    c.thumbnail_url,
    c.organization_id,
    asked.position_seconds,
    asked.duration_seconds,
    asked.updated_at,
    m.id as "media_item.id",
    m.media_type as "media_item.media_type",
    m.duration_seconds as "media_item.duration_seconds"
from video_playback asked
cross join lateral :open_to_user c
left join media_items m on m.id = c.media_item_id and m.status = 'ready' and m.deleted_at is null
where asked.user_id = :user_id
    and not asked.completed
    and c.organization_id = :organization_id                    --? organization_id
order by asked.updated_at desc, asked.id
limit least(:how_many, 100);
