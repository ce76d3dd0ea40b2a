-- columns: late=maybe
--@ scope system: "types only"

--! not_null_that_is_not_valid
SELECT late FROM labels
;
