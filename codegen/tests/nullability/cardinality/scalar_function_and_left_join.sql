-- cardinality: one
--@ scope system: "types only"

--! scalar_function_and_left_join
--@ param u text
SELECT f.fee, u.name FROM active_fee_bps(now()) f(fee) LEFT JOIN users u ON u.id = :u
;
