-- why: the second column of the subquery is a parameter
-- kind: value
--@ scope creator

--! key_by_multiple_assignment_swapped
--@ param m int
update content set (title, media_id) = (select m.title, :m from media m where m.id = 1 and m.creator_id = :creator_id and m.deleted_at is null) where creator_id = :creator_id and deleted_at is null
;
