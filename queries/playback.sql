-- Playback positions. They are stored by queries in `access`, because that depends on what the user may open.
--@ scope user

--! get_playback
--- The user's position in a piece.
select position_seconds, duration_seconds, completed, updated_at
from video_playback
where user_id = :user_id and content_id = :content_id;

--! list_playback_for : Playback
--- The user's positions in several pieces.
select content_id, position_seconds, duration_seconds, completed, updated_at
from video_playback
where user_id = :user_id and content_id = any (:content_ids)
order by content_id;

--! content_performance
--- Viewing figures of the organization's live pieces, the most viewed first: viewers, seconds watched, and the average
--- percentage watched; optionally for a period.
--@ scope organization as manager
--@ page
select
    c.id,
    c.title,
    count(v.id) as viewers,
    coalesce(sum(v.position_seconds), 0) as watched_seconds,
    coalesce(
        avg(least(greatest(v.position_seconds * 100.0::float8 / nullif(v.duration_seconds, 0), 0), 100)), 0
    ) as mean_completion,
    count(v.id) filter (where v.completed) as completions
from content c
left join video_playback v
    on v.content_id = c.id
    and v.updated_at >= :since                                  --? since
    and v.updated_at < :until                                   --? until
where c.organization_id = :organization_id and c.deleted_at is null
group by c.id
order by viewers desc, c.id;
