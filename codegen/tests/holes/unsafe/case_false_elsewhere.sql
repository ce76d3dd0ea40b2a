-- why: the facts of a condition that is true do not hold where it is false
-- kind: value
--@ scope creator

--! case_false_elsewhere
select id from content where deleted_at is null and not case when creator_id <> :creator_id then true else false end is not false and not case when creator_id = :creator_id then price > 0 else price > 1 end
;
