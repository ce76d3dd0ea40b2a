-- why: a column of the subquery of a multiple assignment
-- level: basic
--@ scope creator

--! key_by_multiple_assignment
--@ param m int
update content set (title, media_id) = (select m.title, m.id from media m where m.id = :m and m.creator_id = :creator_id and m.deleted_at is null) where creator_id = :creator_id and deleted_at is null
;
