-- columns: starts_at=never
--@ scope system: "types only"

--! check_with_case
SELECT starts_at FROM posts WHERE state = 'planned'
;
