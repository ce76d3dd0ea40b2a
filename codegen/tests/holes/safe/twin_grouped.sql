-- The primary key is the grouping key.
--@ scope creator

--! twin_grouped
select g.n from (select d.id, count(*) as n from content d group by d.id) g join content c on c.id = g.id where c.creator_id = :creator_id and c.deleted_at is null;
