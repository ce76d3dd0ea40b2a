-- columns: total=never, reduced=maybe
--@ scope system: "types only"

--! generated_in_returning
--@ param quantity integer
--@ param id integer
UPDATE parcels SET quantity = :quantity WHERE id = :id RETURNING total, reduced
;
