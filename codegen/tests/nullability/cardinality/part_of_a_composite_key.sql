-- cardinality: many
--@ scope system: "types only"

--! part_of_a_composite_key
--@ param u text
SELECT m.role FROM organization_memberships m WHERE m.user_id = :u
;
