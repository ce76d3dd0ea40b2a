-- columns: name=maybe, y=maybe
--@ scope system: "types only"

--! lateral_left_join_tests_the_padded_side
SELECT o.name, q.y
FROM content c
LEFT JOIN organizations o ON o.id = c.organization_id
LEFT JOIN LATERAL (SELECT o.name AS y) q ON q.y = c.title
;
