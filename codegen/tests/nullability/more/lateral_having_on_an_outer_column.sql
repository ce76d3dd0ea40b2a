-- columns: id=never, total=maybe
--@ scope system: "types only"

--! lateral_having_on_an_outer_column
SELECT u.id, q.total
FROM users u
CROSS JOIN LATERAL (SELECT sum(p.amount_paid_cents) AS total FROM purchases p WHERE p.customer_id = u.id HAVING u.image IS NOT NULL) q
;
