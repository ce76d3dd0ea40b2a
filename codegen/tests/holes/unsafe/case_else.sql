-- why: in ELSE nothing restricts the owner
-- kind: value
--@ scope creator

--! case_else
select id from content where deleted_at is null and case when creator_id = :creator_id then true else status = 'published' end
;
