-- columns: seen_by=never
--@ scope system: "types only"

--! check_enforced_beside_it
SELECT seen_by FROM claims WHERE state = 'seen'
;
