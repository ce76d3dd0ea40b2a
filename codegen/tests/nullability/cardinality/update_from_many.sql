-- cardinality: many
--@ scope system: "types only"

--! update_from_many
--@ param u text
UPDATE users u SET name = s.id FROM sessions s WHERE s.user_id = u.id AND u.id = :u RETURNING u.name
;
