-- kind: value
-- LIMIT is applied before the condition on the key.
--@ scope creator

--! twin_limited
select g.title from (select d.id, d.title from content d order by d.id limit 3) g join content c on c.id = g.id where c.creator_id = :creator_id and c.deleted_at is null;
