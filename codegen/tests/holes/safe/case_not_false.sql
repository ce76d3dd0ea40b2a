-- why: a CASE that is false, which only the second branch can be
-- level: basic
--@ scope creator

--! case_not_false
select id from content where not case when status = 'draft' then true when creator_id = :creator_id and deleted_at is null then price > 0 else true end
;
