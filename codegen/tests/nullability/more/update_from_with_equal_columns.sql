-- columns: image=maybe, avatar_url=never, ip_address=maybe, user_agent=never
--@ scope system: "types only"

--! update_from_with_equal_columns
UPDATE users u SET image = s.ip_address
FROM sessions s
WHERE s.user_id = u.id AND u.avatar_url = s.user_agent
RETURNING u.image, u.avatar_url, s.ip_address, s.user_agent
;
