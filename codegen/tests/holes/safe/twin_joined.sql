-- A join on the primary key.
--@ scope creator

--! twin_joined
select c.title, d.status from content c join content d on d.id = c.id where c.creator_id = :creator_id and c.deleted_at is null;
