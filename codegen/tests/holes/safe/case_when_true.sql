-- why: the condition of the branch has the facts, and the result is a constant
-- level: basic
--@ scope creator

--! case_when_true
select id from content where case when creator_id = :creator_id and deleted_at is null then true else false end
;
