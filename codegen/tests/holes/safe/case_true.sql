-- why: every branch that can be true has the conditions
-- level: basic
--@ scope creator

--! case_true
select id from content where case when status = 'draft' then creator_id = :creator_id and deleted_at is null when price > 0 then false else creator_id = :creator_id and deleted_at is null end
;
