-- why: RETURNING looks at others
-- kind: value
--@ scope creator

--! x159_delete_returning_sublink
delete from video_playback v where v.user_id = :creator_id returning (select count(*) from video_playback o where o.content_id = v.content_id)
;
