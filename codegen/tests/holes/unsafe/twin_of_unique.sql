-- kind: value
-- The equal column is not the primary key.
--@ scope creator

--! twin_of_unique
select d.title from content c join content d on d.slug = c.slug where c.creator_id = :creator_id and c.deleted_at is null;
