-- cardinality: opt
--@ scope system: "types only"

--! update_by_key
--@ param u text
UPDATE users SET name = 'x' WHERE id = :u RETURNING name
;
