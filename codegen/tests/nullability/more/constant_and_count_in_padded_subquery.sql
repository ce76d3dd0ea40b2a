-- columns: n=maybe, k=maybe
--@ scope system: "types only"

--! constant_and_count_in_padded_subquery
SELECT x.n, x.k
FROM users u
LEFT JOIN (SELECT user_id, count(*) AS n, 'k' AS k FROM sessions GROUP BY user_id) x ON x.user_id = u.id
;
