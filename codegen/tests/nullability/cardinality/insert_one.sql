-- cardinality: one
--@ scope system: "types only"

--! insert_one
INSERT INTO users (id, name, email) VALUES ('nn', 'n', 'nn') RETURNING id
;
