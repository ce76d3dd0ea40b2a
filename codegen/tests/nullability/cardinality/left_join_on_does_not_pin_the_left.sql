-- cardinality: many
--@ scope system: "types only"

--! left_join_on_does_not_pin_the_left
--@ param u text
SELECT a.id, s.token FROM users a LEFT JOIN sessions s ON s.token = 't1' AND a.id = :u
;
