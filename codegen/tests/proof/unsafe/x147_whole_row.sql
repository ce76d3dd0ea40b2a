-- why: whole row of an unscoped table
-- kind: value
--@ scope creator

--! x147_whole_row
select c from content c where c.deleted_at is null and :creator_id is not null
;
