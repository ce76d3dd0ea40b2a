-- columns: id=never, label=never
--@ scope system: "types only"

--! coalesce_filter_in_a_derived_table
SELECT m.id, m.label
FROM (SELECT u.id, coalesce(u.image, s.ip_address) AS label FROM users u LEFT JOIN sessions s ON s.user_id = u.id) m
WHERE m.label IS NOT NULL
;
