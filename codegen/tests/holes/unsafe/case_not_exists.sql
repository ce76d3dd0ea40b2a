-- why: NOT EXISTS gives no facts about the rows of the subquery
-- kind: value
--@ scope creator

--! case_not_exists
select k.id from comments k where k.deleted_at is null and case when exists (select from content c where c.id = k.content_id and c.creator_id = :creator_id and c.status = 'published' and c.deleted_at is null) then false else true end
;
