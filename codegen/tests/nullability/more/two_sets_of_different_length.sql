-- columns: a=maybe, b=maybe
--@ scope system: "types only"

--! two_sets_of_different_length
SELECT unnest(p.labels) AS a, generate_series(1, 2) AS b
FROM organization_profiles p
;
