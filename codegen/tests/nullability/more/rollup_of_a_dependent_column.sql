-- columns: id=never, name=never, slug=maybe, t=maybe
--@ scope system: "types only"

--! rollup_of_a_dependent_column
SELECT o.id, o.name, o.slug, max(c.title) AS t
FROM organizations o
LEFT JOIN content c ON c.organization_id = o.id
GROUP BY o.id, ROLLUP (o.slug)
;
