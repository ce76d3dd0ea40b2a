-- columns: always_there=never
--@ scope system: "types only"

--! check_without_conditions
SELECT always_there FROM posts
;
