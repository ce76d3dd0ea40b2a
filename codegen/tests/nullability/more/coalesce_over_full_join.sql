-- columns: t=never, d=maybe, x=maybe
--@ scope system: "types only"

--! coalesce_over_full_join
SELECT coalesce(c.title, o.name) AS t, coalesce(c.description, o.name) AS d, coalesce(c.id::text, u.id) AS x
FROM content c
FULL JOIN organizations o ON o.id = c.organization_id
LEFT JOIN users u ON u.id = c.creator_id
;
