-- why: ELSE lets others pass
-- kind: value
--@ scope creator

--! case_else
select id from content where deleted_at is null and case when creator_id = :creator_id then true else status = 'published' end
;
