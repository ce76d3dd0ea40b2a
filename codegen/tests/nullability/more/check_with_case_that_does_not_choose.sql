-- columns: starts_at=maybe
--@ scope system: "types only"

--! check_with_case_that_does_not_choose
SELECT starts_at FROM posts WHERE state <> 'published'
;
