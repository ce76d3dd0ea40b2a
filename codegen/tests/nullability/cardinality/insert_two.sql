-- cardinality: many
--@ scope system: "types only"

--! insert_two
INSERT INTO users (id, name, email) VALUES ('n1', 'n', 'n1'), ('n2', 'n', 'n2') RETURNING id
;
