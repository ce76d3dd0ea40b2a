-- columns: image=never
--@ scope system: "types only"

--! exists_correlated_equality
SELECT u.image
FROM users u
WHERE EXISTS (SELECT 1 FROM sessions s WHERE s.ip_address = u.image)
;
