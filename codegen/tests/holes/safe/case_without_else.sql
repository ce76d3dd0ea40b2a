-- why: without ELSE it is NULL, which is not true
-- level: basic
--@ scope creator

--! case_without_else
select id from content where case when creator_id = :creator_id and deleted_at is null then price > 0 end
;
