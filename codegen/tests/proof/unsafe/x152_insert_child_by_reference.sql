-- why: playback is the caller's, the content it refers to need not be, and the new comment belongs to whom the content belongs
-- kind: influence
--@ scope creator

--! x152_insert_child_by_reference
--@ param body text
insert into comments (content_id, user_id, body)
select p.content_id, :creator_id, :body from video_playback p where p.user_id = :creator_id
;
