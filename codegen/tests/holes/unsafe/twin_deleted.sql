-- kind: value
-- Another row is known not to be deleted, not this one.
--@ scope creator

--! twin_deleted
select d.title from content c join content d on d.id = c.media_id where c.creator_id = :creator_id and c.deleted_at is null and d.creator_id = :creator_id;
