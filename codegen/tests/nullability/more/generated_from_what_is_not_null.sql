-- columns: total=never, reduced=maybe, with_discount=never, label=never, size=maybe, half=maybe
--@ scope system: "types only"

--! generated_from_what_is_not_null
SELECT total, reduced, with_discount, label, size, half FROM parcels
;
