-- why: the filter is an OR, of which one arm does not restrict deleted_at
-- kind: value
--@ scope creator

--! filter_join_or
select c.id, count(m.id) filter (where m.deleted_at is null or m.kind = 'image') as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
