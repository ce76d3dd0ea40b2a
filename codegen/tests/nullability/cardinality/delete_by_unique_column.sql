-- cardinality: opt
--@ scope system: "types only"

--! delete_by_unique_column
DELETE FROM sessions WHERE token = 't1' RETURNING id
;
