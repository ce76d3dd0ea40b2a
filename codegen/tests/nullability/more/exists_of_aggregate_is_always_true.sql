-- columns: e=never, image=maybe
--@ scope system: "types only"

--! exists_of_aggregate_is_always_true
SELECT EXISTS (SELECT count(*) FROM sessions s WHERE s.ip_address = u.image) AS e, u.image
FROM users u
WHERE EXISTS (SELECT count(*) FROM sessions s WHERE s.ip_address = u.image)
;
