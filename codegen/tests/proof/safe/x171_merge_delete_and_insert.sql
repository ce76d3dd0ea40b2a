-- why: everything pinned
-- level: basic
--@ scope creator

--! x171_merge_delete_and_insert
merge into video_playback t using (select a.content_id from content_access a where a.user_id = :creator_id) s on t.user_id = :creator_id and t.content_id = s.content_id
when matched and t.position_seconds > 10 then delete when matched then update set position_seconds = 0 when not matched then insert (user_id, content_id) values (:creator_id, s.content_id)
;
