-- columns: sid=maybe, mid=maybe
--@ scope system: "types only"

--! full_join_or_of_both_sides
SELECT s.id AS sid, m.id AS mid
FROM sessions s
FULL JOIN organization_memberships m ON m.user_id = s.user_id
WHERE s.id IS NOT NULL OR m.role = 'owner'
;
