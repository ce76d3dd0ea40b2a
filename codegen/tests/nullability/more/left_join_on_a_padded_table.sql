-- columns: aid=maybe, bid=never, cid=maybe
--@ scope system: "types only"

--! left_join_on_a_padded_table
SELECT a.id AS aid, b.id AS bid, c.id AS cid
FROM users a
RIGHT JOIN sessions b ON a.id = b.user_id AND a.image IS NOT NULL
LEFT JOIN accounts c ON c.user_id = a.id
;
