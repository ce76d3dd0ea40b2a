-- why: in the subquery the key can be NULL by a grouping set
-- kind: value
--@ scope creator

--! having_subquery
select deleted_at, count(*) as n from content where creator_id = :creator_id group by rollup (deleted_at) having 1 = (select 1 where deleted_at is null)
;
