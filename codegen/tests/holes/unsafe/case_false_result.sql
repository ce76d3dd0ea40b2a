-- why: a result that is false is not true: the owner is another one
-- kind: value
--@ scope creator

--! case_false_result
select id from content where deleted_at is null and not case when price > 0 then creator_id = :creator_id else true end
;
