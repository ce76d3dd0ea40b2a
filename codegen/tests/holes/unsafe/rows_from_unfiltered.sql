-- why: ROWS FROM pads the rows of the shorter function, so a condition outside comes too late
-- kind: value
--@ scope creator

--! rows_from_unfiltered
select r.title from rows from (all_content(), generate_series(1, 10)) r
where r.creator_id = :creator_id and r.deleted_at is null
;
