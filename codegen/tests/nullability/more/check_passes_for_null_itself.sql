-- columns: mood_reason=maybe
--@ scope system: "types only"

--! check_passes_for_null_itself
SELECT mood_reason FROM posts WHERE mood IS NULL
;
