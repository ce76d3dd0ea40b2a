-- cardinality: many
--@ scope system: "types only"

--! distinct_on_a_key_of_another_class
-- By that order 1.0 and 1.00 are different.
SELECT DISTINCT ON (r) n FROM (VALUES (row(1.0), 1), (row(1.00), 2)) v(r, n) WHERE r = row(1.0) ORDER BY r USING *<
;
