-- why: IS NULL of a row is about all of its fields
-- kind: value
--@ scope creator

--! reach_row_null
select title from content where creator_id = :creator_id and row(deleted_at, title) is null
;
