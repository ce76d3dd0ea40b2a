-- cardinality: opt
--@ scope system: "types only"

--! constant_where_false
SELECT 1 AS one WHERE false
;
