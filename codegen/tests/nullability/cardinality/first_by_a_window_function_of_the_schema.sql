-- cardinality: many
--@ scope system: "types only"

--! first_by_a_window_function_of_the_schema
SELECT s.token FROM (SELECT token, rows_of_users() OVER (ORDER BY user_id) AS n FROM sessions) s WHERE s.n = 1
;
