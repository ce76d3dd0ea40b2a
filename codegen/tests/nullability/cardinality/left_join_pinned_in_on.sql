-- cardinality: opt
--@ scope system: "types only"

--! left_join_pinned_in_on
--@ param u text
SELECT a.id, s.token FROM users a LEFT JOIN sessions s ON s.token = a.name AND s.user_id = a.id WHERE a.id = :u
;
