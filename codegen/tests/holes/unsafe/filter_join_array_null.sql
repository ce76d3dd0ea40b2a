-- why: array_agg also collects the NULL of a padded row
-- kind: value
--@ scope creator

--! filter_join_array_null
select c.id, array_agg(m.id) filter (where m.deleted_at is null) as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
