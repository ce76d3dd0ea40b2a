-- why: HAVING on the grouping key picks whole groups
-- level: hard
--@ scope creator

--! x006_having_key
select creator_id, count(*) from content where deleted_at is null group by creator_id having creator_id = :creator_id
;
