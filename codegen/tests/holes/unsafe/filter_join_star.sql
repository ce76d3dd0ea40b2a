-- why: count(*) counts a padded row, so no media and only deleted media give different results
-- kind: value
--@ scope creator

--! filter_join_star
select c.id, count(*) filter (where m.deleted_at is null) as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
