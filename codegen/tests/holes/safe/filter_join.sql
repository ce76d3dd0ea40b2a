-- why: deleted media are not counted, and the left row is there without them
-- level: basic
--@ scope creator

--! filter_join
select c.id, count(m.id) filter (where m.deleted_at is null) as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
