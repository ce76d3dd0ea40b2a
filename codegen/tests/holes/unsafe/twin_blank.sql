-- kind: value
-- The primary key is replaced by NULL in a grouping set.
--@ scope creator

--! twin_blank
select g.n from (select d.id, count(*) as n from content d group by rollup (d.id)) g join content c on c.id = g.id where c.creator_id = :creator_id and c.deleted_at is null;
