-- columns: note=never
--@ scope system: "types only"

--! not_foreign_partition
SELECT note FROM events_now
;
