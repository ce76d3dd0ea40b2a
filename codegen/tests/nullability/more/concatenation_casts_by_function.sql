-- topic: functions
-- columns: word=maybe
-- why: the operator casts to text by a function that can give NULL
--@ scope system: "types only"

--! concatenation_casts_by_function
SELECT 'x' || odd AS word FROM numbers
;
