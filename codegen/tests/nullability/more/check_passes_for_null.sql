-- columns: mood_reason=maybe
--@ scope system: "types only"

--! check_passes_for_null
SELECT mood_reason FROM posts WHERE mood IS DISTINCT FROM 'fine'
;
