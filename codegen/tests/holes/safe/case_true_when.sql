-- why: CASE with a condition about the owner
-- level: basic
--@ scope creator

--! case_true_when
select title from content where deleted_at is null and case true when creator_id = :creator_id then true else false end
;
