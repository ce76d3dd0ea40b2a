-- columns: pinned_until=maybe
--@ scope system: "types only"

--! check_by_a_boolean_that_is_not
SELECT pinned_until FROM posts WHERE NOT pinned
;
