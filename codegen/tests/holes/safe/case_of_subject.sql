-- why: CASE x WHEN a means x = a
-- level: basic
--@ scope creator

--! case_of_subject
select k.id from comments k join content c on c.id = k.content_id where c.creator_id = :creator_id and c.deleted_at is null and k.deleted_at is null and case c.status when 'published' then true when 'draft' then false end
;
