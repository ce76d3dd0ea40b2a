-- why: the source rows are not own
-- kind: write
--@ scope creator

--! x110_merge_not_matched_by_source_like
merge into video_playback t using content_access s on t.user_id = :creator_id and t.content_id = s.content_id
when not matched then insert (user_id, content_id) values (:creator_id, s.content_id)
;
