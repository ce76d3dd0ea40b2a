-- cardinality: many
--@ scope system: "types only"

--! count_with_group_by
SELECT count(*) AS n FROM users GROUP BY role
;
