-- why: the owner is assigned from the source
-- kind: move
--@ scope creator

--! x167_merge_matched_move
merge into video_playback t using (select a.content_id from content_access a where a.user_id = :creator_id) s on t.user_id = :creator_id and t.content_id = s.content_id when matched then update set content_id = gen_random_uuid()
;
