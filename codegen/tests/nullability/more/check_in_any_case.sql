-- columns: kind_reason=maybe
--@ scope system: "types only"

--! check_in_any_case
SELECT kind_reason FROM posts WHERE kind = 'PLAIN'
;
