-- why: the key is in every grouping set
-- level: basic
--@ scope creator

--! having_beside_rollup
select creator_id, status, count(*) as n from content where deleted_at is null group by creator_id, rollup (status) having creator_id = :creator_id and count(*) > 1
;
