-- why: view and table
-- level: basic
--@ scope creator

--! x177_union_view_table
select title from live_content where creator_id = :creator_id union select name from folders where creator_id = :creator_id and deleted_at is null
;
