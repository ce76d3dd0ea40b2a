-- cardinality: many
--@ scope system: "types only"

--! set_in_the_select_list
SELECT generate_series(1, 2) AS g
;
