-- topic: set operations
-- columns: name=maybe
-- why: the server casts what the first arm selects by a function that can give NULL
--@ scope system: "types only"

--! union_casts_by_function
SELECT first AS name FROM numbers UNION ALL SELECT row('x')::even_name
;
