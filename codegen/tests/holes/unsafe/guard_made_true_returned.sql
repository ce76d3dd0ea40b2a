-- why: RETURNING reads comments by the new state of the content
-- kind: value
--@ scope creator

--! guard_made_true_returned
update content set status = 'published' where creator_id = :creator_id and deleted_at is null
returning id, (select count(*) from comments c where c.content_id = content.id and c.deleted_at is null)
;
