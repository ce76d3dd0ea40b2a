-- columns: image=never, avatar_url=maybe
--@ scope system: "types only"

--! lateral_filter_on_an_outer_column
SELECT u.image, u.avatar_url
FROM users u
CROSS JOIN LATERAL (SELECT s.id FROM sessions s WHERE s.user_agent = u.image OFFSET 0) q
;
