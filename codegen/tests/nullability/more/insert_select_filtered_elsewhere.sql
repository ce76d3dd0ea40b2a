-- columns: id=never, image=maybe, avatar_url=maybe
--@ scope system: "types only"

--! insert_select_filtered_elsewhere
INSERT INTO users (id, name, email, image) SELECT 'n' || id, name, 'n' || email, avatar_url
FROM users
WHERE image IS NOT NULL
RETURNING id, image, avatar_url
;
