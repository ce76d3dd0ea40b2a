-- columns: user_id=never, sid=maybe, mid=maybe
--@ scope system: "types only"

--! full_join_using_key_filtered
SELECT user_id, s.id AS sid, m.id AS mid
FROM sessions s
FULL JOIN organization_memberships m USING (user_id)
WHERE user_id IS NOT NULL
;
