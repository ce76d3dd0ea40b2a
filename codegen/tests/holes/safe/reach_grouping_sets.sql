-- why: the key is in every grouping set
-- level: basic
--@ scope creator

--! reach_grouping_sets
select * from (select creator_id, status, count(*) as n from content where deleted_at is null group by creator_id, rollup (status)) x where creator_id = :creator_id
;
