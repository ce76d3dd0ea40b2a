-- columns: creator_name=never, org_name=maybe, org_slug=maybe
--@ scope system: "types only"

--! filter_on_a_padded_column_of_a_view
SELECT x.creator_name, x.org_name, x.org_slug
FROM v_content_card x
WHERE x.duration_seconds > 0
;
