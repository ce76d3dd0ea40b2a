-- columns: rank_reason=maybe
--@ scope system: "types only"

--! check_calls_a_function_of_the_schema
SELECT rank_reason FROM posts WHERE is_due(rank)
;
