-- why: a deletion is logged
-- level: basic
--@ scope creator

--! x042_delete_returning_cte
--@ param content_id uuid
with gone as (delete from video_playback where user_id = :creator_id and content_id = :content_id returning content_id)
select count(*) from gone
;
