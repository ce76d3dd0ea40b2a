-- why: without GROUP BY; other aggregates do not depend on the number of matches
-- level: basic
--@ scope creator

--! filter_join_total
select count(m.id) filter (where m.deleted_at is null) as n, max(c.price) as dearest, count(distinct c.id) as pieces from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null
;
