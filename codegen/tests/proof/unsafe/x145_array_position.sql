-- why: a function of the array is not membership
-- kind: value
--@ scope creator

--! x145_array_position
select id from content where array_position(array[:creator_id], creator_id) is distinct from 1 and deleted_at is null
;
