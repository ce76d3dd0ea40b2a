-- why: ELSE is true as well
-- kind: value
--@ scope creator

--! case_true_when_else
select title from content where deleted_at is null and case true when creator_id = :creator_id then true else true end
;
