-- cardinality: opt
--@ scope system: "types only"

--! key_through_a_view
SELECT name, slug FROM v_live_orgs WHERE id = '00000000-0000-0000-0000-000000000001'
;
