-- cardinality: opt
--@ scope system: "types only"

--! insert_into_a_partitioned_table
--@ param id integer
--@ param day date
INSERT INTO visits (id, day) VALUES (:id, :day) RETURNING id
;
