-- cardinality: opt
--@ scope system: "types only"

--! insert_on_conflict_do_nothing
INSERT INTO users (id, name, email) VALUES ('user-0', 'n', 'nn') ON CONFLICT DO NOTHING RETURNING id
;
