-- columns: address=never, city=maybe
--@ scope system: "types only"

--! composite_not_all_null
SELECT p.address, (p.address).city AS city
FROM organization_profiles p
WHERE NOT (p.address IS NULL)
;
