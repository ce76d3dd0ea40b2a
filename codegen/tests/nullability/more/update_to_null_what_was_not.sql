-- columns: description=maybe, title=never
--@ scope system: "types only"

--! update_to_null_what_was_not
UPDATE content SET description = NULL
WHERE description IS NOT NULL
RETURNING description, title
;
