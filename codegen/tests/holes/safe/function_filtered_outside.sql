-- why: a condition on the rows of a function in FROM
-- level: basic
--@ scope creator

--! function_filtered_outside
select c.title from all_content() c where c.creator_id = :creator_id and c.deleted_at is null
;
