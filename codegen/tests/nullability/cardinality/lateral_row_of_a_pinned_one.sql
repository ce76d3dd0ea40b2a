-- cardinality: opt
--@ scope system: "types only"

--! lateral_row_of_a_pinned_one
--@ param u text
SELECT l.provider_id FROM users u, LATERAL (SELECT a.provider_id FROM accounts a WHERE a.id = u.image) l WHERE u.id = :u
;
