-- kind: value
-- RETURNING gives the new version of the row.
--@ scope creator

--! twin_of_returned
with u as (update content c set title = 'x' where c.creator_id = :creator_id and c.deleted_at is null returning c.id, c.creator_id, c.deleted_at) select d.title from content d join u on u.id = d.id where u.creator_id = :creator_id and u.deleted_at is null;
