-- why: the key of GROUP BY is an entry of its own since version 18
-- level: basic
--@ scope creator

--! grouped_above
select x.n from (select creator_id, lower(title) as t, count(*) as n from content where deleted_at is null group by creator_id, lower(title)) x where x.creator_id = :creator_id
;
