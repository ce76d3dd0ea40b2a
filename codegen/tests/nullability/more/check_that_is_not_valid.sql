-- columns: late_reason=maybe
--@ scope system: "types only"

--! check_that_is_not_valid
SELECT late_reason FROM posts WHERE state = 'late'
;
