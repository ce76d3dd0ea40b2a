-- why: a comparison is never true for a key that is replaced by NULL
-- level: basic
--@ scope creator

--! having_rollup
select creator_id, status, count(*) as n from content where deleted_at is null group by rollup (creator_id, status) having creator_id = :creator_id
;
