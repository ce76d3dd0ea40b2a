-- why: NOT of it is true for the rows of ELSE, which are others'
-- kind: value
--@ scope creator

--! case_false_by_null
select id from content where not case when creator_id = :creator_id and deleted_at is null then true else false end
;
