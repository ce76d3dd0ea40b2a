-- Playback: how far viewers got. What stores it is in `access`, since it rests on what is open to whom.
--@ scope user

--! get_playback
--- Where the user left off in a piece.
select position_seconds, duration_seconds, completed, updated_at
from video_playback
where user_id = :user_id and content_id = :content_id;

--! list_playback_for : Playback
--- The same for the pieces of a page.
select content_id, position_seconds, duration_seconds, completed, updated_at
from video_playback
where user_id = :user_id and content_id = any (:content_ids)
order by content_id;

--! content_performance
--- How the organization's live pieces are watched, the most viewed first: viewers, seconds, and how much of a piece they
--- saw on average, in percent. Of a period where one is given.
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
