-- columns: aid=never, bid=never, cid=never
--@ scope system: "types only"

--! full_join_inside_left_join
SELECT a.id AS aid, b.id AS bid, c.id AS cid
FROM users a
LEFT JOIN (sessions b FULL JOIN accounts c ON c.user_id = b.user_id) ON b.user_id = a.id
WHERE c.provider_id IS NOT NULL
;
