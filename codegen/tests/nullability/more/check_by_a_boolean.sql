-- columns: pinned_until=never
--@ scope system: "types only"

--! check_by_a_boolean
SELECT pinned_until FROM posts WHERE pinned
;
