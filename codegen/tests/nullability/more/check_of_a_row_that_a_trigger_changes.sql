-- columns: signed_by=maybe
--@ scope system: "types only"

--! check_of_a_row_that_a_trigger_changes
UPDATE letters SET id = id WHERE state = 'signed' RETURNING signed_by
;
