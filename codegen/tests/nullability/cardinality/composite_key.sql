-- cardinality: opt
--@ scope system: "types only"

--! composite_key
--@ param u text
SELECT m.role FROM organization_memberships m WHERE m.user_id = :u AND m.organization_id = '00000000-0000-0000-0000-000000000001'
;
