-- why: HAVING on keys of GROUP BY
-- level: basic
--@ scope creator

--! reach_having
select creator_id, count(*) as n from content group by creator_id, deleted_at having creator_id = :creator_id and deleted_at is null and count(*) > 1
;
