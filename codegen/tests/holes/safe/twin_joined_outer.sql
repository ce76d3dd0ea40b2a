-- A left join on the primary key: the right row is the same or missing.
--@ scope creator

--! twin_joined_outer
select c.title, d.status from content c left join content d on d.id = c.id where c.creator_id = :creator_id and c.deleted_at is null;
