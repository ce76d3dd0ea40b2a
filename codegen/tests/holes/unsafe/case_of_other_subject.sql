-- why: CASE compares another column than the guard's
-- kind: value
--@ scope creator

--! case_of_other_subject
select k.id from comments k join content c on c.id = k.content_id where c.creator_id = :creator_id and c.deleted_at is null and k.deleted_at is null and case c.title when 'published' then true else false end
;
