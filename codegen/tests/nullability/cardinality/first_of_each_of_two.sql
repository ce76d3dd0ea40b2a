-- cardinality: many
--@ scope system: "types only"

--! first_of_each_of_two
SELECT s.token FROM (SELECT token, row_number() OVER (ORDER BY token) AS n FROM sessions UNION ALL SELECT name, row_number() OVER (ORDER BY id) FROM users) s WHERE s.n = 1
;
