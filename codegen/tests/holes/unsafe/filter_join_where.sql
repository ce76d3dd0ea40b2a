-- why: WHERE uses a column of the right side
-- kind: influence
--@ scope creator

--! filter_join_where
select c.id, count(m.id) filter (where m.deleted_at is null) as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null and coalesce(m.kind, 'image') = 'image' group by c.id
;
