-- columns: image=maybe, avatar_url=maybe
--@ scope system: "types only"

--! update_multi_assignment_of_a_missing_row
UPDATE users SET (image, avatar_url) = (SELECT s.id, s.token FROM sessions s WHERE s.user_id = users.id LIMIT 1)
RETURNING image, avatar_url
;
