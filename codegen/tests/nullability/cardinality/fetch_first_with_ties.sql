-- cardinality: many
--@ scope system: "types only"

--! fetch_first_with_ties
SELECT name FROM users ORDER BY name FETCH FIRST 1 ROW WITH TIES
;
