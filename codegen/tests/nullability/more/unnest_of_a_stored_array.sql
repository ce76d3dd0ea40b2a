-- columns: e=maybe, n=maybe
--@ scope system: "types only"

--! unnest_of_a_stored_array
SELECT x.e, x.n
FROM organization_profiles p
LEFT JOIN LATERAL unnest(p.labels) WITH ORDINALITY x(e, n) ON true
;
