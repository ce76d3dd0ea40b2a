-- Players: what they send when they are back after a while without a network.
--@ scope user

--! save_positions
--- How far several pieces were played, each as if it were told alone: a position never moves back, and a piece that was
--- completed stays so. Nothing is kept, and nothing returned, of a piece that is not open to the user.
--@ batch
--@ param position_seconds integer
--@ param duration_seconds integer
insert into video_playback as v (user_id, content_id, position_seconds, duration_seconds, completed)
select :user_id, c.id, :position_seconds, :duration_seconds, :position_seconds >= :duration_seconds * 0.95
from content c
where c.id = :content_id and c.status = 'published' and c.visibility <> 'private' and c.deleted_at is null
on conflict (user_id, content_id) do update
set position_seconds = greatest(v.position_seconds, excluded.position_seconds),
    duration_seconds = excluded.duration_seconds,
    completed = v.completed or excluded.completed,
    updated_at = now()
returning content_id, position_seconds, completed;
