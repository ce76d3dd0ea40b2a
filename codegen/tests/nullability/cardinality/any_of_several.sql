-- cardinality: many
--@ scope system: "types only"

--! any_of_several
--@ param u text
SELECT name FROM users WHERE id = any(ARRAY[:u, 'user-1'])
;
