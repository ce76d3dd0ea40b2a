-- columns: mood_reason=never
--@ scope system: "types only"

--! check_of_what_can_be_null
SELECT mood_reason FROM posts WHERE mood <> 'fine'
;
