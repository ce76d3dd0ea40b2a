-- why: the total row mixes all owners
-- kind: value
--@ scope creator

--! x107_rollup_key
select g.n from (select creator_id, count(*) as n from content where deleted_at is null group by rollup (creator_id)) g where g.creator_id = :creator_id or g.creator_id is null
;
