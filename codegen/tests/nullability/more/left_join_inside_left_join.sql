-- columns: name=never, labels=maybe
--@ scope system: "types only"

--! left_join_inside_left_join
SELECT o.name, p.labels
FROM content c
LEFT JOIN (organizations o LEFT JOIN organization_profiles p ON p.organization_id = o.id) ON o.id = c.organization_id
WHERE o.name <> ''
;
