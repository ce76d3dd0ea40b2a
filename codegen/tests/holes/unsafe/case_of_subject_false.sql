-- why: it is false for other values and for NULL
-- kind: value
--@ scope creator

--! case_of_subject_false
select k.id from comments k join content c on c.id = k.content_id where c.creator_id = :creator_id and c.deleted_at is null and k.deleted_at is null and not case c.status when 'published' then true else false end
;
