-- columns: image=maybe, total=maybe
--@ scope system: "types only"

--! lateral_aggregate_ignores_its_filter
SELECT u.image, q.total
FROM users u
CROSS JOIN LATERAL (SELECT sum(p.amount_paid_cents) AS total FROM purchases p WHERE p.customer_id = u.image) q
;
