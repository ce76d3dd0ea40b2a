-- why: a key of GROUP BY, which is an entry of its own
-- level: basic
--@ scope creator

--! grouped_above
select x.n from (select creator_id, lower(title) as t, count(*) as n from content where deleted_at is null group by creator_id, lower(title)) x where x.creator_id = :creator_id
;
