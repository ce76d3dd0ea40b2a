-- columns: currency=maybe
--@ scope system: "types only"

--! check_by_another_order
SELECT currency FROM parcels WHERE amount >= 0
;
