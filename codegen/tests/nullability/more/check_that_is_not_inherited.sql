-- columns: signed_by=maybe
--@ scope system: "types only"

--! check_that_is_not_inherited
SELECT signed_by FROM papers WHERE state = 'signed'
;
