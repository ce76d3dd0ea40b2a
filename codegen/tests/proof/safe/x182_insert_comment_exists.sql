-- why: the reference is verified by EXISTS
-- level: hard
--@ scope creator

--! x182_insert_comment_exists
--@ param content_id uuid
insert into comments (content_id, user_id, body) select :content_id, :creator_id, 'x' where exists (select 1 from content c where c.id = :content_id and c.creator_id = :creator_id and c.deleted_at is null)
;
