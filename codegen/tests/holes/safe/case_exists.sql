-- why: the only branch that can be true has the EXISTS
-- level: basic
--@ scope creator

--! case_exists
select k.id from comments k where k.deleted_at is null and case when exists (select from content c where c.id = k.content_id and c.creator_id = :creator_id and c.status = 'published' and c.deleted_at is null) then length(k.body) > 3 else false end
;
