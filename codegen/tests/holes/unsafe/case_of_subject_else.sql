-- why: ELSE is taken for other values
-- kind: value
--@ scope creator

--! case_of_subject_else
select k.id from comments k join content c on c.id = k.content_id where c.creator_id = :creator_id and c.deleted_at is null and k.deleted_at is null and case c.status when 'published' then true else k.id > 0 end
;
