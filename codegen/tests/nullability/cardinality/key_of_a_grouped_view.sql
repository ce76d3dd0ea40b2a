-- cardinality: opt
--@ scope system: "types only"

--! key_of_a_grouped_view
SELECT gross_cents FROM v_org_revenue WHERE org_id = '00000000-0000-0000-0000-000000000001'
;
