-- why: with an inner join the row is missing without a match
-- kind: influence
--@ scope creator

--! filter_join_inner
select c.id, count(m.id) filter (where m.deleted_at is null) as n from content c join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
