-- why: ROWS FROM pads the shorter function, so the outer condition must not be pushed down
-- kind: value
--@ scope creator

--! rows_from_unfiltered
select r.title from rows from (all_content(), generate_series(1, 10)) r
where r.creator_id = :creator_id and r.deleted_at is null
;
