-- columns: id=never, image=never, avatar_url=maybe
--@ scope system: "types only"

--! insert_select_filtered
INSERT INTO users (id, name, email, image) SELECT 'n' || id, name, 'n' || email, avatar_url
FROM users
WHERE avatar_url IS NOT NULL
RETURNING id, image, avatar_url
;
