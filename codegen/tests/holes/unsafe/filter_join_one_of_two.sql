-- why: one of the filters does not restrict deleted_at
-- kind: value
--@ scope creator

--! filter_join_one_of_two
select c.id, count(m.id) filter (where m.deleted_at is null) as n, count(m.id) filter (where m.kind = 'image') as images from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
