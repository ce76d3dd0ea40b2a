-- columns: signed_by=maybe
--@ scope system: "types only"

--! check_not_enforced
SELECT signed_by FROM claims WHERE state = 'signed'
;
