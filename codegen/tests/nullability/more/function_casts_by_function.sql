-- topic: functions
-- columns: word=maybe
-- why: what the function selects is cast to what it declares, by a function that can give NULL
--@ scope system: "types only"

--! function_casts_by_function
SELECT word FROM odd_texts()
;
