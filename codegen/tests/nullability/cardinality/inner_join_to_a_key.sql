-- cardinality: opt
--@ scope system: "types only"

--! inner_join_to_a_key
--@ param id uuid
SELECT c.title, u.name FROM content c JOIN users u ON u.id = c.creator_id WHERE c.id = :id
;
