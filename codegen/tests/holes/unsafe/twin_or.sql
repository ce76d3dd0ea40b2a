-- kind: value
-- The other arm of OR does not restrict the row.
--@ scope creator

--! twin_or
select d.title from content d where d.id in (select c.id from content c where c.creator_id = :creator_id and c.deleted_at is null) or d.price = 0;
