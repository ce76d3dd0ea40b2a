-- why: NOT makes true of what is false, by each branch
-- kind: value
--@ scope creator

--! case_false_by_null
select id from content where not case when creator_id = :creator_id and deleted_at is null then true else false end
;
