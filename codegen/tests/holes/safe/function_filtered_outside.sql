-- why: the outer condition is pushed down into the function
-- level: basic
--@ scope creator

--! function_filtered_outside
select c.title from all_content() c where c.creator_id = :creator_id and c.deleted_at is null
;
