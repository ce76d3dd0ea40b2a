-- columns: image=maybe, avatar_url=never
--@ scope system: "types only"

--! exists_with_outer_columns_in_group_and_having
SELECT u.image, u.avatar_url
FROM users u
WHERE EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id GROUP BY u.image HAVING u.avatar_url IS NOT NULL)
;
