-- columns: preview=maybe
--@ scope system: "types only"

--! coalesce_of_different_rows
SELECT coalesce(a.body, b.attachment) AS preview FROM notes a JOIN notes b ON b.id >= a.id
;
