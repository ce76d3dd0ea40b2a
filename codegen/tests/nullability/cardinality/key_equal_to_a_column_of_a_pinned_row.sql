-- cardinality: opt
--@ scope system: "types only"

--! key_equal_to_a_column_of_a_pinned_row
--@ param u text
SELECT a.name, b.name AS n2 FROM users a, users b WHERE a.id = :u AND b.id = a.email
;
