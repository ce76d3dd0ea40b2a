-- columns: status=never, total=never, g=never
-- deep: total
--@ scope system: "types only"

--! having_brings_back_a_rolled_up_key
SELECT status, sum(amount_paid_cents) AS total, GROUPING(status) AS g
FROM purchases
GROUP BY ROLLUP (status)
HAVING status IS NOT NULL
;
