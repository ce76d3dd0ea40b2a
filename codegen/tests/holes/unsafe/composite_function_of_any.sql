-- why: the argument is not the caller but a title, so the function reads rows of anyone
-- kind: value
--@ scope creator

--! composite_function_of_any
select (newest(m.title)).title as title from media m where m.creator_id = :creator_id and m.deleted_at is null
;
