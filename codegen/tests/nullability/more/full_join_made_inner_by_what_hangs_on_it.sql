-- columns: name=never, labels=never, title=maybe
--@ scope system: "types only"

--! full_join_made_inner_by_what_hangs_on_it
SELECT o.name, p.labels, c.title
FROM content c
FULL JOIN organizations o ON o.id = c.organization_id
LEFT JOIN organization_profiles p ON p.organization_id = o.id
WHERE p.settings IS NOT NULL
;
