-- columns: currency=never
--@ scope system: "types only"

--! check_by_the_opposite_of_an_order
SELECT currency FROM parcels WHERE amount > 0
;
