-- why: CASE with the negation
-- kind: value
--@ scope creator

--! case_false_when
select title from content where deleted_at is null and case false when creator_id = :creator_id then true else false end
;
