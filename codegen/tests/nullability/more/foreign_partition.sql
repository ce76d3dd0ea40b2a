-- columns: note=maybe
--@ scope system: "types only"

--! foreign_partition
SELECT note FROM events
;
