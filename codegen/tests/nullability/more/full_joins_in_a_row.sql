-- columns: id=never
-- why: at least one of the tables has the row; looking at each side of each join must not take forever
--@ scope system: "types only"

--! full_joins_in_a_row
SELECT id
FROM users u0
FULL JOIN users u1 USING (id)
FULL JOIN users u2 USING (id)
FULL JOIN users u3 USING (id)
FULL JOIN users u4 USING (id)
FULL JOIN users u5 USING (id)
FULL JOIN users u6 USING (id)
FULL JOIN users u7 USING (id)
FULL JOIN users u8 USING (id)
FULL JOIN users u9 USING (id)
FULL JOIN users u10 USING (id)
FULL JOIN users u11 USING (id)
FULL JOIN users u12 USING (id)
FULL JOIN users u13 USING (id)
FULL JOIN users u14 USING (id)
FULL JOIN users u15 USING (id)
FULL JOIN users u16 USING (id)
FULL JOIN users u17 USING (id)
FULL JOIN users u18 USING (id)
FULL JOIN users u19 USING (id)
FULL JOIN users u20 USING (id)
FULL JOIN users u21 USING (id)
FULL JOIN users u22 USING (id)
FULL JOIN users u23 USING (id)
FULL JOIN users u24 USING (id)
;
