-- why: the key is also NULL where a grouping set replaces it
-- kind: value
--@ scope creator

--! having_blank_null
select creator_id, deleted_at, count(*) as n from content where creator_id = :creator_id group by creator_id, rollup (deleted_at) having deleted_at is null
;
