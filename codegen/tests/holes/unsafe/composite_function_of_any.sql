-- why: the creator of whom the newest row is told is whoever the title names
-- kind: value
--@ scope creator

--! composite_function_of_any
select (newest(m.title)).title as title from media m where m.creator_id = :creator_id and m.deleted_at is null
;
