-- columns: image=maybe, avatar_url=never
--@ scope system: "types only"

--! update_swaps_columns
UPDATE users SET image = avatar_url, avatar_url = image
WHERE image IS NOT NULL
RETURNING image, avatar_url
;
