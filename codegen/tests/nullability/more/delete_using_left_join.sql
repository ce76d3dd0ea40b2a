-- columns: expires_at=never, id=maybe, name=never
--@ scope system: "types only"

--! delete_using_left_join
DELETE
FROM content_access ca USING users u
LEFT JOIN sessions s ON s.user_id = u.id
WHERE ca.user_id = u.id AND ca.expires_at > now()
RETURNING ca.expires_at, s.id, u.name
;
