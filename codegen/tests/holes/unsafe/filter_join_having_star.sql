-- why: HAVING counts all rows of the join
-- kind: influence
--@ scope creator

--! filter_join_having_star
select c.id, count(m.id) filter (where m.deleted_at is null) as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id having count(*) > 1
;
